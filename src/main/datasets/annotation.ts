import { type StoredCell } from '../../shared/datasets.ts'
import { AppError, refuse } from '../../shared/errors.ts'
import { encodeCounts } from '../masks/rle-string.ts'
import { rasterizeRings } from '../masks/rasterize.ts'
import { type Rle, rleArea, rleBox } from '../masks/rle.ts'
import { type Log } from './import-log.ts'

/** In pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** What marks the cells of one image. Its size is that of the grid they are drawn on, and must be the image's. */
export interface Annotation extends Size {
  readonly cells: readonly StoredCell[]
  /** How many outlines reach beyond it or lie outside, where some do. */
  readonly outside?: number
}

/** A cell that cannot be taken: one sentence about it, and the kind in the plural. */
export interface CellProblem {
  readonly reason: string
  readonly kind: string
}

/** A cell's pixels, and what had to be done to get them. */
export interface CellOutline {
  readonly rle: Rle
  /** Rings left out because they have fewer than three points. */
  readonly skippedRings: number
  /** Whether the outline reaches beyond the image by more than a pixel and was cut at its border. */
  readonly isCut: boolean
}

/** Flat rings (x, y, x, y …, corner coordinates, px) as the pixels of a cell: united. */
export function outlineFromRings(
  rings: readonly (readonly number[])[],
  { width, height }: Size
): CellOutline | CellProblem {
  const usable = rings.filter((ring) => ring.length >= 6)
  if (usable.length === 0) return { reason: 'has fewer than three points', kind: 'cells with fewer than three points' }
  const reach = usable.reduce((furthest, ring) => Math.max(furthest, beyond(ring, width, height)), -Infinity)
  // An edge is followed column by column, so a coordinate of 10¹² would never end.
  if (!(reach <= 4 * (width + height))) {
    return farOutside
  }
  const isCut = reach > 1
  const rle = rasterizeRings(usable, height, width)
  if (rleArea(rle) > 0) return { rle, skippedRings: rings.length - usable.length, isCut }
  return isCut ? outsideImage : coversNothing
}

const farOutside: CellProblem = {
  reason: 'has points far outside its image',
  kind: 'cells with points far outside their image'
}
const outsideImage: CellProblem = { reason: 'lies outside its image', kind: 'cells outside their image' }

export const coversNothing: CellProblem = {
  reason: 'covers no pixel of its image',
  kind: 'cells that cover no pixel of their image'
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

/**
 * Several rings as one that fills what an odd number of them encloses: holes, and the paths of composite outlines. The
 * way from one ring to the next is walked there and back, and so encloses nothing.
 */
export function bridgeRings(rings: readonly (readonly number[])[]): number[] {
  const [first = [], ...others] = rings
  const [x = 0, y = 0] = first
  const bridged = [...first, x, y]
  for (const ring of others) {
    const [ringX = 0, ringY = 0] = ring
    for (const value of ring) bridged.push(value)
    bridged.push(ringX, ringY, x, y)
  }
  return bridged
}

/** Fewer outlines may well lie together. */
const leastInCorner = 6
/** Fewer outlines outside a picture are single mistakes. */
const leastOutside = 2

/** Collects the cells of one annotation file and says what was wrong with those left out. */
export class CellCollector {
  readonly #file: string
  readonly #image: string
  readonly #log: Log
  readonly #cells: StoredCell[] = []
  #cut = 0
  #outside = 0
  #refused = 0
  #skippedRings = 0
  /** How far the cells reach to the right and down. */
  readonly #reach = { x: 0, y: 0 }

  /**
   * @param file as the log is to call the annotation file
   * @param image and the picture
   */
  constructor(file: string, image: string, log: Log) {
    this.#file = file
    this.#image = image
    this.#log = log
  }

  /**
   * @param what how a sentence calls the cell: `Annotation 12`
   * @param more what the source says of the cell beside its pixels
   */
  add(
    what: string,
    id: number,
    outline: CellOutline | CellProblem,
    more: Omit<StoredCell, 'id' | 'counts'> = {}
  ): void {
    if ('reason' in outline) {
      this.refuse(what, outline)
      return
    }
    if (outline.isCut) this.#cut++
    this.#skippedRings += outline.skippedRings
    const { x, y, width, height } = rleBox(outline.rle)
    this.#reach.x = Math.max(this.#reach.x, x + width)
    this.#reach.y = Math.max(this.#reach.y, y + height)
    this.#cells.push({ id, counts: compact(encodeCounts(outline.rle.counts)), ...more })
  }

  refuse(what: string, problem: CellProblem): void {
    this.#refused++
    if (problem === outsideImage || problem === farOutside) this.#outside++
    this.#log.refuse(this.#file, `${what} ${problem.reason}.`, problem.kind)
  }

  /**
   * Holds outlines that state no size against their picture: where many of them reach beyond it, they were drawn on a
   * larger one, and those within it lie in the wrong places.
   *
   * @throws AppError of kind `input`
   */
  requireSameScale({ width, height }: Size): void {
    const beyond = this.#outside + this.#cut
    const all = this.#cells.length + this.#refused
    if (this.#outside < leastOutside || beyond * 3 < all) return
    throw refuse(
      `${this.#file}: ${beyond} of ${all} outlines reach beyond their picture of ${width}×${height} pixels, so they were drawn on a larger one, or on another part of it.`,
      {
        file: this.#file,
        next: 'Export the picture in its full resolution (QuPath: downsample 1), or draw the outlines on this one.'
      }
    )
  }

  #areInCorner({ width, height }: Size): boolean {
    return this.#cells.length >= leastInCorner && 2 * this.#reach.x <= width && 2 * this.#reach.y <= height
  }

  /** All cells; `undefined` where there were some and none could be taken: such an image is not annotated. */
  finish(size: Size): Annotation | undefined {
    if (this.#cut > 0) {
      this.#log.warn(
        `${this.#cut} outlines reach beyond their image and were cut at its border.`,
        this.#image,
        'pictures with outlines that were cut at the border'
      )
    }
    if (this.#areInCorner(size)) {
      this.#log.warn(
        `All its ${this.#cells.length} outlines lie in the upper left ${this.#reach.x}×${this.#reach.y} of ${size.width}×${size.height} pixels. If cells lie elsewhere too, the outlines are in other units than pixels (percent, µm) or were drawn on a smaller picture.`,
        this.#image,
        'pictures with all outlines in one corner'
      )
    }
    if (this.#skippedRings > 0) {
      this.#log.warn(
        `${this.#skippedRings} parts of outlines have fewer than three points and were left out.`,
        this.#image,
        'pictures with parts of outlines that were left out'
      )
    }
    if (this.#cells.length === 0 && this.#refused > 0) return undefined
    const outside = this.#outside + this.#cut
    return { width: size.width, height: size.height, cells: this.#cells, ...(outside > 0 ? { outside } : {}) }
  }
}

/** The category of most cells. */
export function mostFrequent(counts: ReadonlyMap<string, number>): string | undefined {
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
}

/** The outline, or the sentence about it where reading it fails by the file's fault. */
export function attempt(read: () => CellOutline | CellProblem): CellOutline | CellProblem {
  try {
    return read()
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    return { reason: `has damaged runs: ${thrown.message.replace(/\.$/, '')}`, kind: 'cells with damaged runs' }
  }
}

/**
 * A string that was put together piece by piece keeps all its pieces, some thirty times its size; a million cells would
 * not fit into memory.
 */
function compact(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1')
}
