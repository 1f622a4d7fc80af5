import { expect, test } from 'vitest'
import { trainingOf, usualDetails, wrongDetails } from '../../../../src/renderer/wizards/train/train-answers.ts'

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
