import { type Size } from '../annotation.ts'
import { ringsOf } from './coco-cell.ts'

/** A little may be lost in rounding, and be drawn beyond the border. */
const [least, most] = [-0.05, 1.05]

/**
 * How the outlines of one image's annotations are to be read: as they stand, or as shares of its width and height, where
 * all lie between 0 and 1 and so would mark nothing but the first pixel.
 *
 * @param onShares is told so
 */
export function inPixels(
  annotations: readonly Readonly<Record<string, unknown>>[],
  { width, height }: Size,
  onShares: () => void
): (annotation: Readonly<Record<string, unknown>>) => unknown {
  const lists = annotations.flatMap(({ segmentation }) =>
    Array.isArray(segmentation) ? (ringsOf(segmentation) ?? []) : []
  )
  if (!areShares(lists)) return ({ segmentation }) => segmentation
  onShares()
  return ({ segmentation }) => {
    const rings = Array.isArray(segmentation) ? ringsOf(segmentation) : undefined
    return rings?.map((ring) => ring.map((value, i) => value * (i % 2 === 0 ? width : height))) ?? segmentation
  }
}

function areShares(rings: readonly (readonly number[])[]): boolean {
  let hasFractions = false
  for (const ring of rings) {
    for (const value of ring) {
      if (value < least || value > most) return false
      hasFractions ||= !Number.isInteger(value)
    }
  }
  return hasFractions
}
