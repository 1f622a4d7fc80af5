import { expect, test } from 'vitest'
import {
  changesBy,
  isAsked,
  trainingOf,
  usualDetails,
  wrongDetails
} from '../../../../src/renderer/wizards/train/train-answers.ts'

test('details are taken as people type them, and only where they are asked for', () => {
  const answers = { version: 'p-1', from: '', details: { minutes: '1,5', iterations: ' 400 ', seed: '' } }
  expect(trainingOf(answers, 'quick', true)).toEqual({
    prepared: 'p-1',
    preset: 'quick',
    minutes: 1.5,
    iterations: 400
  })
  expect(trainingOf(answers, 'quick', false)).toEqual({ prepared: 'p-1', preset: 'quick' })
  expect(trainingOf({ ...answers, from: 'r-1' }, 'demo', false)).toMatchObject({ from: 'r-1', preset: 'demo' })
})

test('a detail that cannot be meant is named', () => {
  expect(wrongDetails({ minutes: '0.4', seed: '0', batch: '16' })).toEqual([])
  expect(wrongDetails({ minutes: '-1', batch: '2.5', learningRate: 'fast', iterations: '' })).toEqual([
    'minutes',
    'batch',
    'learningRate'
  ])
})

test('each goal tells what it takes where nothing was changed', () => {
  expect(usualDetails('livecell', undefined)).toMatchObject({ iterations: '60000', batch: '16', minutes: '' })
})

test('another answer that a remedy asks for is a detail, the name, or goes along with what is asked here', () => {
  expect(changesBy('learningRate', 0.001, { details: { seed: '3' } })).toEqual({
    details: { seed: '3', learningRate: '0.001' }
  })
  expect(changesBy('name', 'model 2', {})).toEqual({ name: 'model 2' })
  const answers = { version: 'p-1', ...changesBy('engine', 'wasm', { others: { microBatch: 2 } }) }
  expect(trainingOf(answers, 'demo', false)).toEqual({ prepared: 'p-1', preset: 'demo', engine: 'wasm', microBatch: 2 })
  expect([isAsked('microBatch'), isAsked('classFrom')]).toEqual([true, false])
})
