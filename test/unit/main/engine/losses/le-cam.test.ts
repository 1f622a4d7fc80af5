import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { runIteration } from '../../../../../src/main/engine/gan/iteration.ts'
import { discriminatorStep } from '../../../../../src/main/engine/gan/steps.ts'
import { TrainingState } from '../../../../../src/main/engine/gan/training-state.ts'
import { leCamPenalty, movedAnchors } from '../../../../../src/main/engine/losses/le-cam.ts'
import { createDiscriminator } from '../../../../../src/main/engine/networks/discriminator.ts'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { RecordedGradients } from '../../../../support/recorded-gradients.ts'
import { tinyBatch, tinyNetwork, tinyTraining } from '../../../../support/tiny-training.ts'

beforeAll(() => chooseBackend('cpu'))

const settings = tinyTraining({
  leCam: { weight: 0.3 },
  network: tinyNetwork({ classes: 1 }),
  d2dCrossEntropy: { weight: 0, positiveMargin: 0.9, temperature: 0.25, formula: 'studiogan' }
})

describe('LeCam regularisation', () => {
  test('is the mean squared distance of reals from what fakes were, and the other way round', () => {
    const penalty = leCamPenalty(tf.tensor1d([2, -1, 0.5]), tf.tensor1d([-3, 1, 0]), tf.tensor1d([1.5, -0.5]))
    // ((2.5² + 0.5² + 1²) + (4.5² + 0.5² + 1.5²)) / 3
    expect(penalty.arraySync()).toBeCloseTo((6.25 + 0.25 + 1 + 20.25 + 0.25 + 2.25) / 3, 5)
    const moved = movedAnchors(
      tf.tensor1d([1.5, -0.5]),
      { realLogits: tf.tensor1d([2, -1, 0.5]), fakeLogits: tf.tensor1d([-3, 1, 0]) },
      0.99
    )
    const [ofReal = NaN, ofFake = NaN] = moved.dataSync()
    expect(ofReal).toBeCloseTo(0.99 * 1.5 + 0.01 * 0.5, 6)
    expect(ofFake).toBeCloseTo(0.99 * -0.5 - 0.01 * (2 / 3), 6)
  })

  test('adds its share to the step of the discriminator, in parts as in whole', () => {
    const judge = createDiscriminator(settings.network, new RandomStream(2))
    const real = tf.tensor4d(tinyBatch(settings, 0).samples, [4, 8, 8, 2])
    const fakes = tf.tensor4d(tinyBatch(settings, 1).samples, [4, 8, 8, 2])
    const anchors = tf.tensor1d([0.4, -0.7])
    const labels = tf.zeros<tf.Rank.R1>([4], 'int32')
    const same = (x: tf.Tensor4D) => x
    const batch = { samples: real, fakes, labels, anchors, transformReal: same, transformFake: same }
    const { grads } = tf.variableGrads(() => {
      const [r, f] = [judge.logits(judge.features(real)), judge.logits(judge.features(fakes))]
      const logistic = tf.add(tf.mean(tf.softplus(tf.neg(r))), tf.mean(tf.softplus(f)))
      const away = tf.add(tf.mean(tf.square(tf.add(r, 0.7))), tf.mean(tf.square(tf.sub(f, 0.4))))
      return tf.add<tf.Scalar>(logistic, tf.mul(away, 0.3))
    }, [judge.adv.weight, judge.adv.bias])
    for (const microBatch of [4, 2]) {
      const optimizer = new RecordedGradients(judge)
      discriminatorStep(judge, optimizer, batch, settings, microBatch)
      optimizer.expectAre(grads, [
        ['adv.weight', judge.adv.weight],
        ['adv.bias', judge.adv.bias]
      ])
    }
  })

  test('goes on exactly where a run was stopped, with its running means', async () => {
    const on = async (state: TrainingState, until: number) => {
      for (; state.iteration < until; state.iteration++)
        await runIteration(settings, state, tinyBatch(settings, state.iteration))
      return state.save()
    }
    const through = await on(TrainingState.create(settings), 4)
    const half = await on(TrainingState.create(settings), 2)
    expect(half.scalars.leCamAnchors?.every((anchor) => anchor !== 0)).toBe(true)
    expect(await on(TrainingState.restore(settings, half), 4)).toEqual(through)
  })

  test('is off unless it is wished, and then nothing of it is kept', async () => {
    const plain = tinyTraining({ network: tinyNetwork({ classes: 1 }) })
    const state = TrainingState.create(plain)
    expect(await runIteration(plain, state, tinyBatch(plain, 0))).not.toHaveProperty('leCam')
    expect((await state.save()).scalars).not.toHaveProperty('leCamAnchors')
  })
})
