import { type StoredCell } from '../../../shared/datasets.ts'
import { AppError } from '../../../shared/errors.ts'
import { rasterizeRings } from '../../masks/rasterize.ts'
import { encodeCounts, rleFromString } from '../../masks/rle-string.ts'
import { type Rle, rleArea, rleFromCounts } from '../../masks/rle.ts'

/** A cell that cannot be taken: one sentence about it, and the kind in the plural. */
export interface CellProblem {
  readonly reason: string
  readonly kind: string
}

/** A cell as stored, and what had to be done to take it. */
export interface CellReading {
  readonly cell: StoredCell
  /** Rings left out because they have fewer than three points. */
  readonly skippedRings: number
  /** Whether the outline reaches beyond the image by more than a pixel and was cut at its border. */
  readonly isCut: boolean
}

/**
 * Reads the outline of one COCO annotation as pixels of its image: polygon rings (united), or runs, compressed or not.
 *
 * @param annotation the entry of `annotations`; only `segmentation`, `area` and `iscrowd` are read
 */
export function readCocoCell(
  annotation: Readonly<Record<string, unknown>>,
  id: number,
  width: number,
  height: number
): CellReading | CellProblem {
  const segmentation = annotation['segmentation']
  const outline = Array.isArray(segmentation)
    ? readRings(segmentation, width, height)
    : readRuns(segmentation, width, height)
  if ('reason' in outline) return outline
  if (rleArea(outline.rle) === 0) {
    return { reason: 'covers no pixel of its image', kind: 'cells that cover no pixel of their image' }
  }
  const { area, iscrowd } = annotation
  const cell: StoredCell = {
    id,
    counts: compact(encodeCounts(outline.rle.counts)),
    ...(typeof area === 'number' && Number.isFinite(area) && area > 0 ? { statedArea: area } : {}),
    ...(iscrowd === 1 || iscrowd === true ? { isCrowd: true } : {})
  }
  return { cell, skippedRings: outline.skippedRings, isCut: outline.isCut }
}

interface Outline {
  readonly rle: Rle
  readonly skippedRings: number
  readonly isCut: boolean
}

function readRings(parts: readonly unknown[], width: number, height: number): Outline | CellProblem {
  if (parts.length === 0) return { reason: 'has no outline', kind: 'cells without an outline' }
  const rings: number[][] = []
  let isCut = false
  for (const part of parts) {
    if (!isCoordinates(part)) {
      return {
        reason: 'has an outline that is no list of x, y pairs',
        kind: 'cells with an outline that is no list of x, y pairs'
      }
    }
    if (part.length < 6) continue
    const reach = beyond(part, width, height)
    // An edge is followed column by column, so a coordinate of 10¹² would never end.
    if (reach > 4 * (width + height)) {
      return { reason: 'has points far outside its image', kind: 'cells with points far outside their image' }
    }
    isCut ||= reach > 1
    rings.push(part)
  }
  if (rings.length === 0) return { reason: 'has fewer than three points', kind: 'cells with fewer than three points' }
  const rle = rasterizeRings(rings, height, width)
  if (isCut && rleArea(rle) === 0) return { reason: 'lies outside its image', kind: 'cells outside their image' }
  return { rle, skippedRings: parts.length - rings.length, isCut }
}

function isCoordinates(part: unknown): part is number[] {
  return Array.isArray(part) && part.length % 2 === 0 && part.every((value) => Number.isFinite(value))
}

/** How far the outermost point lies outside the image, in pixels; 0 or less when all are inside. */
function beyond(ring: readonly number[], width: number, height: number): number {
  let furthest = -Infinity
  for (let i = 0; i < ring.length; i += 2) {
    const [x, y] = [ring[i] ?? 0, ring[i + 1] ?? 0]
    furthest = Math.max(furthest, -x, -y, x - width, y - height)
  }
  return furthest
}

function readRuns(segmentation: unknown, width: number, height: number): Outline | CellProblem {
  if (typeof segmentation !== 'object' || segmentation === null || !('counts' in segmentation)) {
    return { reason: 'has no outline', kind: 'cells without an outline' }
  }
  const size: unknown = 'size' in segmentation ? segmentation.size : undefined
  if (!Array.isArray(size) || size[0] !== height || size[1] !== width) {
    return {
      reason: `has runs for a picture of another size (${JSON.stringify(size)} instead of [${height}, ${width}])`,
      kind: 'cells with runs for a picture of another size'
    }
  }
  try {
    return { rle: parseRuns(segmentation.counts, width, height), skippedRings: 0, isCut: false }
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    return { reason: `has damaged runs: ${thrown.message}`, kind: 'cells with damaged runs' }
  }
}

function parseRuns(counts: unknown, width: number, height: number): Rle {
  if (typeof counts === 'string') return rleFromString(counts, height, width)
  const numbers = Array.isArray(counts) ? counts.map(Number) : []
  return rleFromCounts(numbers, height, width)
}

/**
 * A string that was put together piece by piece keeps all its pieces, some thirty times its size; a million cells would
 * not fit into memory.
 */
function compact(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}
