import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { adaParameters } from '../../../../parity/augmentation-parameters.ts'
import { GoldenCase as ParityCase } from '../../../../parity/golden-case.ts'
import { colorMatrices } from '../../../../../src/main/engine/augmentation/ada-matrices.ts'
import { type AdaParameters, drawAda } from '../../../../../src/main/engine/augmentation/ada-parameters.ts'
import { applyAda } from '../../../../../src/main/engine/augmentation/ada.ts'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { worstExcess } from '../../../../support/golden-case.ts'
import { goldenPath, hasSharedData, withoutSharedData } from '../../../../support/shared-data.ts'

function samples(seed: number, shape: [number, number, number, number]): tf.Tensor4D {
  return tf.tensor4d(new RandomStream(seed).normals(shape.reduce((a, b) => a * b)), shape)
}

function neutral(count: number, changes: Partial<AdaParameters> = {}): AdaParameters {
  return { ...drawAda(new RandomStream(0), count, [8, 8], 0), ...changes }
}

const near = (absolute: number) => ({ relative: 0, absolute })

beforeAll(async () => {
  await chooseBackend('cpu')
})

test('does nothing at probability 0', () => {
  const x = samples(1, [3, 8, 8, 2])
  expect(applyAda(x, neutral(3), 1).dataSync()).toEqual(x.dataSync())
})

test('leaves a neutral sample beside a moved one as it was, through all filters', () => {
  const x = samples(2, [2, 12, 12, 2])
  const y = applyAda(x, neutral(2, { rotationBefore: Float32Array.of(0, 1) }), 1)
  expect(worstExcess(y.dataSync().slice(0, 288), x.dataSync().slice(0, 288), near(1e-5))).toBeLessThanOrEqual(0)
  expect(y.dataSync().slice(288)).not.toEqual(x.dataSync().slice(288))
})

test.each(['full', 'bilinear'] as const)('moves by whole pixels and mirrors at the border (%s)', (geometry) => {
  const x = samples(3, [1, 10, 10, 1])
  const y = applyAda(x, neutral(1, { integerShift: Int32Array.of(2, 2) }), 1, geometry)
  const source = (position: number) => Math.abs(position - 2)
  const pictures = x.arraySync()[0] ?? []
  const expected = pictures.map((row, i) => row.map((_, j) => pictures[source(i)]?.[source(j)]?.[0] ?? NaN))
  expect(worstExcess(y.dataSync(), expected.flat(), near(1e-5))).toBeLessThanOrEqual(0)
})

test('mirrors and turns by quarters exactly in the simple geometry, image and mask alike', () => {
  const x = tf.tensor4d([1, 10, 2, 20, 3, 30, 4, 40], [1, 2, 2, 2])
  const flipped = applyAda(x, neutral(1, { flip: Int32Array.of(1) }), 1, 'bilinear')
  expect([...flipped.dataSync()]).toEqual([2, 20, 1, 10, 4, 40, 3, 30])
  const turned = applyAda(x, neutral(1, { quarterTurns: Int32Array.of(1) }), 1, 'bilinear')
  expect(worstExcess(turned.dataSync(), [2, 20, 4, 40, 1, 10, 3, 30], near(1e-5))).toBeLessThanOrEqual(0)
})

test('changes gray as its three steps do, and never the mask', () => {
  const x = tf.fill<tf.Rank.R4>([1, 4, 4, 2], 0.2)
  const parameters = neutral(1, {
    brightness: Float32Array.of(0.1),
    contrast: Float32Array.of(1.5),
    lumaFlip: Int32Array.of(1)
  })
  const y = applyAda(x, parameters, 1).dataSync()
  expect(y[0]).toBeCloseTo(-0.45, 6)
  expect(y[1]).toBeCloseTo(0.2, 7)
})

