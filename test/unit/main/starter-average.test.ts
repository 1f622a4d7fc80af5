import { expect, test } from 'vitest'
import { averageModels } from '../../../scripts/starter/average.ts'
import { type SavedModel } from '../../../src/main/engine/gan/training-state.ts'

function modelOf(values: number[], iteration: number): SavedModel {
  const tensors = { weight: { shape: [values.length], data: Float32Array.from(values) } }
  const scalars = {
    iteration,
    imagesSeen: 8 * iteration,
    seconds: iteration,
    optimizerSteps: { generator: iteration, discriminator: iteration },
    pathLengthMean: 0
  }
  return { scalars, tensors: { generatorEma: tensors, discriminator: tensors } }
}

test('an averaged model is the weighted mean of its generators, with the discriminator of the last', () => {
  const { scalars, tensors } = averageModels([
    { model: modelOf([0, 4, -2], 10), weight: 1 },
    { model: modelOf([4, 0, 2], 20), weight: 3 }
  ])
  expect([...(tensors.generatorEma['weight']?.data ?? [])]).toEqual([3, 1, 1])
  expect([...(tensors.discriminator['weight']?.data ?? [])]).toEqual([4, 0, 2])
  expect(scalars.iteration).toBe(20)
})

test('models with other weights are not averaged', () => {
  const shares = [modelOf([1], 1), modelOf([1, 2], 2)].map((model) => ({ model, weight: 1 }))
  expect(() => averageModels(shares)).toThrow('each model has weight')
})
