import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { discriminatorLoss, generatorLoss } from '../../../../../src/main/engine/losses/adversarial.ts'
import { pathLengthPenalty, pathLengths } from '../../../../../src/main/engine/losses/path-length.ts'
import { r1Penalty } from '../../../../../src/main/engine/losses/r1-penalty.ts'
import { ResidualBlock } from '../../../../../src/main/engine/networks/discriminator.ts'
import { createGenerator } from '../../../../../src/main/engine/networks/generator.ts'
import { drawNoise } from '../../../../../src/main/engine/networks/noise.ts'
import { tinyNetwork } from '../../../../support/tiny-training.ts'
import { anyWeights, biases, kernel, pictures, setVariables } from '../networks/by-formula.ts'

beforeAll(() => chooseBackend('cpu'))

test('an undecided discriminator costs log 2 a batch, and a huge logit costs its size', () => {
  const zero = tf.zeros<tf.Rank.R1>([3])
  expect(generatorLoss(zero).arraySync()).toBeCloseTo(Math.LN2, 5)
  expect(discriminatorLoss(zero, zero).arraySync()).toBeCloseTo(2 * Math.LN2, 5)
  expect(generatorLoss(tf.tensor1d([-500])).arraySync()).toBeCloseTo(500, 3)
})

describe('gradient penalty of a residual block (docs/method.md §11)', () => {
  const penalty = () => {
    const block = new ResidualBlock(2, 3, anyWeights)
    setVariables(block, {
      'conv0.weight': kernel(2, 2, 3),
      'conv0.bias': [-0.05, 0.05],
      'conv1.weight': kernel(2, 3, 3),
      'conv1.bias': biases,
      'skip.weight': kernel(2, 3, 1)
    })
    const discriminator = {
      features: (x: tf.Tensor4D) => block.forward(x).as2D(2, 4 * 4 * 3),
      logits: (features: tf.Tensor2D) => tf.sum<tf.Tensor1D>(features, 1)
    }
    return { block, r1: () => r1Penalty(discriminator, pictures(2, 2, 8), 1, (x) => x) }
  }

  test('value', async () => {
    const { r1 } = penalty()
    const { penalty: half, squaredNorms } = r1()
    const [first, second] = await squaredNorms.data()
    expect(first).toBeCloseTo(19.282678, 4)
    expect(second).toBeCloseTo(21.139656, 4)
    expect((await half.data())[0]).toBeCloseTo(10.105584, 4)
  })

  test('its own gradient with respect to the weights', () => {
    const { block, r1 } = penalty()
    const { grads } = tf.variableGrads(() => r1().penalty, [...block.parameters().values()])
    const sums = (name: 'conv0' | 'conv1') => {
      const gradient = grads[block[name].weight.name] ?? tf.scalar(NaN)
      return [tf.sum(gradient).arraySync(), tf.sum(tf.square(gradient)).arraySync()].map(Number)
    }
    for (const [name, sum, squares] of [
      ['conv0', -27.544446, 26.167438],
      ['conv1', -31.413755, 20.183505]
    ] as const) {
      expect(sums(name)[0]).toBeCloseTo(sum, 3)
      expect(sums(name)[1]).toBeCloseTo(squares, 3)
    }
    const skip = grads[block.skip.weight.name]?.dataSync() ?? []
    for (const [i, value] of [...skip].entries()) expect(value).toBeCloseTo(i < 3 ? 2.784276 : 2.61016, 4)
  })
})

describe('path-length penalty', () => {
  const setting = (kind: 'paper' | 'stylegan2') => {
    const generator = createGenerator(tinyNetwork({ generator: kind }), new RandomStream(21))
    const random = new RandomStream(22)
    const inputs = {
      z: tf.tensor2d(random.normals(12), [2, 6]),
      labels: tf.tensor1d([0, 1], 'int32'),
      noise: drawNoise(random, 8, 2)
    }
    const y = tf.tensor4d(random.normals(2 * 8 * 8 * 2), [2, 8, 8, 2])
    const options = { weight: 2, decay: 0.01, mean: tf.scalar(0.3) }
    return { generator, compute: () => pathLengthPenalty(pathLengths(generator, inputs, y), options) }
  }

  test('moves the running mean a little way towards the lengths, and measures from there', async () => {
    const { compute } = setting('paper')
    const { penalty, lengths, mean } = compute()
    const [a = NaN, b = NaN] = await lengths.data()
    const [newMean = NaN] = await mean.data()
    expect(newMean).toBeCloseTo(0.3 + 0.01 * ((a + b) / 2 - 0.3), 6)
    expect((await penalty.data())[0]).toBeCloseTo((a - newMean) ** 2 + (b - newMean) ** 2, 4)
  })

  test.each(['paper', 'stylegan2'] as const)('its gradient agrees with finite differences (%s)', async (kind) => {
    const { generator, compute } = setting(kind)
    const chosen = ['synthesis.b8.conv0.weight', 'synthesis.b4.conv1.affine.weight', 'mapping.embed.weight']
    for (const name of chosen) {
      const variable = generator.parameters().get(name)
      if (!variable) throw new Error(name)
      const { grads } = tf.variableGrads(() => compute().penalty, [variable])
      const gradient = grads[variable.name] ?? tf.scalar(NaN)
      const start = tf.clone(variable)
      const length = Number(tf.norm(gradient).arraySync())
      const at = async (step: number) => {
        variable.assign(tf.add(start, tf.mul(gradient, step / length)))
        return (await compute().penalty.data())[0] ?? NaN
      }
      const step = 1e-3 // small, for the lengths jump where an activation changes its side
      const slope = ((await at(step)) - (await at(-step))) / (2 * step)
      expect(Math.abs(slope / length - 1), name).toBeLessThan(0.02)
      variable.assign(start)
    }
  })
})
