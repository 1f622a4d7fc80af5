import { scaledSize } from '../masks/rle.ts'

/** 8-bit pixels, interleaved, row by row. */
export interface Raster8 {
  readonly pixels: Uint8Array
  readonly width: number
  readonly height: number
  readonly channels: number
}

/**
 * The picture on a coarser grid: each new pixel is the mean over its area, rounded. Sizes are rounded as those of cells
 * (`scaledSize`), so the grids agree.
 *
 * @param factor new size over old, in (0, 1]
 */
export function scaleDown(raster: Raster8, factor: number): Raster8 {
  if (factor === 1) return raster
  const { pixels, width, height, channels } = raster
  const newWidth = scaledSize(width, factor)
  const newHeight = scaledSize(height, factor)
  const columns = shares(width, newWidth)
  const rows = shares(height, newHeight)

  // Along the rows first, then down the columns.
  const narrow = new Float32Array(newWidth * height * channels)
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < newWidth * channels; i++) {
      const start = y * width * channels + (i % channels)
      narrow[y * newWidth * channels + i] = mean(pixels, start, channels, columns[Math.floor(i / channels)])
    }
  }
  const result = new Uint8Array(newWidth * newHeight * channels)
  const stride = newWidth * channels
  for (let y = 0; y < newHeight; y++) {
    for (let i = 0; i < stride; i++) result[y * stride + i] = Math.round(mean(narrow, i, stride, rows[y]))
  }
  return { pixels: result, width: newWidth, height: newHeight, channels }
}

/** What one new position covers of the old ones: from `first` on, with these weights, which sum to 1. */
interface Share {
  readonly first: number
  readonly weights: readonly number[]
}

function shares(oldSize: number, newSize: number): Share[] {
  const ratio = oldSize / newSize
  return Array.from({ length: newSize }, (_, i) => {
    const [from, to] = [i * ratio, Math.min((i + 1) * ratio, oldSize)]
    const first = Math.floor(from)
    const weights: number[] = []
    for (let old = first; old < to; old++) weights.push((Math.min(old + 1, to) - Math.max(old, from)) / (to - from))
    return { first, weights }
  })
}

function mean(values: Uint8Array | Float32Array, start: number, stride: number, share: Share | undefined): number {
  if (!share) return 0
  const { first, weights } = share
  let sum = 0
  for (let k = 0; k < weights.length; k++) sum += (weights[k] ?? 0) * (values[start + (first + k) * stride] ?? 0)
  return sum
}
