import { rleFromString } from '../../masks/rle-string.ts'
import { type Rle, rleArea, rleFromCounts } from '../../masks/rle.ts'
import {
  attempt,
  type CellOutline,
  type CellProblem,
  coversNothing,
  outlineFromRings,
  type Size
} from '../annotation.ts'

/**
 * Reads the `segmentation` of one COCO annotation as pixels of its image: polygon rings (united), or runs, compressed or
 * not.
 */
export function readSegmentation(segmentation: unknown, size: Size): CellOutline | CellProblem {
  return Array.isArray(segmentation) ? readRings(segmentation, size) : readRuns(segmentation, size)
}

function readRings(parts: readonly unknown[], size: Size): CellOutline | CellProblem {
  if (parts.length === 0) return { reason: 'has no outline', kind: 'cells without an outline' }
  if (parts.every(isCoordinates)) return outlineFromRings(parts, size)
  return {
    reason: 'has an outline that is no list of x, y pairs',
    kind: 'cells with an outline that is no list of x, y pairs'
  }
}

function isCoordinates(part: unknown): part is number[] {
  return Array.isArray(part) && part.length % 2 === 0 && part.every((value) => Number.isFinite(value))
}

function readRuns(segmentation: unknown, { width, height }: Size): CellOutline | CellProblem {
  if (typeof segmentation !== 'object' || segmentation === null || !('counts' in segmentation)) {
    return { reason: 'has no outline', kind: 'cells without an outline' }
  }
  const { counts } = segmentation
  const size: unknown = 'size' in segmentation ? segmentation.size : undefined
  if (!Array.isArray(size) || size[0] !== height || size[1] !== width) {
    return {
      reason: `has runs for a picture of another size (${JSON.stringify(size)} instead of [${height}, ${width}])`,
      kind: 'cells with runs for a picture of another size'
    }
  }
  return attempt(() => {
    const rle = parseRuns(counts, width, height)
    return rleArea(rle) === 0 ? coversNothing : { rle, skippedRings: 0, isCut: false }
  })
}

function parseRuns(counts: unknown, width: number, height: number): Rle {
  if (typeof counts === 'string') return rleFromString(counts, height, width)
  const numbers = Array.isArray(counts) ? counts.map(Number) : []
  return rleFromCounts(numbers, height, width)
}
