import { refuse } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'

/**
 * A set of pixels as run lengths, in COCO's order: down the columns, left to right, so that the pixel in column x and
 * row y has index x · height + y. Runs alternate between outside and inside and begin with outside (maybe 0 long).
 * Their sum is height · width. (Indices in this folder are in range by construction; `?? 0` only tells the compiler.)
 */
export interface Rle {
  readonly height: number
  readonly width: number
  readonly counts: Uint32Array
}

/** Whole pixels; x and y are the smallest column and row, 0 for an empty set. */
export interface PixelBox {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

/** A label image or mask that cells can be painted into. Row-major. */
export type PixelArray = Uint8Array | Uint16Array | Uint32Array | Int32Array

/**
 * Checks runs that come from a file, and keeps them.
 * @throws AppError if they do not add up to the image.
 */
export function rleFromCounts(counts: readonly number[] | Uint32Array, height: number, width: number): Rle {
  let sum = 0
  for (const run of counts) {
    if (!Number.isInteger(run) || run < 0) throw refuse(`A run-length mask has the run ${String(run)}.`)
    sum += run
  }
  if (sum !== height * width) {
    throw refuse(
      `A run-length mask covers ${String(sum)} pixels, but the image has ${String(width)} × ${String(height)}.`,
      { next: 'Check that "size" is [height, width] and that the mask belongs to this image.' }
    )
  }
  return { height, width, counts: counts instanceof Uint32Array ? counts : Uint32Array.from(counts) }
}

export function emptyRle(height: number, width: number): Rle {
  return { height, width, counts: Uint32Array.of(height * width) }
}

/** The number of pixels inside. */
export function rleArea({ counts }: Rle): number {
  let area = 0
  for (let i = 1; i < counts.length; i += 2) area += counts[i] ?? 0
  return area
}

export function rleBox({ height, counts }: Rle): PixelBox {
  let left = -1
  let right = -1
  let top = height
  let bottom = -1
  let start = 0
  for (let i = 0; i + 1 < counts.length; i += 2) {
    start += runAt(counts, i)
    const end = start + runAt(counts, i + 1)
    if (end > start) {
      const column = Math.floor(start / height)
      right = Math.floor((end - 1) / height)
      if (left < 0) left = column
      const crossesColumns = column < right
      const first = crossesColumns ? 0 : start - column * height
      const last = crossesColumns ? height - 1 : end - 1 - right * height
      if (first < top) top = first
      if (last > bottom) bottom = last
    }
    start = end
  }
  if (right < 0) return { x: 0, y: 0, width: 0, height: 0 }
  return { x: left, y: top, width: right - left + 1, height: bottom - top + 1 }
}

/** The number of pixels that two sets on one grid share. */
export function rleIntersection(a: Rle, b: Rle): number {
  const x = a.counts
  const y = b.counts
  let shared = 0
  let i = 0
  let j = 0
  let endX = runAt(x, 0)
  let endY = runAt(y, 0)
  let position = 0
  while (i < x.length && j < y.length) {
    const end = endX < endY ? endX : endY
    if ((i & j & 1) === 1) shared += end - position
    position = end
    if (endX === end) endX += runAt(x, ++i)
    if (endY === end) endY += runAt(y, ++j)
  }
  return shared
}

function runAt(counts: Uint32Array, i: number): number {
  return counts[i] ?? 0
}

/** The pixels that are in at least one of the sets, which lie on one grid. */
export function rleUnion(sets: readonly Rle[]): Rle {
  const [first, ...others] = sets
  if (first === undefined) throw refuse('A mask needs at least one part.')
  return others.reduce(unionOfTwo, first)
}

function unionOfTwo(a: Rle, b: Rle): Rle {
  const writer = new RunWriter(a.height, a.width)
  let i = 0
  let j = 0
  let endA = runAt(a.counts, 0)
  let endB = runAt(b.counts, 0)
  let position = 0
  while (i < a.counts.length && j < b.counts.length) {
    const end = Math.min(endA, endB)
    if (((i | j) & 1) === 1) writer.add(position, end)
    position = end
    if (endA === end) endA += runAt(a.counts, ++i)
    if (endB === end) endB += runAt(b.counts, ++j)
  }
  return writer.finish()
}

/** From a row-major mask; any value but 0 is inside. */
export function rleFromPixels(mask: ArrayLike<number>, height: number, width: number): Rle {
  const writer = new RunWriter(height, width)
  for (let x = 0; x < width; x++) {
    for (let y = 0; y < height; y++) {
      if ((mask[y * width + x] ?? 0) !== 0) writer.add(x * height + y, x * height + y + 1)
    }
  }
  return writer.finish()
}

/**
 * All objects of a row-major label image (0 is background) in one pass, in ascending order of their ids.
 *
 * @throws AppError of kind `input` for noise, in which nearly every pixel is an object or a run of its own
 */
export function rleFromLabel(labels: ArrayLike<number>, width: number, height: number): Map<number, Rle> {
  const writers = new Map<number, RunWriter>()
  let runs = 0
  const add = (id: number, start: number, end: number) => {
    if (++runs > limits.labels.runs || writers.size > limits.labels.objects) throw noObjects()
    let writer = writers.get(id)
    if (writer === undefined) writers.set(id, (writer = new RunWriter(height, width)))
    writer.add(start, end)
  }
  for (let x = 0; x < width; x++) {
    let y = 0
    while (y < height) {
      const id = labels[y * width + x] ?? 0
      const start = y
      do y++
      while (y < height && labels[y * width + x] === id)
      if (id !== 0) add(id, x * height + start, x * height + y)
    }
  }
  const ascending = [...writers].sort(([a], [b]) => a - b)
  return new Map(ascending.map(([id, writer]) => [id, writer.finish()]))
}

function noObjects(): Error {
  return refuse('A label image has more objects, or objects in more pieces, than any picture of cells.', {
    next: 'Check that this is the file with the labels, not a picture.'
  })
}

/** Visits the runs inside, cut at the column ends: column x, rows top … bottom − 1. */
export function forEachRun({ height, counts }: Rle, visit: (x: number, top: number, bottom: number) => void): void {
  let start = 0
  for (let i = 0; i + 1 < counts.length; i += 2) {
    start += counts[i] ?? 0
    const end = start + (counts[i + 1] ?? 0)
    while (start < end) {
      const x = Math.floor(start / height)
      const stop = Math.min(end, (x + 1) * height)
      visit(x, start - x * height, stop - x * height)
      start = stop
    }
  }
}

/** Sets the pixels inside to `value` in a row-major array of the same size. */
export function paintRle(rle: Rle, target: PixelArray, value: number): void {
  const { width } = rle
  forEachRun(rle, (x, top, bottom) => {
    for (let at = top * width + x; at < bottom * width + x; at += width) target[at] = value
  })
}

/**
 * Samples a set on a grid `factor` times as fine, by the nearest pixel centre: the new pixel i takes the old pixel
 * ⌊(i + ½) · old / new⌋. The new size is the old one times the factor, rounded, at least 1.
 */
export function scaleRle(rle: Rle, factor: number): Rle {
  const height = scaledSize(rle.height, factor)
  const width = scaledSize(rle.width, factor)
  const columns = new Map<number, number[]>()
  forEachRun(rle, (x, top, bottom) => {
    const rows = columns.get(x) ?? []
    rows.push(firstSample(top, rle.height, height), firstSample(bottom, rle.height, height))
    columns.set(x, rows)
  })
  const writer = new RunWriter(height, width)
  for (const [x, rows] of columns) {
    for (let target = firstSample(x, rle.width, width); target < firstSample(x + 1, rle.width, width); target++) {
      for (let i = 0; i < rows.length; i += 2) {
        writer.add(target * height + (rows[i] ?? 0), target * height + (rows[i + 1] ?? 0))
      }
    }
  }
  return writer.finish()
}

/** The side that a side of `size` pixels gets when an image is scaled by `factor`. */
export function scaledSize(size: number, factor: number): number {
  return Math.max(1, Math.round(size * factor))
}

/** The first new pixel whose centre falls on the old pixel `edge` or beyond. */
function firstSample(edge: number, oldSize: number, newSize: number): number {
  return Math.max(0, Math.ceil((2 * newSize * edge - oldSize) / (2 * oldSize)))
}

/** Collects runs in ascending order and joins those that meet. */
export class RunWriter {
  readonly #height: number
  readonly #width: number
  readonly #counts: number[] = []
  #end = 0

  constructor(height: number, width: number) {
    this.#height = height
    this.#width = width
  }

  /** Adds the pixels start … end − 1; `start` is not before the end of the run before. */
  add(start: number, end: number): void {
    if (end <= start) return
    const last = this.#counts.length - 1
    if (start === this.#end && last >= 0) this.#counts[last] = (this.#counts[last] ?? 0) + (end - start)
    else this.#counts.push(start - this.#end, end - start)
    this.#end = end
  }

  finish(): Rle {
    const size = this.#height * this.#width
    const counts = this.#end < size || size === 0 ? [...this.#counts, size - this.#end] : this.#counts
    return { height: this.#height, width: this.#width, counts: Uint32Array.from(counts) }
  }
}
