import { type ImageShape } from './fir.ts'

// In the loops below `?? 0` only tells the compiler that an index is inside: it costs nothing.

/** Which taps of a kernel meet one phase of a dilated image: first, first + step, … along each axis. */
export interface Taps {
  readonly step: number
  readonly firstRow: number
  readonly firstColumn: number
}

/** How many of `size` taps there are from `first` on in steps. */
export function tapCount(size: number, first: number, step: number): number {
  return Math.max(0, Math.ceil((size - first) / step))
}

/**
 * Takes the taps out of a kernel, turned by 180° and with its channels exchanged, as an input gradient needs them.
 *
 * @param filter [kh, kw, in, out]
 * @param turned [rows, columns, out, in] with the sizes of `tapCount`, overwritten
 */
export function turnKernel(
  filter: Float32Array,
  shape: readonly [number, number, number, number],
  { step, firstRow, firstColumn }: Taps,
  turned: Float32Array
): void {
  const [height, width, inputs, outputs] = shape
  const rows = tapCount(height, firstRow, step)
  const columns = tapCount(width, firstColumn, step)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const tap = (firstRow + step * (rows - 1 - row)) * width + firstColumn + step * (columns - 1 - column)
      const from = filter.subarray(tap * inputs * outputs)
      transpose(from, inputs, outputs, turned.subarray((row * columns + column) * inputs * outputs))
    }
  }
}

/** [rows, columns] → [columns, rows] */
export function transpose(x: Float32Array, rows: number, columns: number, y: Float32Array): void {
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) y[column * rows + row] = x[row * columns + column] ?? 0
  }
}

/** The pixels of an image whose row and column are first, first + step, … */
export interface Phase {
  readonly step: number
  readonly firstRow: number
  readonly firstColumn: number
  readonly rows: number
  readonly columns: number
}

/**
 * Writes pixels into one phase of larger images.
 *
 * @param pixels [N, rows, columns, C]
 * @param images of `shape`; the other phases stay as they are
 */
export function writePhase(pixels: Float32Array, images: Float32Array, shape: ImageShape, phase: Phase): void {
  const { batch, height, width, channels } = shape
  const { step, firstRow, firstColumn, rows, columns } = phase
  let from = 0
  for (let line = 0; line < batch * rows; line++) {
    const image = Math.floor(line / rows) * height
    let to = ((image + firstRow + step * (line % rows)) * width + firstColumn) * channels
    for (let column = 0; column < columns; column++, to += step * channels) {
      for (let c = 0; c < channels; c++) images[to + c] = pixels[from++] ?? 0
    }
  }
}

/** sums += x */
export function addTo(sums: Float32Array, x: Float32Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? 0) + (x[i] ?? 0)
}
