import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { batchNorm, normaliseBy } from '../../../../src/main/engine/batch-norm.ts'
import { doubleSize } from '../../../../src/main/engine/networks/flow-layers.ts'
import { RandomStream } from '../../../../src/shared/random.ts'

beforeAll(() => tf.setBackend('cpu'))

const random = new RandomStream(5, 'noise')
const x = tf.tensor4d(random.normals(2 * 4 * 6 * 3), [2, 4, 6, 3])
const scale = tf.tensor1d([0.5, 2, -1])
const offset = tf.tensor1d([0.1, -0.2, 0.3])
const weights = tf.tensor4d(random.normals(x.size), [2, 4, 6, 3])

/** The definition, of tfjs's own operations. */
function plainly(input: tf.Tensor4D, factor: tf.Tensor1D, shift: tf.Tensor1D): tf.Tensor4D {
  const { mean, variance } = tf.moments(input, [0, 1, 2])
  const unit = tf.div(tf.sub(input, mean), tf.sqrt(tf.add(variance, 1e-5)))
  return tf.relu(tf.add(tf.mul(unit, factor), shift))
}

function close(got: tf.Tensor, expected: tf.Tensor): void {
  const largest = tf.max(tf.abs(tf.sub(got, expected))).dataSync()[0]
  expect(largest).toBeLessThan(2e-6)
}

test('a batch is normalised, scaled, shifted and cut off at 0, with all three derivatives', () => {
  close(batchNorm(x, scale, offset, true).y, plainly(x, scale, offset))
  // The three inputs have the ranks that they were made with, which tf.grads forgets.
  const of = (compute: (a: tf.Tensor4D, b: tf.Tensor1D, c: tf.Tensor1D) => tf.Tensor) =>
    tf.grads((a, b, c) => tf.sum(tf.mul(compute(a as tf.Tensor4D, b as tf.Tensor1D, c as tf.Tensor1D), weights)))
  const inputs = [x, scale, offset]
  const got = of((a, b, c) => batchNorm(a, b, c, true).y)(inputs)
  const expected = of(plainly)(inputs)
  for (const [i, gradient] of got.entries()) close(gradient, expected[i] ?? tf.scalar(NaN))
})

test('the variance of the sample is told, and given statistics normalise the same way', () => {
  const { y, mean, variance } = batchNorm(x, scale, offset, false)
  const moments = tf.moments(x, [0, 1, 2])
  close(mean, moments.mean)
  close(variance, tf.mul(moments.variance, 48 / 47))
  close(normaliseBy(x, { mean, variance: moments.variance as tf.Tensor1D }, { scale, offset }, false), y)
})

test('a picture of double size has every pixel four times, and its derivative is their sum', () => {
  const small = tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1])
  expect([...doubleSize(small).dataSync()]).toEqual([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4])
  const [gradient] = tf.grads((image) => tf.sum(tf.square(doubleSize(image))))([small])
  expect([...(gradient?.dataSync() ?? [])]).toEqual([8, 16, 24, 32])
})
