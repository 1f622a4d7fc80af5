import { type PixelArray } from './rle.ts'

/** Neighbours of a pixel: the 4 that share a side, or also those that share a corner. */
export type Connectivity = 4 | 8

export interface Components {
  /** Row-major: 1 … count in the order in which a scan meets them; 0 for background. */
  readonly labels: Uint32Array
  /** Number of components. */
  readonly count: number
}

/** Connected regions of equal value other than 0. */
export function labelComponents(
  values: PixelArray,
  width: number,
  height: number,
  connectivity: Connectivity
): Components {
  const runs = findRuns(values, width, height)
  const numbers = joinRuns(values, runs, connectivity === 8 ? 1 : 0)
  const labels = runs.ends // each is read before its place is filled
  let count = 0
  for (let run = 0; run < numbers.length; run++) {
    // A parent is an earlier run, so that its number is a label by now.
    const parent = numbers[run] ?? 0
    const label = parent === run ? ++count : (numbers[parent] ?? 0)
    numbers[run] = label
    const start = runs.starts[run] ?? 0
    labels.fill(label, start, runs.ends[start])
  }
  return { labels, count }
}

/** Pixels per label; entry 0 counts the background. */
export function componentAreas({ labels, count }: Components): Uint32Array {
  const areas = new Uint32Array(count + 1)
  for (const label of labels) areas[label] = (areas[label] ?? 0) + 1
  return areas
}

/** Renumbers what `keep` wants to 1 … n, in the same order; the rest becomes background. */
export function keepComponents({ labels, count }: Components, keep: (label: number) => boolean): Components {
  const numbers = new Uint32Array(count + 1)
  let kept = 0
  for (let label = 1; label <= count; label++) if (keep(label)) numbers[label] = ++kept
  const keptLabels = new Uint32Array(labels.length) // filled in a loop, as `map` takes several times as long
  for (let pixel = 0; pixel < labels.length; pixel++) keptLabels[pixel] = numbers[labels[pixel] ?? 0] ?? 0
  return { labels: keptLabels, count: kept }
}

/** Pixels of equal value other than 0 beside one another in a row, in the order of a scan. */
interface Runs {
  readonly width: number
  readonly starts: Int32Array
  /** At the first pixel of each, the pixel behind its last one. */
  readonly ends: Uint32Array
  /** The first run of each row, and behind the last row how many there are. */
  readonly rows: Int32Array
}

function findRuns(values: PixelArray, width: number, height: number): Runs {
  const ends = new Uint32Array(values.length)
  const rows = new Int32Array(height + 1)
  let count = 0
  for (let y = 0, pixel = 0; y < height; y++) {
    for (const rowEnd = pixel + width; pixel < rowEnd;) {
      const start = pixel
      const value = values[start]
      while (++pixel < rowEnd && values[pixel] === value);
      if (value === 0) continue
      ends[start] = pixel
      count++
    }
    rows[y + 1] = count
  }
  const starts = new Int32Array(count)
  let run = 0
  for (let pixel = 0; run < count; pixel++) if (ends[pixel] !== 0) starts[run++] = pixel
  return { width, starts, ends, rows }
}

/**
 * The parent of each run, an earlier one or itself: a forest in which the root of a component is its first run.
 *
 * @param reach pixels beyond its ends at which a run still meets one in the row above
 */
function joinRuns(values: PixelArray, { width, starts, ends, rows }: Runs, reach: 0 | 1): Int32Array {
  const parents = starts.map((_, run) => run)
  const startOf = (run: number): number => starts[run] ?? 0
  const endOf = (run: number): number => ends[startOf(run)] ?? 0
  const joinWithRowAbove = (row: number): void => {
    const [first, last] = [rows[row] ?? 0, rows[row + 1] ?? 0]
    let above = rows[row - 1] ?? 0
    for (let run = first; run < last; run++) {
      const [from, to] = [startOf(run) - width - reach, endOf(run) - width + reach]
      while (above < first && endOf(above) <= from) above++
      for (let met = above; met < first && startOf(met) < to; met++) {
        if (values[startOf(met)] === values[startOf(run)]) join(parents, met, run)
      }
    }
  }
  for (let row = 1; row + 1 < rows.length; row++) joinWithRowAbove(row)
  return parents
}

function join(parents: Int32Array, a: number, b: number): void {
  const rootA = rootOf(parents, a)
  const rootB = rootOf(parents, b)
  if (rootA < rootB) parents[rootB] = rootA
  else parents[rootA] = rootB
}

function rootOf(parents: Int32Array, run: number): number {
  let at = run
  for (;;) {
    const parent = parents[at] ?? at
    if (parent === at) return at
    const grandparent = parents[parent] ?? parent
    parents[at] = grandparent // halves the path for the next visit
    at = grandparent
  }
}
