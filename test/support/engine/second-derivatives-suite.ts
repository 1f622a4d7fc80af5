import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { type BackendName } from '../../../src/main/backends/backend.ts'
import { startBackend } from './backends.ts'
import { expectClose, gradientError, normal } from './numbers.ts'

const points = [-1.5, -0.4, 0.3, 1.2]
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** An operation on each number alone, and the closed form of its second derivative. */
const unary: [string, (x: tf.Tensor) => tf.Tensor, (x: number) => number][] = [
  ['exp', (x) => tf.exp(x), Math.exp],
  ['tanh', (x) => tf.tanh(x), (x) => -2 * Math.tanh(x) * (1 - Math.tanh(x) ** 2)],
  ['sigmoid', (x) => tf.sigmoid(x), (x) => sigmoid(x) * (1 - sigmoid(x)) * (1 - 2 * sigmoid(x))],
  ['softplus', (x) => tf.softplus(x), (x) => sigmoid(x) * (1 - sigmoid(x))],
  ['square', (x) => tf.square(x), () => 2],
  ['pow', (x) => tf.pow(x, 3), (x) => 6 * x],
  ['sqrt', (x) => tf.sqrt(tf.add(x, 2)), (x) => -0.25 * (x + 2) ** -1.5],
  ['rsqrt', (x) => tf.rsqrt(tf.add(x, 2)), (x) => 0.75 * (x + 2) ** -2.5],
  ['log', (x) => tf.log(tf.add(x, 2)), (x) => -((x + 2) ** -2)],
  ['div', (x) => tf.div(1, tf.add(x, 2)), (x) => 2 * (x + 2) ** -3],
  ['relu of a square', (x) => tf.relu(tf.sub(tf.square(x), 0.5)), (x) => (x * x > 0.5 ? 2 : 0)],
  ['where', (x) => tf.where(tf.greater(x, 0), tf.exp(x), tf.square(x)), (x) => (x > 0 ? Math.exp(x) : 2)],
  ['maximum', (x) => tf.maximum(tf.square(x), 0.5), (x) => (x * x > 0.5 ? 2 : 0)],
  ['clipByValue', (x) => tf.clipByValue(tf.exp(x), 0.5, 2), (x) => (Math.abs(x) < Math.LN2 ? Math.exp(x) : 0)]
]

type Images = (x: tf.Tensor4D) => tf.Tensor

/**
 * Linear operations on images: a penalty on their gradient passes through their backward pass. One image at a time:
 * the backward pass of resizeNearestNeighbor in tfjs 4.22's plain JavaScript mixes up the images of a batch.
 */
const onImages: [string, Images][] = [
  ['avgPool', (x) => tf.avgPool(x, 2, 2, 'valid')],
  ['resizeBilinear', (x) => tf.image.resizeBilinear(x, [3, 5])],
  ['resizeNearestNeighbor', (x) => tf.image.resizeNearestNeighbor(x, [8, 8])],
  ['pad, slice and concat', (x) => tf.concat([tf.slice(x, [0, 1, 0, 0], [1, 3, 4, 4]), tf.pad(tf.slice(x, [0, 0, 1, 0], [1, 3, 3, 4]), [[0, 0], [0, 0], [1, 0], [0, 0]])], 3)], // prettier-ignore
  ['transpose and reshape', (x) => tf.reshape(tf.transpose(x, [0, 3, 2, 1]), [2, 16, 2])],
  ['tile and sum', (x) => tf.sum(tf.tile(x, [1, 2, 1, 1]), [1, 2])],
  ['mean', (x) => tf.mean(x, [1, 3], true)],
  ['matMul', (x) => tf.matMul(tf.reshape(x, [8, 8]), tf.reshape(x, [8, 8]), false, true)]
]

/** Second derivatives as gradient penalties take them, on one backend. */
export function describeSecondDerivatives(backend: BackendName, depthwiseTrains: boolean): void {
  describe(`second derivatives on ${backend}`, () => {
    beforeAll(() => startBackend(backend))

    test.each(unary)('of %s follow the closed form', async (_, operation, second) => {
      const first = tf.grad((x) => tf.sum(operation(x)))
      await expectClose(tf.grad((x) => tf.sum(first(x)))(tf.tensor1d(points)), points.map(second), 1e-4)
    })

    test('of softmax and logSumExp agree with differences', async () => {
      const x = tf.reshape(tf.tensor1d([0.3, -0.8, 1.1, 0.2, 0.9, -0.4]), [2, 3])
      for (const operation of [(a: tf.Tensor) => tf.softmax(a), (a: tf.Tensor) => tf.logSumExp(a, 1)]) {
        const penalty = (a: tf.Tensor) => tf.sum(tf.square(tf.grad((b) => tf.sum(tf.pow(operation(b), 3)))(a)))
        expect(await gradientError(penalty, [x], 1e-2)).toBeLessThan(1e-2)
      }
    })

    test.each(onImages)('of %s agree with differences', async (_, operation) => {
      const energy = (x: tf.Tensor) => tf.sum(tf.pow(operation(x as tf.Tensor4D), 3))
      const penalty = (x: tf.Tensor) => tf.mean(tf.square(tf.grad(energy)(x)))
      expect(await gradientError(penalty, [tf.mul(normal([1, 4, 4, 4], 1), 0.7)], 1e-2)).toBeLessThan(5e-3)
    })

    test.skipIf(!depthwiseTrains)('of a depthwise convolution agree with differences, kernel included', async () => {
      const energy = (x: tf.Tensor, w: tf.Tensor) =>
        tf.sum(tf.pow(tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'), 3))
      const penalty = (x: tf.Tensor, w: tf.Tensor) => tf.mean(tf.square(tf.grad((a) => energy(a, w))(x)))
      const inputs = [tf.mul(normal([2, 4, 4, 2], 2), 0.7), tf.mul(normal([3, 3, 2, 1], 3), 0.7)]
      expect(await gradientError(penalty, inputs, 2e-3)).toBeLessThan(1e-2)
    })
  })
}
