import { expect, test } from 'vitest'
import { adaptProbability, initialAdaState } from '../../../../../src/main/engine/augmentation/ada-controller.ts'

const settings = { target: 0.6, interval: 4, kimg: 0.1, largestProbability: 0.8 }
const sure = [2, 1, 3, 0.5]
const unsure = [2, -1, 3, -0.5]

function run(steps: readonly number[][], state = initialAdaState) {
  return steps.reduce((after, logits) => adaptProbability(after, logits, settings), state)
}

test('rises by the pictures seen since the last change when the discriminator is too sure', () => {
  const first = run([sure]) // changes at steps 0, 4, 8, …
  expect(first.probability).toBeCloseTo(4 / 100, 12)
  const fifth = run([sure, sure, sure, sure], first)
  expect(fifth.probability).toBeCloseTo(20 / 100, 12)
  expect(run([sure, sure, sure], first).probability).toBe(first.probability)
})

test('falls when it is not, but not below 0', () => {
  const high = { ...initialAdaState, probability: 0.5 }
  expect(run([unsure], high).probability).toBeCloseTo(0.46, 12)
  expect(run([unsure]).probability).toBe(0)
})

test('stops at its limit', () => {
  expect(run(Array.from({ length: 100 }, () => sure)).probability).toBe(0.8)
})

test('counts every logit of a step, those of a gradient penalty too, and zero as neither', () => {
  expect(run([[...sure, ...sure]]).probability).toBeCloseTo(8 / 100, 12)
  expect(run([[1, 1, 1, 0, 0, 0]], { ...initialAdaState, probability: 0.5 }).probability).toBeCloseTo(0.44, 12)
})

test('goes on from a stored state as if it had not stopped', () => {
  const steps = Array.from({ length: 11 }, (_, i) => (i % 3 === 0 ? unsure : sure))
  const stored: unknown = JSON.parse(JSON.stringify(run(steps.slice(0, 6))))
  expect(run(steps.slice(6), stored as typeof initialAdaState)).toEqual(run(steps)) // it was one before
})
