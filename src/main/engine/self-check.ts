import * as tf from '@tensorflow/tfjs'
import { convolve, type ConvolutionSettings } from './convolution.ts'

const cases: readonly ConvolutionSettings[] = [
  { stride: 1, padding: 1 },
  { stride: 1, padding: 2 },
  { stride: 2, padding: 'valid' }
]

/** The gradients of small convolutions with each kind of padding and stride: numbers that every engine should agree on. */
export async function checkNumbers(): Promise<number[]> {
  const numbers: number[] = []
  for (const settings of cases) {
    const gradients = tf.tidy(() => gradientsOf(settings))
    for (const gradient of gradients) numbers.push(...(await gradient.data()))
    tf.dispose(gradients)
  }
  return numbers
}

/** The largest difference, relative to numbers beyond 1. Infinite where the lists do not match or are no numbers. */
export function deviation(expected: readonly number[], actual: readonly number[]): number {
  if (expected.length !== actual.length) return Number.POSITIVE_INFINITY
  const differences = expected.map((value, i) => Math.abs(value - (actual[i] ?? Number.NaN)) / (1 + Math.abs(value)))
  return differences.every((value) => !Number.isNaN(value)) ? Math.max(...differences) : Number.POSITIVE_INFINITY
}

/** The gradients of the mean square of one convolution, with respect to images and kernel. */
function gradientsOf(settings: ConvolutionSettings): tf.Tensor[] {
  const x = tf.randomNormal<tf.Rank.R4>([2, 13, 13, 3], 0, 1, 'float32', 1)
  const filter = tf.randomNormal<tf.Rank.R4>([3, 3, 3, 4], 0, 1, 'float32', 2)
  const loss = (a: tf.Tensor, b: tf.Tensor) =>
    tf.mean<tf.Scalar>(tf.square(convolve(a as tf.Tensor4D, b as tf.Tensor4D, settings)))
  return tf.grads(loss)([x, filter])
}