test('turns hues: a third of the circle swaps the colours round', () => {
  const x = tf.tensor4d([1, 2, 3, 9], [1, 1, 1, 4])
  const parameters = neutral(1, { hue: Float32Array.of((2 * Math.PI) / 3) })
  const turned = applyAda(x, parameters, 3).dataSync()
  expect(worstExcess(turned, [3, 1, 2, 9], near(1e-6))).toBeLessThanOrEqual(0)
})

test('leaves the gray axis alone when it changes saturation', () => {
  const [matrix = []] = colorMatrices(neutral(1, { saturation: Float32Array.of(3) }), true)
  const image = [0, 1, 2].map((row) =>
    [0, 1, 2].reduce((sum, column) => sum + 0.7 * (matrix[4 * row + column] ?? NaN), 0)
  )
  expect(worstExcess(image, [0.7, 0.7, 0.7], near(1e-12))).toBeLessThanOrEqual(0)
})

test('opens each gate with the given probability, and draws the same numbers whatever it is', () => {
  const draw = (probability: number) => drawAda(new RandomStream(4, 'ada', 1), 4000, [32, 16], probability)
  const [half, full] = [draw(0.5), draw(1)]
  const share = (values: Float32Array, neutralValue: number) =>
    values.filter((value) => value !== neutralValue).length / values.length
  for (const name of ['scale', 'anisotropy', 'contrast', 'saturation'] as const) {
    expect(Math.abs(share(half[name], 1) - 0.5)).toBeLessThan(0.03)
    expect(half[name].every((value, n) => value === 1 || value === full[name][n])).toBe(true)
  }
  const turned = half.rotationBefore.filter((angle, n) => angle !== 0 || half.rotationAfter[n] !== 0)
  expect(Math.abs(turned.length / 4000 - 0.5)).toBeLessThan(0.03)
  expect(Math.max(...full.integerShift)).toBe(4) // an eighth of 32
  expect(draw(0.5)).toEqual(half)
})

test('keeps the gradient of a gradient penalty, seen against finite differences', () => {
  const x = samples(5, [2, 6, 6, 4])
  const parameters = drawAda(new RandomStream(6), 2, [6, 6], 1)
  const loss = (input: tf.Tensor) => tf.sum(tf.square(applyAda(input as tf.Tensor4D, parameters, 3)))
  const penalty = (input: tf.Tensor): tf.Scalar => tf.sum(tf.square(tf.grad(loss)(input)))
  const direction = samples(7, [2, 6, 6, 4])
  const [slope = NaN] = tf.sum(tf.mul(tf.grad(penalty)(x), direction)).dataSync()
  const [difference = NaN] = tf.sub(penalty(tf.add(x, direction)), penalty(tf.sub(x, direction))).dataSync()
  expect(Math.abs((2 * slope) / difference - 1)).toBeLessThan(1e-3)
})

test('leaves no tensors behind but its result', () => {
  const x = samples(8, [2, 8, 8, 2])
  const parameters = drawAda(new RandomStream(9), 2, [8, 8], 1)
  const before = tf.memory().numTensors
  for (const geometry of ['full', 'bilinear'] as const) applyAda(x, parameters, 1, geometry).dispose()
  expect(tf.memory().numTensors).toBe(before)
})

describe.skipIf(!hasSharedData)(`the golden cases${withoutSharedData}`, () => {
  test.each(['ada', 'ada_rgb', 'ada_bilinear'])('%s gives the same samples', async (name) => {
    const golden = await ParityCase.load(goldenPath('gan', name))
    const { geometry, image_channels: channels } = golden.config
    const parameters = adaParameters(golden, 'in.aug.')
    const y = applyAda(golden.images('in.x'), parameters, Number(channels), geometry === 'full' ? 'full' : 'bilinear')
    expect(worstExcess(y.dataSync(), golden.numbers('out.y'), { relative: 1e-4, absolute: 1e-5 })).toBeLessThanOrEqual(
      0
    )
  })
})
