import { type MaskPreview } from '../../shared/previews.ts'

/** What is shown beside a question: a picture, and whatever else is known of it. PNGs in base64. */
export type PanelPicture = Pick<MaskPreview, 'file' | 'class' | 'width' | 'height' | 'cells' | 'picture'> &
  Partial<Pick<MaskPreview, 'outlined' | 'tones' | 'graph' | 'shown'>>

export type View = 'picture' | 'outlined' | 'tones' | 'graph'
