import { forEachMeeting } from './box-sweep.ts'
import { rleBox, rleIntersection, type Rle } from './rle.ts'

/** An annotated cell: its source's id, its pixels in the image and how many they are. */
export interface Cell {
  readonly id: number
  readonly raster: Rle
  readonly area: number
}

/** Positions in `cells`, i < j, with the number of pixels that the two share. */
export type Overlap = readonly [i: number, j: number, pixels: number]

/** Positions in `cells`, i < j, of two that share no pixel but have some at Chebyshev distance 1. */
export type Contact = readonly [i: number, j: number]

/**
 * Which cells overlap and which touch (paper §2.2.1, Algorithm 1). The paper's directed edge u → v has the weight
 * |u ∩ v| / |u|, so one count of pixels serves both directions.
 */
export interface OverlapGraph {
  readonly cells: readonly Cell[]
  readonly overlaps: readonly Overlap[]
  readonly contacts: readonly Contact[]
}

/**
 * Which of the cells go that others cover beyond the limit.
 *
 * `greatest-first` deletes the most covered cell and looks again until none is left; it does not depend on the order
 * of the file and never deletes both of a pair. `ascending-id` goes through the cells once, as the pseudo-code reads.
 * `simultaneous` deletes all that are covered at the start.
 */
export type RemovalOrder = 'greatest-first' | 'ascending-id' | 'simultaneous'

/** All pairs of overlapping and of touching cells, by i, then j. */
export function buildOverlapGraph(cells: readonly Cell[]): OverlapGraph {
  const boxes = cells.map(({ raster }) => rleBox(raster))
  const overlaps: Overlap[] = []
  const contacts: Contact[] = []
  const columns = new ColumnRuns()
  forEachMeeting(boxes, boxes, 1, (i, j) => {
    const [a, b] = [cells[i]?.raster, cells[j]?.raster]
    if (i >= j || a === undefined || b === undefined) return
    const pixels = rleIntersection(a, b)
    if (pixels > 0) overlaps.push([i, j, pixels])
    else if (touch(columns.of(a), columns.of(b), a.height)) contacts.push([i, j])
  })
  const byPosition = (a: readonly number[], b: readonly number[]) =>
    (a[0] ?? 0) - (b[0] ?? 0) || (a[1] ?? 0) - (b[1] ?? 0)
  return { cells, overlaps: overlaps.sort(byPosition), contacts: contacts.sort(byPosition) }
}

/**
 * The positions of the cells to delete, because one living cell covers more than `maxCover` of their area: in order of
 * deletion for `greatest-first`, else ascending. Of cells covered equally the smaller goes first, then the larger id.
 */
export function removeCovered(graph: OverlapGraph, maxCover: number, order: RemovalOrder): number[] {
  const covers = coversOf(graph)
  const removed = new Set<number>()
  const coveredFraction = (cell: number) => greatestCover(covers[cell] ?? [], removed)
  const positions = [...graph.cells.keys()]
  switch (order) {
    case 'greatest-first':
      return removeGreatestFirst(graph.cells, covers, maxCover)
    case 'ascending-id': {
      const byId = positions.sort((i, j) => (graph.cells[i]?.id ?? 0) - (graph.cells[j]?.id ?? 0))
      for (const cell of byId) if (coveredFraction(cell) > maxCover) removed.add(cell)
      return [...removed].sort((i, j) => i - j)
    }
    case 'simultaneous':
      return positions.filter((cell) => coveredFraction(cell) > maxCover)
  }
}

type Covers = readonly (readonly (readonly [other: number, weight: number])[])[]

function greatestCover(covers: Covers[number], removed: ReadonlySet<number>): number {
  let greatest = 0
  for (const [other, weight] of covers) {
    if (weight > greatest && !removed.has(other)) greatest = weight
  }
  return greatest
}

function removeGreatestFirst(cells: readonly Cell[], covers: Covers, maxCover: number): number[] {
  const removed = new Set<number>()
  const candidates = new Map<number, number>() // position → covered share, of those beyond the limit
  const look = (position: number) => {
    const fraction = removed.has(position) ? 0 : greatestCover(covers[position] ?? [], removed)
    if (fraction > maxCover) candidates.set(position, fraction)
    else candidates.delete(position)
  }
  for (const position of cells.keys()) look(position)
  while (candidates.size > 0) {
    const worst = mostCovered(cells, candidates)
    removed.add(worst)
    look(worst)
    for (const [other] of covers[worst] ?? []) look(other)
  }
  return [...removed]
}

function mostCovered(cells: readonly Cell[], candidates: ReadonlyMap<number, number>): number {
  let worst: { position: number; fraction: number; cell: Cell } | undefined
  for (const [position, fraction] of candidates) {
    const cell = cells[position]
    if (cell === undefined) continue
    const comesFirst =
      worst === undefined || (fraction - worst.fraction || worst.cell.area - cell.area || cell.id - worst.cell.id) > 0
    if (comesFirst) worst = { position, fraction, cell }
  }
  return worst?.position ?? -1
}

/** Per cell u: each v that overlaps it, with the share of u that v covers. */
function coversOf({ cells, overlaps }: OverlapGraph): [other: number, weight: number][][] {
  const covers = cells.map((): [number, number][] => [])
  for (const [i, j, pixels] of overlaps) {
    covers[i]?.push([j, pixels / (cells[i]?.area ?? 0)])
    covers[j]?.push([i, pixels / (cells[j]?.area ?? 0)])
  }
  return covers
}

/**
 * Two sets as runs on a line on which each column has one free pixel above and below. There a run that is widened by
 * one stays within its column, and columns side by side are height + 2 apart: touching is one walk per offset.
 */
function touch(a: Int32Array, b: Int32Array, height: number): boolean {
  const column = height + 2
  return runsMeet(a, b, 0) || runsMeet(a, b, column) || runsMeet(a, b, -column)
}

/** Whether a run of `a`, widened by one, meets a run of `b` moved by `offset`. */
function runsMeet(a: Int32Array, b: Int32Array, offset: number): boolean {
  let i = 0
  let j = 0
  while (i < a.length && j < b.length) {
    const startA = (a[i] ?? 0) - 1
    const endA = (a[i + 1] ?? 0) + 1
    const startB = (b[j] ?? 0) + offset
    const endB = (b[j + 1] ?? 0) + offset
    if (startA < endB && startB < endA) return true
    if (endA <= startB) i += 2
    else j += 2
  }
  return false
}

function columnRuns({ height, counts }: Rle): Int32Array {
  const runs: number[] = []
  let start = 0
  for (let i = 0; i + 1 < counts.length; i += 2) {
    start += counts[i] ?? 0
    const end = start + (counts[i + 1] ?? 0)
    while (start < end) {
      const x = Math.floor(start / height)
      const stop = Math.min(end, (x + 1) * height)
      runs.push(start + 2 * x + 1, stop + 2 * x + 1)
      start = stop
    }
  }
  return Int32Array.from(runs)
}

/** Remembers the runs of each set, since most are compared with several neighbours. */
class ColumnRuns {
  readonly #known = new Map<Rle, Int32Array>()

  of(rle: Rle): Int32Array {
    let runs = this.#known.get(rle)
    if (runs === undefined) this.#known.set(rle, (runs = columnRuns(rle)))
    return runs
  }
}
