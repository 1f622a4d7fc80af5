import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  applyDiffAugment,
  type DiffAugmentParameters,
  drawDiffAugment
} from '../../../../../src/main/engine/augmentation/diff-augment.ts'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { GoldenCase, worstExcess } from '../../../../support/golden-case.ts'
import { hasSharedData, withoutSharedData } from '../../../../support/shared-data.ts'

const all = ['color', 'translation', 'cutout'] as const

function samples(seed: number, shape: [number, number, number, number]): tf.Tensor4D {
  return tf.tensor4d(new RandomStream(seed).normals(shape.reduce((a, b) => a * b)), shape)
}

beforeAll(async () => {
  await chooseBackend('cpu')
})

test('does nothing under an empty policy', () => {
  const x = samples(1, [2, 8, 8, 2])
  const y = applyDiffAugment(x, drawDiffAugment(new RandomStream(1), 2, 8, []), 1)
  expect(y.dataSync()).toEqual(x.dataSync())
})

test('changes the colour of image planes as the formula says, pixel by pixel, and leaves the mask alone', () => {
  const x = samples(2, [3, 4, 4, 4])
  const color = {
    brightness: Float32Array.of(0.1, 0.7, 0.5),
    saturation: Float32Array.of(0.9, 0.2, 0.5),
    contrast: Float32Array.of(0.3, 0.8, 0.5)
  }
  const pictures = x.arraySync()
  const expected = pictures.map((picture, n) => {
    const [u = NaN, v = NaN, w = NaN] = [color.brightness[n], color.saturation[n], color.contrast[n]]
    return recoloured(picture, u, v, w)
  })
  const got = applyDiffAugment(x, { color }, 3)
  expect(worstExcess(got.dataSync(), expected.flat(3), { relative: 0, absolute: 2e-6 })).toBeLessThanOrEqual(0)
})

/** The three steps one after the other, on the first three planes of [H, W, 4]. */
function recoloured(picture: number[][][], brightness: number, saturation: number, contrast: number): number[][][] {
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length
  const eachPixel = (image: number[][][], change: (pixel: number[]) => number[]) => image.map((row) => row.map(change))
  const image = eachPixel(picture, (pixel) => pixel.slice(0, 3).map((value) => value + brightness - 0.5))
  const saturated = eachPixel(image, (pixel) =>
    pixel.map((value) => (value - mean(pixel)) * 2 * saturation + mean(pixel))
  )
  const overall = mean(saturated.flat(2))
  const contrasted = eachPixel(saturated, (pixel) =>
    pixel.map((value) => (value - overall) * (contrast + 0.5) + overall)
  )
  return contrasted.map((row, y) => row.map((pixel, x) => [...pixel, picture[y]?.[x]?.[3] ?? NaN]))
}

test('moves image and mask together and fills vacated pixels with 0', () => {
  const x = tf.tensor4d([1, 10, 2, 20, 3, 30, 4, 40], [1, 2, 2, 2])
  const y = applyDiffAugment(x, { shift: Int32Array.of(1, -1) }, 1)
  expect([...y.dataSync()]).toEqual([0, 0, 3, 30, 0, 0, 0, 0])
})

test('cuts a box that may hang over the border, from image and mask', () => {
  const y = applyDiffAugment(tf.ones([1, 4, 4, 2]), { cut: Int32Array.of(0, 4) }, 1)
  expect(y.slice([0, 0, 0, 0], [1, 4, 4, 1]).squeeze().arraySync()).toEqual([
    [1, 1, 1, 0],
    [1, 1, 1, 1],
    [1, 1, 1, 1],
    [1, 1, 1, 1]
  ])
})

test('draws within the ranges of the policy, repeatably', () => {
  const draw = () => drawDiffAugment(new RandomStream(5, 'augment', 3), 400, 33, all)
  const { shift = [], cut = [], color } = draw()
  expect(draw()).toEqual(draw())
  expect([Math.min(...shift), Math.max(...shift)]).toEqual([-4, 4])
  expect([Math.min(...cut), Math.max(...cut)]).toEqual([0, 32]) // a box of 17 pixels is odd
  expect(Math.max(...(color?.contrast ?? []))).toBeLessThan(1)
})

test('keeps the gradient of a gradient penalty, seen against finite differences', () => {
  const x = samples(3, [2, 6, 6, 4])
  const parameters = drawDiffAugment(new RandomStream(9), 2, 6, all)
  const loss = (input: tf.Tensor) => tf.sum(tf.square(applyDiffAugment(input as tf.Tensor4D, parameters, 3)))
  const penalty = (input: tf.Tensor): tf.Scalar => tf.sum(tf.square(tf.grad(loss)(input)))
  const direction = samples(4, [2, 6, 6, 4])
  const [slope = NaN] = tf.sum(tf.mul(tf.grad(penalty)(x), direction)).dataSync()
  const [difference = NaN] = tf.sub(penalty(tf.add(x, direction)), penalty(tf.sub(x, direction))).dataSync()
  expect(Math.abs((2 * slope) / difference - 1)).toBeLessThan(1e-4) // the penalty is quadratic: no truncation error
})

test('leaves no tensors behind but its result', () => {
  const x = samples(6, [2, 8, 8, 2])
  const before = tf.memory().numTensors
  applyDiffAugment(x, drawDiffAugment(new RandomStream(1), 2, 8, all), 1).dispose()
  expect(tf.memory().numTensors).toBe(before)
})

describe.skipIf(!hasSharedData)(`the golden case${withoutSharedData}`, () => {
  test('gives the same samples and the same gradient', async () => {
    const golden = await GoldenCase.read('diffaugment')
    const parameters: DiffAugmentParameters = {
      color: {
        brightness: golden.floats('in.aug.brightness'),
        saturation: golden.floats('in.aug.saturation'),
        contrast: golden.floats('in.aug.contrast')
      },
      shift: golden.integers('in.aug.shift'),
      cut: golden.integers('in.aug.cut')
    }
    const x = golden.tensor<tf.Rank.R4>('in.x')
    const y = applyDiffAugment(x, parameters, 1)
    const gradient = tf.grad((input) =>
      tf.sum(tf.mul(applyDiffAugment(input as tf.Tensor4D, parameters, 1), golden.tensor('in.cotangent')))
    )(x)
    const tolerance = { relative: 1e-4, absolute: 4e-6 }
    expect(worstExcess(y.dataSync(), golden.data('out.y'), tolerance)).toBeLessThanOrEqual(0)
    expect(worstExcess(gradient.dataSync(), golden.data('grad.x'), tolerance)).toBeLessThanOrEqual(0)
  })
})
