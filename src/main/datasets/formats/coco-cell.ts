import { type StoredCell } from '../../../shared/datasets.ts'
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
import { plainCounts } from './coco-segmentation.ts'

/** An annotation as it was read. */
export interface CocoCell {
  /** How a sentence calls it. */
  readonly what: string
  readonly id: number
  readonly outline: CellOutline | CellProblem
  readonly isCrowd: boolean
  readonly more: Pick<StoredCell, 'statedArea'>
}

/**
 * Reads the `segmentation` of one COCO annotation as pixels of its image: polygon rings (united), or runs, compressed or
 * not.
 */
export function readSegmentation(segmentation: unknown, size: Size): CellOutline | CellProblem {
  return Array.isArray(segmentation) ? readRings(segmentation, size) : readRuns(segmentation, size)
}

function readRings(parts: readonly unknown[], size: Size): CellOutline | CellProblem {
  if (parts.length === 0) return { reason: 'has no outline', kind: 'cells without an outline' }
  const rings = ringsOf(parts)
  if (rings) return outlineFromRings(rings, size)
  return {
    reason: 'has an outline that is not a list of x, y pairs',
    kind: 'cells with an outline that is not a list of x, y pairs'
  }
}

const mostLevels = 3

/**
 * The rings of a polygon, each x, y, x, y …: a list of them, as COCO has it, or what some programs write where only one
 * reading is possible: one ring alone, rings as lists of [x, y] pairs, and all of these a level or two deeper.
 */
export function ringsOf(parts: readonly unknown[], level = 0): readonly (readonly number[])[] | undefined {
  if (isCoordinates(parts)) return [parts]
  if (isPairs(parts)) return [parts.flat()]
  if (parts.every(isCoordinates)) return parts
  if (level === mostLevels || !parts.every(Array.isArray)) return undefined
  const rings: (readonly number[])[] = []
  for (const part of parts) {
    const found = ringsOf(part, level + 1)
    if (!found) return undefined
    for (const ring of found) rings.push(ring)
  }
  return rings
}

/** Rings of one point enclose nothing, so three of them are the points of one ring. */
function isPairs(parts: readonly unknown[]): parts is number[][] {
  return parts.length > 2 && parts.every((part) => isCoordinates(part) && part.length === 2)
}

function isCoordinates(part: unknown): part is number[] {
  return Array.isArray(part) && part.length % 2 === 0 && part.every((value) => Number.isFinite(value))
}

function readRuns(segmentation: unknown, { width, height }: Size): CellOutline | CellProblem {
  if (typeof segmentation !== 'object' || segmentation === null || !('counts' in segmentation)) {
    return { reason: 'has no outline', kind: 'cells without an outline' }
  }
  const { counts } = segmentation
  const size: unknown = 'size' in segmentation ? segmentation.size : [height, width] // their sum tells as well
  if (!Array.isArray(size) || size[0] !== height || size[1] !== width) {
    return {
      reason: `has runs for a picture of another size (${JSON.stringify(size)} instead of [${height}, ${width}])`,
      kind: 'cells with runs for a picture of another size'
    }
  }
  return attempt(() => {
    const rle = parseRuns(plainCounts(counts), width, height)
    return rleArea(rle) === 0 ? coversNothing : { rle, skippedRings: 0, isCut: false }
  })
}

function parseRuns(counts: unknown, width: number, height: number): Rle {
  if (typeof counts === 'string') return rleFromString(counts, height, width)
  const numbers = Array.isArray(counts) ? counts.map(Number) : []
  return rleFromCounts(numbers, height, width)
}
