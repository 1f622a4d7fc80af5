import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { type Gradients, type Optimizer } from '../../../../../src/main/engine/common/adam.ts'
import { drawGeneratorInputs } from '../../../../../src/main/engine/gan/draws.ts'
import { runIteration } from '../../../../../src/main/engine/gan/iteration.ts'
import { discriminatorStep, generatorStep, logitsOf, r1Step } from '../../../../../src/main/engine/gan/steps.ts'
import { TrainingState } from '../../../../../src/main/engine/gan/training-state.ts'
import { generatorLoss, relativisticLoss } from '../../../../../src/main/engine/losses/adversarial.ts'
import { createDiscriminator } from '../../../../../src/main/engine/networks/discriminator.ts'
import { createGenerator } from '../../../../../src/main/engine/networks/generator.ts'
import { type Module } from '../../../../../src/main/engine/networks/module.ts'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { tinyBatch, tinyNetwork, tinyTraining } from '../../../../support/tiny-training.ts'

beforeAll(() => chooseBackend('cpu'))

const settings = tinyTraining({
  adversarial: 'relativistic',
  r1: { gamma: 0.2, interval: 2, onFakes: true },
  network: tinyNetwork({ generator: 'stylegan2', discriminators: 'separate', classes: 1 }),
  d2dCrossEntropy: { weight: 0, positiveMargin: 0.9, temperature: 0.25, formula: 'studiogan' }
})
const joint = tinyNetwork({ ...settings.network, discriminators: 'joint' })
const judge = createDiscriminator(joint, new RandomStream(2))
const generator = createGenerator(joint, new RandomStream(1))
const same = (x: tf.Tensor4D) => x
const samplesOf = (iteration: number) => tf.tensor4d(tinyBatch(settings, iteration).samples, [4, 8, 8, 2])

/** The gradients that a step has for the parameters of a network. */
function gradientsOf(network: Module, step: (optimizer: Optimizer) => unknown): Map<string, number[]> {
  const found = new Map<string, number[]>()
  step({
    parameters: network.vector,
    apply: (gradients: Gradients) => {
      for (const [name, gradient] of gradients) found.set(name, [...gradient.dataSync()])
    }
  })
  return found
}

function expectSame(network: Module, found: ReadonlyMap<string, number[]>, loss: () => tf.Scalar): void {
  const { grads } = tf.variableGrads(loss, [...network.parameters().values()])
  for (const [name, parameter] of network.parameters()) {
    const expected = grads[parameter.name] ?? tf.zerosLike(parameter)
    const difference = tf.norm(tf.sub(tf.tensor(found.get(name) ?? [], parameter.shape), expected)).arraySync()
    expect(Number(difference), name).toBeLessThan(1e-4 * Math.max(1, Number(tf.norm(expected).arraySync())))
  }
}

describe('the relativistic loss', () => {
  test('is of how much each real is preferred to its fake', () => {
    const [real, fake] = [tf.tensor1d([1, -2]), tf.tensor1d([0.5, 1])]
    const softplus = (x: number) => Math.log(1 + Math.exp(x))
    expect(relativisticLoss(real, fake).arraySync()).toBeCloseTo((softplus(-0.5) + softplus(3)) / 2, 6)
    expect(generatorLoss(fake, real).arraySync()).toBeCloseTo((softplus(0.5) + softplus(-3)) / 2, 6)
  })

  test('is what the discriminator’s step descends', () => {
    const [real, fakes] = [samplesOf(0), samplesOf(1)]
    const labels = tf.zeros<tf.Rank.R1>([4], 'int32')
    const batch = { samples: real, fakes, labels, transformReal: same, transformFake: same }
    const found = gradientsOf(judge, (optimizer) => discriminatorStep(judge, optimizer, batch, settings))
    expectSame(judge, found, () => {
      const preference = tf.sub(judge.logits(judge.features(real)), judge.logits(judge.features(fakes)))
      return tf.mean(tf.log(tf.add(1, tf.exp(tf.neg(preference)))))
    })
  })

  test('is what the generator’s step descends, where the reals are constant', () => {
    const inputs = drawGeneratorInputs(new RandomStream(5), settings, 4)
    const image = tf.keep(logitsOf(judge, { samples: samplesOf(0), transform: same }))
    const batch = { inputs, transform: same, real: { image } }
    const networks = { generator, discriminator: judge }
    const found = gradientsOf(generator, (optimizer) => generatorStep(networks, optimizer, batch, settings))
    expectSame(generator, found, () => {
      const made = judge.logits(judge.features(generator.forward(inputs).samples))
      return tf.mean(tf.log(tf.add(1, tf.exp(tf.sub(image, made)))))
    })
  })
})

test('R2 adds the penalty on fakes to that on reals, in one step', () => {
  const [real, fakes] = [samplesOf(0), samplesOf(1)].map((samples) => ({ samples, transform: same }))
  if (real === undefined || fakes === undefined) throw new Error('there are two batches')
  const of = (around: Parameters<typeof r1Step>[2]) =>
    gradientsOf(judge, (optimizer) => r1Step(judge, optimizer, around, { gamma: 3, interval: 4 }))
  const [both, ofReal, ofFakes] = [of({ ...real, fakes }), of(real), of(fakes)]
  for (const [name, values] of both) {
    for (const [i, value] of values.entries()) {
      const sum = (ofReal.get(name)?.[i] ?? 0) + (ofFakes.get(name)?.[i] ?? 0)
      expect(Math.abs(value - sum), name).toBeLessThan(1e-4 * Math.max(1, Math.abs(sum)))
    }
  }
})

test('a run with both goes on exactly where it was stopped', async () => {
  const on = async (state: TrainingState, until: number) => {
    for (; state.iteration < until; state.iteration++)
      await runIteration(settings, state, tinyBatch(settings, state.iteration))
    return state.save()
  }
  const through = await on(TrainingState.create(settings), 3)
  const half = await on(TrainingState.create(settings), 1)
  expect(await on(TrainingState.restore(settings, half), 3)).toEqual(through)
})
