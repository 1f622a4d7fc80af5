import { emptyRle, rleUnion, type Rle } from './rle.ts'

/**
 * The pixels of a polygon, bit for bit as the COCO tools find them (docs/method.md §9.3).
 *
 * Those walk the outline on a grid five times as fine and keep the steps between the sub-columns 5x + 2 and 5x + 3:
 * they pass the centre of pixel column x. Only such steps are computed here, straight from the edge, instead of the
 * whole walk; the arithmetic of a step (rounding toward zero, slope in double precision) is the same.
 *
 * A ring is flat: x, y, x, y …, in corner coordinates ((0, 0) is the outer corner of the first pixel), closed by
 * itself. Inside is what an odd number of edges separates from the outside. Several rings are united. A ring of fewer
 * than three points has no pixels; whether that is worth a warning is the caller's concern.
 */
export function rasterizeRings(rings: readonly (readonly number[])[], height: number, width: number): Rle {
  const [only] = rings
  if (only === undefined) return emptyRle(height, width)
  if (rings.length === 1) return rasterizeRing(only, height, width)
  return rleUnion(rings.map((ring) => rasterizeRing(ring, height, width)))
}

const fineness = 5
const centre = 2 // the sub-column before the centre line of a pixel column

function rasterizeRing(ring: readonly number[], height: number, width: number): Rle {
  if (ring.length < 6) return emptyRle(height, width)
  crossings.begin(width)
  const points = ring.length >> 1
  const firstX = refine(ring[0] ?? 0)
  const firstY = refine(ring[1] ?? 0)
  let x = firstX
  let y = firstY
  for (let i = 1; i <= points; i++) {
    const nextX = i === points ? firstX : refine(ring[2 * i] ?? 0)
    const nextY = i === points ? firstY : refine(ring[2 * i + 1] ?? 0)
    if (x !== nextX) crossEdge(x, y, nextX, nextY, height)
    x = nextX
    y = nextY
  }
  return { height, width, counts: crossings.toCounts(height) }
}

/** Far outside the image, where only the direction of an edge matters, coordinates end: steps stay whole numbers. */
const farthest = 1e9

function refine(coordinate: number): number {
  const fine = Math.trunc(fineness * coordinate + 0.5)
  return fine > farthest ? farthest : fine < -farthest ? -farthest : fine
}

/** Records where an edge, in fine coordinates, passes the centres of pixel columns. It always has a width. */
function crossEdge(x: number, y: number, nextX: number, nextY: number, height: number): void {
  const isFlat = Math.abs(nextX - x) >= Math.abs(nextY - y)
  if (isFlat && x < nextX) crossFlatEdge(x, y, nextX, nextY, height)
  else if (isFlat) crossFlatEdge(nextX, nextY, x, y, height)
  else if (y < nextY) crossSteepEdge(x, y, nextX, nextY, height)
  else crossSteepEdge(nextX, nextY, x, y, height)
}

/** The walk along a flat edge advances by one sub-column a step, from its left end. */
function crossFlatEdge(left: number, y: number, right: number, nextY: number, height: number): void {
  const slope = (nextY - y) / (right - left)
  const last = lastColumn(right)
  for (let column = firstColumn(left); column <= last; column++) {
    const step = fineness * column + centre - left
    const before = Math.trunc(y + slope * step + 0.5)
    const after = Math.trunc(y + slope * (step + 1) + 0.5)
    crossings.add(column, toRow(before < after ? before : after, height))
  }
}

/** The walk along a steep edge advances by one sub-row a step, from its upper end; some steps change sub-column. */
function crossSteepEdge(x: number, top: number, nextX: number, bottom: number, height: number): void {
  const slope = (nextX - x) / (bottom - top)
  const last = lastColumn(x < nextX ? nextX : x)
  for (let column = firstColumn(x < nextX ? x : nextX); column <= last; column++) {
    const step = stepOver(x, slope, fineness * column + centre + 1)
    crossings.add(column, toRow(top + step - 1, height))
  }
}

