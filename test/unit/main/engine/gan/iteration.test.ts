import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { type z } from 'zod'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { runIteration } from '../../../../../src/main/engine/gan/iteration.ts'
import { TrainingState } from '../../../../../src/main/engine/gan/training-state.ts'
import { type Augmentation, type TrainingSettings } from '../../../../../src/shared/training.ts'
import { tinyBatch, tinyTraining } from '../../../../support/tiny-training.ts'

beforeAll(() => chooseBackend('cpu'))

function withAugmentation(augmentation: Partial<z.input<typeof Augmentation>>): TrainingSettings {
  return tinyTraining({
    augmentation: { flips: 'none', diffAugment: [], ...augmentation },
    pathLength: { weight: 2, interval: 0, decay: 0.01, batchShare: 0.5 }
  })
}

describe('the strength of adaptive augmentation', () => {
  test('follows the reals of the D step and of the R1 pass, step by step, up to its limit', async () => {
    // Four reals a step, and four more where R1 is due (every second step); a change every second step.
    const adaptation = { target: -1, interval: 2, kimg: 0.1, largestProbability: 0.25 }
    const settings = withAugmentation({ ada: 'bilinear', adaptation })
    const state = TrainingState.create(settings)
    const strengths: (number | undefined)[] = []
    for (; state.iteration < 5; state.iteration++) {
      strengths.push((await runIteration(settings, state, tinyBatch(settings, state.iteration))).adaP)
    }
    // 8 reals after the first step, then 4 + 8 = 12 after every second one.
    expect(strengths.map((strength) => Number(strength?.toFixed(6)))).toEqual([0, 0.08, 0.08, 0.2, 0.2])
    expect(state.adaptation.probability).toBe(0.25)
  })

  test('falls while the discriminator is far from knowing the reals', async () => {
    const settings = withAugmentation({ apa: true, adaptation: { target: 1, interval: 1, kimg: 0.1 } })
    const state = TrainingState.create(settings)
    state.adaptation = { ...state.adaptation, probability: 0.5 }
    state.discriminator.adv.bias.assign(tf.tensor1d([-1e3])) // takes nothing for real
    await runIteration(settings, state, tinyBatch(settings, 0))
    expect(state.adaptation.probability).toBeCloseTo(0.42, 6)
  })

  test('is neither kept nor reported where nothing adapts', async () => {
    const settings = withAugmentation({ diffAugment: ['translation'] })
    const state = TrainingState.create(settings)
    expect(await runIteration(settings, state, tinyBatch(settings, 0))).not.toHaveProperty('adaP')
    expect(state.adaptation.steps).toBe(0)
  })
})

describe('pseudo reals', () => {
  const after = async (strength: number, batch: number) => {
    const settings = withAugmentation({ apa: true })
    const state = TrainingState.create(settings)
    state.adaptation = { ...state.adaptation, probability: strength }
    const losses = await runIteration(settings, state, tinyBatch(settings, batch))
    return [losses.discriminatorLoss, losses.d2dDiscriminator, losses.r1]
  }

  test('take the place of reals with picture and class: at full strength no real is seen, in the R1 pass neither', async () => {
    const labels = [0, 1].map((batch) => tinyBatch(withAugmentation({}), batch).labels.join())
    expect(labels[0]).not.toBe(labels[1])
    expect(await after(1, 0)).toEqual(await after(1, 1))
  })

  test('leave all reals in place without strength', async () => {
    const [first, second] = [await after(0, 0), await after(0, 1)]
    for (const [i, loss] of first.entries()) expect(loss).not.toBe(second[i])
  })
})

test('while it warms up, the learning rate rises in equal steps to the whole', async () => {
  const moved = async (warmUp: number, iteration: number) => {
    const settings = tinyTraining({ learningRate: { generator: 0.002, discriminator: 0.002, warmUp } })
    const state = TrainingState.create(settings)
    const before = state.generator.mapping.embed.weight.clone()
    state.iteration = iteration
    await runIteration(settings, state, tinyBatch(settings, 0))
    return tf.norm(tf.sub(state.generator.mapping.embed.weight, before)).arraySync() as number
  }
  // In an odd iteration no regulariser is due, so the first step of Adam is as long as the rate says.
  const whole = await moved(0, 1)
  expect((await moved(8, 1)) / whole).toBeCloseTo(0.25, 3)
  expect((await moved(8, 7)) / (await moved(0, 7))).toBeCloseTo(1, 3)
})
