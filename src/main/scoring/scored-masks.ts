import { AppError, refuse } from '../../shared/errors.ts'
import { rasterizeRings } from '../masks/rasterize.ts'
import { rleFromString } from '../masks/rle-string.ts'
import { rleFromCounts, type Rle } from '../masks/rle.ts'

/**
 * The pixels of a COCO `segmentation`, exactly as the COCO tools find them: no ring is mended or left out.
 *
 * @param where how a sentence about the entry begins
 * @throws AppError of kind `input` for what is no mask of this image
 */
export function readMask(
  segmentation: unknown,
  { width, height }: { readonly width: number; readonly height: number },
  where: string
): Rle {
  try {
    if (Array.isArray(segmentation)) return rasterizeRings(ringsOf(segmentation), height, width)
    return readRuns(segmentation, height, width)
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    throw refuse(`${where} cannot be scored. ${thrown.message}`, { next: thrown.next, cause: thrown })
  }
}

function readRuns(segmentation: unknown, height: number, width: number): Rle {
  if (typeof segmentation !== 'object' || segmentation === null || !('counts' in segmentation)) {
    throw refuse('It has no outline.')
  }
  const { counts } = segmentation
  const size: unknown = 'size' in segmentation ? segmentation.size : undefined
  if (!Array.isArray(size) || size[0] !== height || size[1] !== width) {
    throw refuse(`Its runs are for a picture of another size: ${JSON.stringify(size)} instead of [${height},${width}].`)
  }
  if (typeof counts === 'string') return rleFromString(counts, height, width)
  return rleFromCounts(Array.isArray(counts) ? counts.map(Number) : [], height, width)
}

function ringsOf(parts: readonly unknown[]): readonly (readonly number[])[] {
  const isRing = (part: unknown): part is number[] =>
    Array.isArray(part) && part.length % 2 === 0 && part.every((value) => Number.isFinite(value))
  if (parts.every(isRing)) return parts
  throw refuse('Its outline is not a list of x, y pairs.')
}
