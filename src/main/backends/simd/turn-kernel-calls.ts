import { tapCount, type Taps } from '../loops/convolution.ts'
import { CallList } from './calls.ts'
import { kernelIndex } from './kernels.ts'

/**
 * As `turnKernel`, for multiples of four channels.
 *
 * @param places addresses of the kernel and of the turned one
 */
export function turnKernelCalls(
  places: Record<'filter' | 'turned', number>,
  [height, width, inputs, outputs]: readonly [number, number, number, number],
  { step, firstRow, firstColumn }: Taps
): CallList {
  const rows = tapCount(height, firstRow, step)
  const columns = tapCount(width, firstColumn, step)
  const [ofInput, ofOutput] = [4 * outputs, 4 * inputs] // bytes of a row before and after
  const calls = new CallList()
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const tap = (firstRow + step * (rows - 1 - row)) * width + firstColumn + step * (columns - 1 - column)
      const from = places.filter + ofInput * inputs * tap
      const to = places.turned + ofOutput * outputs * (row * columns + column)
      calls.add(kernelIndex('transpose'), from, to, inputs / 4, outputs / 4, ofInput, ofOutput)
    }
  }
  return calls
}

/** The matrix at one address, transposed, to another: [rows, columns] → [columns, rows], multiples of four. */
export function transposeCalls(from: number, to: number, rows: number, columns: number): CallList {
  const calls = new CallList()
  calls.add(kernelIndex('transpose'), from, to, rows / 4, columns / 4, 4 * columns, 4 * rows)
  return calls
}
