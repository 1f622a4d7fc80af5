import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { ResidualBlock } from '../../../../../src/main/engine/networks/discriminator.ts'
import {
  Conv2d,
  Dense,
  minibatchDeviation,
  normalizeSecondMoment,
  unitRows
} from '../../../../../src/main/engine/networks/layers.ts'
import { MappingNetwork } from '../../../../../src/main/engine/networks/mapping-network.ts'
import {
  anyWeights,
  biases,
  expectSummary,
  filled,
  kernel,
  latents,
  matrix,
  pictures,
  setVariables
} from './by-formula.ts'

beforeAll(() => chooseBackend('cpu'))

describe('the layers give the numbers of the docs/method.md §11', () => {
  test('mapping network', async () => {
    const mapping = new MappingNetwork({ classes: 2, zDim: 3, wDim: 3, mappingLayers: 2 }, anyWeights)
    setVariables(mapping, {
      'embed.weight': matrix(2, 3),
      'fc0.weight': filled([6, 3], (c = 0, r = 0) => 100 * Math.sin(0.31 * (6 * r + c) + 0.4)),
      'fc0.bias': [1, -2, 3],
      'fc1.weight': filled([3, 3], (c = 0, r = 0) => 100 * Math.cos(0.47 * (3 * r + c))),
      'fc1.bias': [1, -2, 3]
    })
    const w = await mapping.forward(tf.mul(latents(2, 3), 1.5), tf.tensor1d([0, 1], 'int32')).data()
    const expected = [1.57396, 0.438118, -0.273609, 1.144886, 0.352797, -0.193258]
    for (const [i, value] of expected.entries()) expect(w[i]).toBeCloseTo(value, 5)
  })

  test('minibatch deviation, with strided groups', async () => {
    const deviation = await minibatchDeviation(pictures(8, 2, 4), 4).data()
    for (const [i, value] of deviation.entries()) expect(value).toBeCloseTo(i % 2 === 0 ? 0.680269 : 0.681038, 5)
    const toy = await minibatchDeviation(tf.tensor4d([1, 2, 3, 4, 5, 7, 9, 11], [8, 1, 1, 1]), 4).data()
    expect(toy[0]).toBeCloseTo(2.95804, 5)
    expect(toy[1]).toBeCloseTo(3.391165, 5)
  })

  test('residual block of the discriminator', () => {
    expectSummary(formulaBlock().forward(pictures(2, 2, 8)), {
      sum: -5.792827,
      squares: 30.481386,
      first: [0.369951, 0.018734],
      last: -0.124691
    })
  })
})

test('minibatch deviation of stacked batches is that of each batch alone', async () => {
  const a = pictures(4, 2, 4)
  const b: tf.Tensor4D = tf.mul(a, 3)
  const stacked = await minibatchDeviation(tf.concat([a, b]), 2, 2).data()
  const alone = [...(await minibatchDeviation(a, 2).data()), ...(await minibatchDeviation(b, 2).data())]
  expect([...stacked]).toEqual(alone)
})

test('a group larger than the batch is the whole batch', async () => {
  const x = pictures(3, 2, 4)
  expect(await minibatchDeviation(x, 8).data()).toEqual(await minibatchDeviation(x, 3).data())
})

test('the learning-rate factor changes what is stored, not what the layer starts with', () => {
  const x = latents(4, 64)
  const [plain, slow] = [1, 0.01].map((learningRate) => {
    const layer = new Dense(64, 8, new RandomStream(3), { learningRate })
    return { size: tf.max(tf.abs(layer.weight)).arraySync(), y: layer.forward(x) }
  })
  expect(slow?.size).toBeGreaterThan(99 * Number(plain?.size))
  expect(tf.max(tf.abs(tf.sub(plain?.y ?? 0, slow?.y ?? 1))).arraySync()).toBeLessThan(1e-5)
})

test('equalised convolution keeps unit variance up to the activation', () => {
  const random = new RandomStream(5)
  const x = tf.tensor4d(random.normals(2 * 16 * 16 * 32), [2, 16, 16, 32])
  const y = new Conv2d(32, 32, 1, random).activated(x)
  // E lrelu(u)² = (1 + 0.04)/2 for unit normal u, times the gain √2 squared
  const power = Number(tf.mean(tf.square(y)).arraySync())
  expect(Math.abs(power / 1.04 - 1)).toBeLessThan(0.2)
})

test('normalised features have mean square one, unit rows length one', () => {
  const x = latents(3, 5)
  expect(tf.mean(tf.square(normalizeSecondMoment(x))).arraySync()).toBeCloseTo(1, 5)
  const lengths = tf.sum(tf.square(unitRows(x)), 1).arraySync() as number[]
  for (const length of lengths) expect(length).toBeCloseTo(1, 5)
  expect(tf.sum(unitRows(tf.zeros([2, 5]))).arraySync()).toBe(0)
})

function formulaBlock(): ResidualBlock {
  const block = new ResidualBlock(2, 3, anyWeights)
  setVariables(block, {
    'conv0.weight': kernel(2, 2, 3),
    'conv0.bias': [-0.05, 0.05],
    'conv1.weight': kernel(2, 3, 3),
    'conv1.bias': biases,
    'skip.weight': kernel(2, 3, 1)
  })
  return block
}
