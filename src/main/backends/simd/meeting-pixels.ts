import type * as tf from '@tensorflow/tfjs'

/** The sizes of a convolution, as tfjs computes them. */
export type Geometry = tf.backend_util.Conv2DInfo

/** Some pixels of dy: rows of one image, or whole images. */
export interface Block {
  readonly images: Range
  readonly rows: Range
}

export type Range = readonly [first: number, end: number]

/** Pixels of dy that each meet one of x. */
export interface MeetingPixels {
  readonly counts: readonly [columns: number, rows: number, images: number]
  /** The first of them, counted from the first pixel of all images. */
  readonly firstOfX: number
  readonly firstOfDy: number
}

/** Those pixels of a block that meet a pixel of x under this tap of the kernel; undefined where none does. */
export function meetingPixels(geometry: Geometry, { images, rows }: Block, tap: number): MeetingPixels | undefined {
  const { inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth, filterWidth, padInfo } = geometry
  const shiftRow = Math.floor(tap / filterWidth) - padInfo.top
  const shiftColumn = (tap % filterWidth) - padInfo.left
  const [row, endRow] = overlap(rows, { stride: strideHeight, shift: shiftRow, size: inHeight })
  const [column, endColumn] = overlap([0, outWidth], { stride: strideWidth, shift: shiftColumn, size: inWidth })
  if (row >= endRow || column >= endColumn) return undefined
  const [image, endImage] = images
  const [rowOfX, columnOfX] = [strideHeight * row + shiftRow, strideWidth * column + shiftColumn]
  return {
    counts: [endColumn - column, endRow - row, endImage - image],
    firstOfX: (image * inHeight + rowOfX) * inWidth + columnOfX,
    firstOfDy: (image * outHeight + row) * outWidth + column
  }
}

/** The i of a range with 0 ≤ stride·i + shift < size. */
function overlap([first, end]: Range, { stride, shift, size }: Record<'stride' | 'shift' | 'size', number>): Range {
  return [Math.max(first, Math.ceil(-shift / stride)), Math.min(end, Math.ceil((size - shift) / stride))]
}
