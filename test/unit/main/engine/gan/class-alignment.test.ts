import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { alignClasses, bestOrder } from '../../../../../src/main/engine/gan/class-alignment.ts'
import { TrainingState } from '../../../../../src/main/engine/gan/training-state.ts'
import { tinyTraining } from '../../../../support/tiny-training.ts'

beforeAll(() => chooseBackend('cpu'))

describe('the order of classes that fits best', () => {
  test('stays where pictures and names agree', () => {
    expect(
      bestOrder([
        [0.9, -0.2],
        [0.1, 0.8]
      ])
    ).toEqual([0, 1])
  })

  test('exchanges two classes that are known by each other’s names', () => {
    expect(
      bestOrder([
        [-0.3, 0.9],
        [0.8, 0.1]
      ])
    ).toEqual([1, 0])
  })

  test('leaves alone what differs by chance', () => {
    expect(
      bestOrder([
        [0.1, 0.2],
        [0.2, 0.1]
      ])
    ).toEqual([0, 1])
  })

  test('follows a ring of three names', () => {
    expect(
      bestOrder([
        [0, 1, 0],
        [0, 0, 1],
        [1, 0, 0]
      ])
    ).toEqual([2, 0, 1])
  })
})

describe('aligning a run', () => {
  const settings = { ...tinyTraining(), alignClassesUntil: 100 }

  test('exchanges the rows of both generators where the discriminator knows the classes the other way round', async () => {
    const state = TrainingState.create(settings)
    state.iteration = 50
    const [one, other] = axes(settings.network.embedDim)
    const embeddings = [one, other] // of the pictures of label 0, then of label 1
    state.discriminator.embedding = (features) => tf.tile(embeddings.shift() ?? one, [features.shape[0], 1])
    state.discriminator.proxies = () => tf.concat2d([other, one], 0)
    const before = rows(state)
    expect(await alignClasses(settings, state)).toEqual([1, 0])
    expect(rows(state)).toEqual([before[1], before[0]])
    expect(state.generatorEma.mapping.embed.weight.arraySync()).toEqual(rows(state))
  })

  test('happens at its iterations alone', async () => {
    const state = TrainingState.create(settings)
    for (const iteration of [49, 51, 150]) {
      state.iteration = iteration
      expect(await alignClasses(settings, state)).toBeUndefined()
    }
  })
})

function rows(state: TrainingState): number[][] {
  return state.generator.mapping.embed.weight.arraySync()
}

/** Two directions at a right angle, [1, size] each. */
function axes(size: number): [tf.Tensor2D, tf.Tensor2D] {
  const axis = (which: number) => tf.oneHot([which], size).toFloat() as tf.Tensor2D
  return [axis(0), axis(1)]
}
