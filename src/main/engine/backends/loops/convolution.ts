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
function transpose(x: Float32Array, rows: number, columns: number, y: Float32Array): void {
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

/** What a filter gradient reads: for each column of the kernel, the columns of x that it met. */
export interface ColumnReading {
  readonly kernelWidth: number
  readonly stride: number
  readonly padTop: number
  readonly padLeft: number
  /** Rows of the padded image, and how many come before them. */
  readonly rows: number
  readonly firstRow: number
  /** Width of the convolution's result. */
  readonly columns: number
  /** Distance from one pixel of the result to the next: N·columns or more, the rest being zeros. */
  readonly across: number
}

/**
 * Lays images out so that their filter gradient is a plain convolution: the columns of all images become the channels
 * of one image whose pixels are the rows (downwards) and the kernel's columns and input channels (across).
 *
 * @param x images of `shape`
 * @param laid [rows, kernelWidth·C, across], overwritten:
 *   laid[h, b·C + c, n·columns + i] = x[n, firstRow + h − padTop, stride·i + b − padLeft, c], zero outside the image
 */
export function layColumns(x: Float32Array, shape: ImageShape, reading: ColumnReading, laid: Float32Array): void {
  const { batch, height, width, channels } = shape
  const { kernelWidth, padTop, rows, firstRow, columns, across } = reading
  laid.fill(0)
  for (let h = 0; h < rows; h++) {
    const y = firstRow + h - padTop
    if (y < 0 || y >= height) continue
    for (let b = 0; b < kernelWidth; b++) {
      for (let n = 0; n < batch; n++) {
        const to = (h * kernelWidth + b) * channels * across + n * columns
        layRow(x, (n * height + y) * width * channels, { channels, width, column: b }, reading, laid.subarray(to))
      }
    }
  }
}

interface RowLayout {
  readonly channels: number
  readonly width: number
  /** Column of the kernel. */
  readonly column: number
}

/** One row of one image, seen by one column of the kernel: [columns, C] → C runs of `columns` numbers. */
function layRow(x: Float32Array, from: number, layout: RowLayout, reading: ColumnReading, laid: Float32Array): void {
  const { channels, width, column } = layout
  const { stride, padLeft, columns, across } = reading
  // The columns whose pixel is inside the image.
  const shift = column - padLeft
  const first = Math.max(0, Math.ceil(-shift / stride))
  const end = Math.min(columns, Math.ceil((width - shift) / stride))
  const step = stride * channels
  for (let c = 0; c < channels; c++) {
    let at = from + (stride * first + shift) * channels + c
    for (let i = c * across + first; i < c * across + end; i++, at += step) laid[i] = x[at] ?? 0
  }
}

/**
 * Puts some rows of all images side by side: rows first … first + count − 1 of [N, H, W, C] → [count, across, C].
 *
 * @param across N·W or more, the rest being zeros
 * @param y overwritten
 */
export function rowsFirst(
  x: Float32Array,
  shape: ImageShape,
  { first, across }: { readonly first: number; readonly across: number },
  y: Float32Array
): void {
  const { batch, height, width, channels } = shape
  const row = width * channels
  const count = y.length / (across * channels)
  for (let h = 0; h < count; h++) {
    const to = h * across * channels
    for (let n = 0; n < batch; n++) {
      const from = (n * height + first + h) * row
      y.set(x.subarray(from, from + row), to + n * row)
    }
    y.fill(0, to + batch * row, to + across * channels)
  }
}

/** sums += x */
export function addTo(sums: Float32Array, x: Float32Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] ?? 0) + (x[i] ?? 0)
}
