import { type ListedPicture, type PictureFlag } from '../../../shared/pictures.ts'

export type Order = 'made' | 'suspicion' | 'fit'
export type Filter = 'all' | 'flagged' | 'rejected'

/** How much each flag weighs: what makes a picture useless comes before what may be an odd but good one. */
const weights: Readonly<Record<PictureFlag, number>> = {
  'copy-of-training': 8,
  empty: 6,
  'copy-of-another': 5,
  merges: 4,
  'poor-fit': 4,
  fragments: 3,
  'too-many': 2,
  ragged: 2
}

/** What is looked at, in which order. */
export interface Choice {
  readonly className: string | undefined
  readonly filter: Filter
  readonly order: Order
}

/** The pictures that are wanted, as they are wanted. */
export function chosenPictures(
  pictures: readonly ListedPicture[],
  { className, filter, order }: Choice
): readonly ListedPicture[] {
  const kept = pictures.filter((picture) => {
    if (className !== undefined && picture.class !== className) return false
    if (filter === 'flagged') return hasFlags(picture)
    return filter === 'all' || picture.verdict === 'rejected'
  })
  if (order === 'suspicion') return kept.toSorted((a, b) => suspicion(b) - suspicion(a))
  if (order === 'fit') return kept.toSorted((a, b) => (a.maskFit ?? 2) - (b.maskFit ?? 2))
  return kept
}

export function hasFlags({ flags = [] }: ListedPicture): boolean {
  return flags.length > 0
}

/** Of pictures with the same flags, the one whose mask belongs to it least comes first. */
function suspicion({ flags = [], maskFit }: ListedPicture): number {
  return flags.reduce((sum, flag) => sum + weights[flag], 0) + (maskFit === undefined ? 0 : 1 - maskFit)
}
