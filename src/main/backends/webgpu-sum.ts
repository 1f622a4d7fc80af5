import type * as tf from '@tensorflow/tfjs'
import { elementSize, integers, runElementwise, sizeOf, type WebgpuBackend } from './webgpu-program.ts'

/** Rows that one thread adds up. The sum is a tree of such sums: quick, and exact where one long sum loses digits. */
const rowsPerThread = 64

/**
 * Sums the rows of x [rows, …shape] where a row has the numbers of `shape`.
 *
 * @returns a tensor of `shape`, owned by the caller
 */
export function sumRows(backend: WebgpuBackend, x: tf.TensorInfo, shape: number[]): tf.TensorInfo {
  const channels = sizeOf(shape)
  let rows = sizeOf(x.shape) / channels
  let sums = x
  do {
    const left = Math.ceil(rows / rowsPerThread)
    const next = sumSome(backend, sums, rows, left === 1 ? shape : [left, channels], channels)
    if (sums !== x) backend.disposeData(sums.dataId)
    sums = next
    rows = left
  } while (rows > 1)
  return sums
}

/** Row r of the result is the sum of the rows r, r + results, r + 2·results, …: neighbours read neighbours. */
function sumSome(
  backend: WebgpuBackend,
  x: tf.TensorInfo,
  rows: number,
  shape: number[],
  channels: number
): tf.TensorInfo {
  const program = {
    name: 'sumRows',
    shape,
    inputs: ['x'],
    channels,
    uniforms: integers({ elements: (rows * channels) / elementSize(channels) }),
    code: `
      var value = T(0.0);
      for (var i = index; i < uniforms.elements; i += uniforms.size) { value += x[i]; }`
  }
  return runElementwise(backend, program, [x])
}
