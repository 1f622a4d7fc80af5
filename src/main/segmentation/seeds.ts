import { type EndPoints } from './follow-flows.ts'

/** A seed and what grows from it stay within five pixels. */
const reach = 5
/** Zeros around the counts, so that no window leaves them. */
const border = 20

/** Settings of Cellpose 3 (`dynamics.get_masks`). */
const seedAbove = 10
const growAbove = 2

/**
 * Gathers pixels that came to rest at one place (docs/method.md §12.5). Where more than ten end on one pixel, and
 * nowhere about it more, is a seed; it grows five times by one pixel over places where more than two end. A larger seed
 * takes what a smaller one had.
 *
 * @param pixels places in the picture, row-major, that `ends` belong to
 * @returns labels 1 … n, row-major [height, width]
 */
export function gatherCells(
  { endY, endX }: EndPoints,
  pixels: Int32Array,
  { width, height }: { readonly width: number; readonly height: number }
): { labels: Int32Array; count: number } {
  const columns = width + 2 * border
  const place = (i: number): number => ((endY[i] ?? 0) + border) * columns + (endX[i] ?? 0) + border
  const counts = new Int32Array(columns * (height + 2 * border))
  for (let i = 0; i < pixels.length; i++) counts[place(i)] = (counts[place(i)] ?? 0) + 1

  const seeds = findSeeds(counts, columns)
  const owners = new Int32Array(counts.length)
  const window = new Uint8Array((2 * reach + 1) ** 2)
  for (const [i, seed] of seeds.entries()) grow(counts, columns, seed, window, (at) => (owners[at] = i + 1))

  const labels = new Int32Array(width * height)
  for (let i = 0; i < pixels.length; i++) labels[pixels[i] ?? 0] = owners[place(i)] ?? 0
  return { labels, count: seeds.length }
}

/** Places of the seeds, the smallest first; of equal ones, the first in the picture. */
function findSeeds(counts: Int32Array, columns: number): number[] {
  const seeds: number[] = []
  for (let place = border * columns; place < counts.length - border * columns; place++) {
    const count = counts[place] ?? 0
    if (count > seedAbove && isLargest(counts, columns, place, count)) seeds.push(place)
  }
  return seeds.sort((a, b) => (counts[a] ?? 0) - (counts[b] ?? 0) || a - b)
}

function isLargest(counts: Int32Array, columns: number, place: number, count: number): boolean {
  for (let dy = -2; dy <= 2; dy++) {
    for (let dx = -2; dx <= 2; dx++) if ((counts[place + dy * columns + dx] ?? 0) > count) return false
  }
  return true
}

function grow(
  counts: Int32Array,
  columns: number,
  seed: number,
  window: Uint8Array,
  take: (place: number) => void
): void {
  const side = 2 * reach + 1
  const corner = seed - reach * columns - reach
  const placeOf = (i: number): number => corner + Math.floor(i / side) * columns + (i % side)
  window.fill(0)
  window[reach * side + reach] = 1
  const isOpen = (i: number): boolean => (counts[placeOf(i)] ?? 0) > growAbove
  for (let round = 1; round <= reach; round++) {
    for (let i = 0; i < window.length; i++) {
      if (window[i] === 0 && isOpen(i) && touches(window, i, side, round)) window[i] = round + 1
    }
  }
  for (let i = 0; i < window.length; i++) if (window[i] !== 0) take(placeOf(i))
}

/** Whether a neighbour was taken in an earlier round. */
function touches(window: Uint8Array, i: number, side: number, round: number): boolean {
  const [row, column] = [Math.floor(i / side), i % side]
  for (let y = Math.max(0, row - 1); y <= Math.min(side - 1, row + 1); y++) {
    for (let x = Math.max(0, column - 1); x <= Math.min(side - 1, column + 1); x++) {
      const taken = window[y * side + x] ?? 0
      if (taken !== 0 && taken <= round) return true
    }
  }
  return false
}
