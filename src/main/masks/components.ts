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
  const parents = joinEqualPixels(values, width, height, connectivity)
  const labels = new Uint32Array(values.length)
  let count = 0
  for (let pixel = 0; pixel < labels.length; pixel++) {
    if (values[pixel] === 0) continue
    // A root is the first pixel of its component, so that it has a label by now.
    const root = rootOf(parents, pixel)
    labels[pixel] = root === pixel ? ++count : (labels[root] ?? 0)
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
  return { labels: labels.map((label) => numbers[label] ?? 0), count: kept }
}

/** A forest over pixels, in which the root of a component is its first pixel. */
function joinEqualPixels(values: PixelArray, width: number, height: number, connectivity: Connectivity): Int32Array {
  const parents = new Int32Array(values.length)
  const joinIfEqual = (pixel: number, other: number) => {
    if (values[other] === values[pixel]) join(parents, other, pixel)
  }
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      parents[pixel] = pixel
      if (values[pixel] === 0) continue
      if (x > 0) joinIfEqual(pixel, pixel - 1)
      if (y === 0) continue
      joinIfEqual(pixel, pixel - width)
      if (connectivity === 8 && x > 0) joinIfEqual(pixel, pixel - width - 1)
      if (connectivity === 8 && x + 1 < width) joinIfEqual(pixel, pixel - width + 1)
    }
  }
  return parents
}

function join(parents: Int32Array, a: number, b: number): void {
  const rootA = rootOf(parents, a)
  const rootB = rootOf(parents, b)
  if (rootA < rootB) parents[rootB] = rootA
  else parents[rootA] = rootB
}

function rootOf(parents: Int32Array, pixel: number): number {
  let at = pixel
  for (;;) {
    const parent = parents[at] ?? at
    if (parent === at) return at
    const grandparent = parents[parent] ?? parent
    parents[at] = grandparent // halves the path for the next visit
    at = grandparent
  }
}
