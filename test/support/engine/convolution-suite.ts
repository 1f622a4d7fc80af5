import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { type BackendName } from '../../../src/main/backends/backend.ts'
import { convolve, scatterConvolve2, type ConvolutionSettings } from '../../../src/main/engine/convolution.ts'
import { startBackend } from './backends.ts'
import { expectClose, gradientError, normal } from './numbers.ts'

type Shape = [number, number, number, number]

const cases: { images: Shape; kernel: Shape; settings: ConvolutionSettings }[] = [
  { images: [2, 6, 5, 3], kernel: [3, 3, 3, 4], settings: { stride: 1, padding: 1 } },
  { images: [2, 5, 6, 3], kernel: [3, 3, 3, 2], settings: { stride: 1, padding: 2 } },
  { images: [3, 6, 7, 2], kernel: [3, 3, 2, 5], settings: { stride: 1, padding: 'valid' } },
  { images: [2, 4, 4, 5], kernel: [1, 1, 5, 3], settings: { stride: 1, padding: 0 } },
  { images: [2, 9, 7, 3], kernel: [3, 3, 3, 4], settings: { stride: 2, padding: 'valid' } },
  { images: [1, 8, 6, 2], kernel: [3, 3, 2, 3], settings: { stride: 2, padding: 1 } },
  { images: [2, 7, 8, 2], kernel: [4, 4, 2, 1], settings: { stride: 2, padding: 1 } },
  { images: [2, 6, 6, 1], kernel: [1, 1, 1, 2], settings: { stride: 2, padding: 0 } },
  { images: [16, 70, 40, 1], kernel: [3, 3, 1, 2], settings: { stride: 1, padding: 1 } }, // more rows than wasm takes at once
  { images: [2, 7, 9, 40], kernel: [3, 3, 40, 36], settings: { stride: 2, padding: 1 } } // more channels than WebGPU takes at once
]

/** A convolution and its two derivatives, summed by the definition. */
function byDefinition({ images, kernel, settings }: (typeof cases)[number]) {
  const [batch, height, width] = images
  const [kernelHeight, kernelWidth, inputs, outputs] = kernel
  const { stride } = settings
  const padding = settings.padding === 'valid' ? 0 : settings.padding
  const rows = Math.floor((height + 2 * padding - kernelHeight) / stride) + 1
  const columns = Math.floor((width + 2 * padding - kernelWidth) / stride) + 1
  const x = normal<tf.Rank.R4>(images, 1)
  const filter = normal<tf.Rank.R4>(kernel, 2)
  const dy = normal<tf.Rank.R4>([batch, rows, columns, outputs], 3)
  const [xs, ws, dys] = [x.dataSync(), filter.dataSync(), dy.dataSync()]
  const y = new Float64Array(dys.length)
  const dx = new Float64Array(xs.length)
  const dw = new Float64Array(ws.length)

  // Every pixel of the result meets every tap of the kernel.
  for (const [n, row, column, tap] of indices([batch, rows, columns, kernelHeight * kernelWidth])) {
    const h = stride * row + Math.floor(tap / kernelWidth) - padding
    const w = stride * column + (tap % kernelWidth) - padding
    if (h < 0 || h >= height || w < 0 || w >= width) continue
    for (const [i, o] of indices([inputs, outputs])) {
      const from = ((n * height + h) * width + w) * inputs + i
      const weight = (tap * inputs + i) * outputs + o
      const to = ((n * rows + row) * columns + column) * outputs + o
      y[to] = number(y, to) + number(xs, from) * number(ws, weight)
      dx[from] = number(dx, from) + number(dys, to) * number(ws, weight)
      dw[weight] = number(dw, weight) + number(xs, from) * number(dys, to)
    }
  }
  return { x, filter, dy, y: [...y], dx: [...dx], dw: [...dw] }
}

/** All tuples below the sizes, the last position fastest. */
function* indices<const Sizes extends readonly number[]>(sizes: Sizes): Generator<{ [K in keyof Sizes]: number }> {
  const total = sizes.reduce((product, size) => product * size, 1)
  for (let index = 0; index < total; index++) {
    let rest = index
    const tuple = sizes.toReversed().map((size) => {
      const position = rest % size
      rest = Math.floor(rest / size)
      return position
    })
    yield tuple.reverse() as { [K in keyof Sizes]: number } // one position for each size
  }
}