function firstColumn(left: number): number {
  return left <= centre ? 0 : Math.ceil((left - centre) / fineness)
}

function lastColumn(right: number): number {
  const last = Math.floor((right - 1 - centre) / fineness)
  return last < crossings.width ? last : crossings.width - 1
}

/** The first step at which start + slope · step + ½ has reached `line`, from whichever side it came. */
function stepOver(start: number, slope: number, line: number): number {
  let step = Math.ceil((line - 0.5 - start) / slope)
  if (slope > 0) {
    while (step > 0 && start + slope * (step - 1) + 0.5 >= line) step--
    while (start + slope * step + 0.5 < line) step++
  } else {
    while (step > 0 && start + slope * (step - 1) + 0.5 < line) step--
    while (start + slope * step + 0.5 >= line) step++
  }
  return step
}

/** The first pixel row whose centre lies at or below a fine row. */
function toRow(fineRow: number, height: number): number {
  const row = Math.floor((fineRow + centre) / fineness)
  return row < 0 ? 0 : row > height ? height : row
}

/**
 * Where a ring crosses the centres of the pixel columns: per column a linked list in order of rows. One object is used
 * again and again to spare allocation; every column is empty again after `toCounts`.
 */
class Crossings {
  width = 0
  #heads = new Int32Array(1024) // per column: its first crossing, 0 for none
  #rows = new Int32Array(1024)
  #nexts = new Int32Array(1024)
  #runs = new Uint32Array(1024)
  #count = 0
  #first = 0
  #last = -1
  #length = 0
  #joins = false

  begin(width: number): void {
    this.width = width
    this.#count = 0
    this.#first = width
    this.#last = -1
    if (this.#heads.length < width) this.#heads = new Int32Array(width)
  }

  add(column: number, row: number): void {
    const entry = ++this.#count
    if (entry + 2 > this.#rows.length) this.#grow()
    const rows = this.#rows
    const nexts = this.#nexts
    rows[entry] = row
    let before = 0
    let after = this.#heads[column] ?? 0
    while (after !== 0 && (rows[after] ?? 0) < row) {
      before = after
      after = nexts[after] ?? 0
    }
    nexts[entry] = after
    if (before === 0) this.#heads[column] = entry
    else nexts[before] = entry
    if (column < this.#first) this.#first = column
    if (column > this.#last) this.#last = column
  }

  /** Each crossing begins or ends a run; two at one place cancel, which is what makes the filling even-odd. */
  toCounts(height: number): Uint32Array {
    let position = 0
    this.#length = 0
    this.#joins = false
    for (let column = this.#first; column <= this.#last; column++) {
      for (let entry = this.#heads[column] ?? 0; entry !== 0; entry = this.#nexts[entry] ?? 0) {
        const here = column * height + (this.#rows[entry] ?? 0)
        this.#addRun(here - position)
        position = here
      }
      this.#heads[column] = 0
    }
    this.#addRun(height * this.width - position)
    return this.#runs.slice(0, this.#length)
  }

  /** A run of no pixels, but for the first, is left out and lets the next run continue the one before. */
  #addRun(run: number): void {
    if (this.#joins) {
      this.#runs[this.#length - 1] = (this.#runs[this.#length - 1] ?? 0) + run
      this.#joins = false
    } else if (run === 0 && this.#length > 0) this.#joins = true
    else this.#runs[this.#length++] = run
  }

  #grow(): void {
    const size = 2 * this.#rows.length
    this.#rows = enlarged(this.#rows, size)
    this.#nexts = enlarged(this.#nexts, size)
    this.#runs = new Uint32Array(size)
  }
}

function enlarged(values: Int32Array, size: number): Int32Array<ArrayBuffer> {
  const result = new Int32Array(size)
  result.set(values)
  return result
}

const crossings = new Crossings()
