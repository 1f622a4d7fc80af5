/** Where the samples of a sheet stand (images/contact-sheet.ts), so that a page can show them one by one. In pixels. */
export const sheetLayout = {
  /** Smaller samples are enlarged by a whole factor, larger ones scaled down. */
  leastSide: 128,
  mostSide: 256,
  margin: 20,
  /** The class's name above its row. */
  titleHeight: 26,
  rowGap: 22,
  pairGap: 16,
  /** Between a picture and its own mask: narrow, so that the two are seen as one. */
  maskGap: 2
} as const

/** How samples of this side are shown: scaled by `factor`, then enlarged by `zoom`, to `shown` pixels. */
export function sheetScale(side: number): { zoom: number; factor: number; shown: number } {
  const zoom = Math.max(1, Math.ceil(sheetLayout.leastSide / side))
  const factor = Math.min(1, sheetLayout.mostSide / side)
  return { zoom, factor, shown: Math.max(1, Math.round(side * factor)) * zoom }
}

/** A square part of a sheet. */
export interface SheetPiece {
  readonly left: number
  readonly top: number
  readonly side: number
  /** Pixels of the sheet for one of the sample, across and down. */
  readonly zoom: number
}

/** Where a sample and its mask are on a sheet whose samples all have masks, or none. */
export function sheetPieces(
  side: number,
  hasMasks: boolean,
  { row, sample }: { readonly row: number; readonly sample: number }
): { picture: SheetPiece; mask: SheetPiece | undefined } {
  const { margin, titleHeight, rowGap, pairGap, maskGap } = sheetLayout
  const { shown, zoom } = sheetScale(side)
  const width = hasMasks ? 2 * shown + maskGap : shown
  const left = margin + sample * (width + pairGap)
  const top = margin + row * (titleHeight + shown + rowGap) + titleHeight
  const picture = { left, top, side: shown, zoom }
  return { picture, mask: hasMasks ? { ...picture, left: left + shown + maskGap } : undefined }
}