function number(array: ArrayLike<number>, index: number): number {
  return array[index] ?? Number.NaN
}

/** A convolution and its derivatives on one backend. */
export function describeConvolutions(backend: BackendName): void {
  describe(`convolution on ${backend}`, () => {
    beforeAll(() => startBackend(backend))

    test.each(cases)('agrees with its definition, and so do its gradients: %o', async (given) => {
      const { x, filter, dy, y, dx, dw } = byDefinition(given)
      const weighted = (a: tf.Tensor, b: tf.Tensor) =>
        tf.sum<tf.Scalar>(tf.mul(convolve(a as tf.Tensor4D, b as tf.Tensor4D, given.settings), dy))
      await expectClose(convolve(x, filter, given.settings), y)
      const [byX, byFilter] = tf.grads(weighted)([x, filter])
      await expectClose(byX ?? tf.zeros([0]), dx)
      await expectClose(byFilter ?? tf.zeros([0]), dw)
    })

    test.each(cases.slice(0, 6))(
      'has a gradient penalty with the right gradient: %o',
      async ({ images, kernel, settings }) => {
        const penalty = (x: tf.Tensor, filter: tf.Tensor) => {
          const energy = (a: tf.Tensor) =>
            tf.sum(tf.pow(convolve(a as tf.Tensor4D, filter as tf.Tensor4D, settings), 3))
          return tf.mean(tf.square(tf.grad(energy)(x)))
        }
        const inputs = [tf.mul(normal<tf.Rank.R4>(images, 5), 0.5), tf.mul(normal<tf.Rank.R4>(kernel, 6), 0.5)]
        expect(await gradientError(penalty, inputs, 2e-3)).toBeLessThan(1e-2)
      }
    )

    test('passes a penalty on the gradient by the kernel, too', async () => {
      const penalty = (x: tf.Tensor, filter: tf.Tensor) => {
        const energy = (w: tf.Tensor) =>
          tf.sum(tf.pow(convolve(x as tf.Tensor4D, w as tf.Tensor4D, { stride: 1, padding: 1 }), 3))
        return tf.mean(tf.square(tf.grad(energy)(filter)))
      }
      const inputs = [
        tf.mul(normal<tf.Rank.R4>([2, 4, 4, 2], 7), 0.5),
        tf.mul(normal<tf.Rank.R4>([3, 3, 2, 2], 8), 0.5)
      ]
      expect(await gradientError(penalty, inputs, 2e-3)).toBeLessThan(1e-2)
    })

    test('scatters every pixel times its kernel, two pixels apart', async () => {
      const x = tf.tensor4d([1, 10, 100, 1000], [1, 2, 2, 1])
      const filter = tf.tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9], [3, 3, 1, 1])
      const expected = [
        [1, 2, 3 + 10, 20, 30],
        [4, 5, 6 + 40, 50, 60],
        [7 + 100, 8 + 200, 9 + 70 + 300 + 1000, 80 + 2000, 90 + 3000],
        [400, 500, 600 + 4000, 5000, 6000],
        [700, 800, 900 + 7000, 8000, 9000]
      ].flat()
      await expectClose(scatterConvolve2(x, filter), expected)
    })

    test('leaves nothing behind', () => {
      const tensors = (): number => tf.memory().numTensors
      const run = (): void =>
        tf.tidy(() => {
          const x = normal<tf.Rank.R4>([2, 9, 9, 3], 9)
          const filter = normal<tf.Rank.R4>([3, 3, 3, 4], 10)
          const energy = (a: tf.Tensor, w: tf.Tensor) =>
            tf.sum<tf.Scalar>(tf.square(convolve(a as tf.Tensor4D, w as tf.Tensor4D, { stride: 2, padding: 'valid' })))
          tf.grads(energy)([x, filter])
        })
      run()
      const before = tensors()
      for (let i = 0; i < 5; i++) run()
      expect(tensors()).toBe(before)
    })
  })
}
