import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { biasLeakyRelu } from '../../../src/main/engine/activation.ts'
import { type BackendName } from '../../../src/main/backends/backend.ts'
import { repeatEdges } from '../../../src/main/engine/edges.ts'
import { downConvolve, firDownsample2, firUpsample2, upConvolve } from '../../../src/main/engine/resample.ts'
import { readNpz } from '../../../src/main/files/npz.ts'
import { goldenPath, hasSharedData, withoutSharedData } from '../shared-data.ts'
import { startBackend } from './backends.ts'
import { expectClose, gradientError, normal } from './numbers.ts'

const sixteen = () => tf.reshape<tf.Rank.R4>(tf.range(1, 17), [1, 4, 4, 1])
/** −3 … 5 row by row */
const ramp = () => tf.reshape<tf.Rank.R4>(tf.range(-3, 6), [3, 3, 1, 1])

/** Resampling and activation on one backend. The numbers are those of stylegan2-ada-pytorch's operations. */
export function describeResampling(backend: BackendName): void {
  describe(`resampling on ${backend}`, () => {
    beforeAll(() => startBackend(backend))

    test('doubles a two by two image as upfirdn2d does', async () => {
      const expected = [
        [0.5625, 0.9375, 1.3125, 1.125],
        [1.125, 1.75, 2.25, 1.875],
        [1.875, 2.75, 3.25, 2.625],
        [1.6875, 2.4375, 2.8125, 2.25]
      ]
      await expectClose(firUpsample2(tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1])), expected.flat())
    })

    test('halves a four by four image as upfirdn2d does', async () => {
      await expectClose(firDownsample2(sixteen()), [3.5, 4.703125, 8.3125, 9.515625])
    })

    test('convolves while doubling as conv2d_resample does, borders included', async () => {
      const y = upConvolve(sixteen(), ramp())
      const top = [-7.3125, -8.6875, -9.3125, -9.6875, -10.0625, -10.4375, -7.25, 0.3125]
      const bottom = [84.3125, 137.4375, 161.3125, 167.6875, 174.0625, 180.4375, 178, 149.6875]
      await expectClose(tf.slice(y, [0, 0, 0, 0], [1, 1, 8, 1]), top)
      await expectClose(tf.slice(y, [0, 7, 0, 0], [1, 1, 8, 1]), bottom)
    })

    test('convolves while halving as conv2d_resample does, borders included', async () => {
      await expectClose(downConvolve(sixteen(), ramp()), [87.4375, 82.671875, 61, 37.859375])
    })

    test('repeats the border pixels, the corners diagonally', async () => {
      const framed = [[1, 1, 2, 2], [1, 1, 2, 2], [3, 3, 4, 4], [3, 3, 4, 4]] // prettier-ignore
      await expectClose(repeatEdges(tf.tensor4d([1, 2, 3, 4], [1, 2, 2, 1])), framed.flat())
    })

    test.each([3, 8])('filters images of %i channels and unequal sides one by one', async (channels) => {
      const x = normal<tf.Rank.R4>([2, 6, 8, channels], 1)
      for (const resample of [firUpsample2, firDownsample2]) {
        const alone = tf.split<tf.Tensor4D>(x, channels, 3).map((channel) => resample(channel))
        await expectClose(resample(x), tf.concat(alone, 3))
      }
    })

    test.each([
      ['firUpsample2', (x: tf.Tensor) => firUpsample2(x as tf.Tensor4D)],
      ['firDownsample2', (x: tf.Tensor) => firDownsample2(x as tf.Tensor4D)],
      ['upConvolve', (x: tf.Tensor, w: tf.Tensor) => upConvolve(x as tf.Tensor4D, w as tf.Tensor4D)],
      ['downConvolve', (x: tf.Tensor, w: tf.Tensor) => downConvolve(x as tf.Tensor4D, w as tf.Tensor4D)],
      ['repeatEdges', (x: tf.Tensor) => repeatEdges(x as tf.Tensor4D)]
    ] as const)('has first and second derivatives: %s', async (_, operation) => {
      const inputs = [tf.mul(normal([2, 4, 6, 2], 2), 0.5), tf.mul(normal([3, 3, 2, 2], 3), 0.5)]
      const energy = (x: tf.Tensor, w: tf.Tensor) => tf.sum(tf.pow(operation(x, w), 3))
      const penalty = (x: tf.Tensor, w: tf.Tensor) => tf.mean(tf.square(tf.grad((a) => energy(a, w))(x)))
      const used = operation.length === 1 ? inputs.slice(0, 1) : inputs
      const withKernel =
        (f: typeof energy) =>
        (x: tf.Tensor, w = inputs[1]) =>
          f(x, w ?? x)
      expect(await gradientError(withKernel(energy), used, 1e-3)).toBeLessThan(1e-2)
      expect(await gradientError(withKernel(penalty), used, 2e-3)).toBeLessThan(1e-2)
    })

    test.skipIf(!hasSharedData)(`agrees with the golden case fir${withoutSharedData}`, async () => {
      const arrays = await readNpz(goldenPath('gan', 'fir', 'arrays.npz'))
      const tensor = (name: string) => {
        const { data, shape } = arrays[name] ?? { data: [], shape: [0] }
        return tf.tensor<tf.Rank.R4>(Float32Array.from(data), [...shape] as [number, number, number, number])
      }
      await expectClose(firUpsample2(tensor('in.x')), tensor('out.up'))
      await expectClose(firDownsample2(tensor('in.x')), tensor('out.down'))
      await expectClose(firUpsample2(tensor('in.impulse')), tensor('out.impulse_up'))
      await expectClose(firDownsample2(tensor('in.impulse')), tensor('out.impulse_down'))
    })
  })

  describe(`activation on ${backend}`, () => {
    beforeAll(() => startBackend(backend))

    test('is √2·x above zero and a fifth of that below', async () => {
      const values = [2, 0.5, 0, -0.5, -2].map((x) => Math.SQRT2 * (x >= 0 ? x : 0.2 * x))
      await expectClose(biasLeakyRelu(tf.tensor2d([[2], [0.5], [0], [-0.5], [-2]]), tf.tensor1d([0])), values)
    })

    test.each([1, 4])(
      'adds the bias of each channel first, and multiplies by the gain last (%i times)',
      async (times) => {
        const x = tf.tile(tf.tensor2d([1, 1, -1, -1], [2, 2]), [1, times])
        const y = biasLeakyRelu(x, tf.tile(tf.tensor1d([0.5, -2]), [times]), 0.5)
        const expected = tf.tile(tf.tensor2d([1.5, -0.2, -0.1, -0.6], [2, 2]), [1, times])
        await expectClose(y, tf.mul(expected, 0.5 * Math.SQRT2))
      }
    )

    test('has first and second derivatives, also by the bias', async () => {
      // Far from the kink, so that a small step does not cross it.
      const x = tf.tensor4d([1.1, -0.7, 0.9, -1.3, 0.6, 1.7, -0.5, -0.9], [2, 2, 1, 2])
      const bias = tf.tensor1d([0.2, -0.1])
      const energy = (a: tf.Tensor, b: tf.Tensor) => tf.sum(tf.pow(biasLeakyRelu(a, b as tf.Tensor1D, 0.8), 3))
      const penalty = (a: tf.Tensor, b: tf.Tensor) => tf.mean(tf.square(tf.grad((c) => energy(c, b))(a)))
      expect(await gradientError(energy, [x, bias], 1e-3)).toBeLessThan(5e-3)
      expect(await gradientError(penalty, [x, bias], 1e-3)).toBeLessThan(5e-3)
    })

    test('leaves nothing behind', () => {
      const x = normal<tf.Rank.R4>([2, 4, 4, 3], 4)
      const run = () =>
        tf.tidy(() =>
          tf.grad((a) => tf.sum(firDownsample2(firUpsample2(biasLeakyRelu(a as tf.Tensor4D, tf.ones([3]))))))(x)
        )
      run().dispose()
      const before = tf.memory().numTensors
      for (let i = 0; i < 5; i++) run().dispose()
      expect(tf.memory().numTensors).toBe(before)
    })
  })
}
