import { expect, test } from 'vitest'
import { fitLogistic, sigmoid } from '../../../../../src/main/engine/metrics/logistic-regression.ts'
import { hashedNumber } from '../../../../support/hashed-number.ts'

/** Without a ridge to speak of. */
const none = 1e-12

test('one feature of two values gives the logarithms of the odds', () => {
  // Of 40 rows with 0, 10 answers are 1; of 40 with 1, 30 are: odds 1/3 and 3.
  const features = Float32Array.from({ length: 80 }, (_, i) => Number(i >= 40))
  const answers = Uint8Array.from({ length: 80 }, (_, i) => Number(i < 10 || i >= 50))
  const [weight, bias] = fitLogistic({ features, answers, size: 1 }, none)
  expect(weight).toBeCloseTo(Math.log(9), 5)
  expect(bias).toBeCloseTo(Math.log(1 / 3), 5)
})

test('at the weights found, no small change makes the answers likelier', () => {
  const [rows, size, ridge] = [300, 4, 0.01]
  const features = Float32Array.from({ length: rows * size }, (_, i) => hashedNumber(i, 1) - 0.5)
  const answers = Uint8Array.from({ length: rows }, (_, n) =>
    Number((features[n * size] ?? 0) - 2 * (features[n * size + 2] ?? 0) + hashedNumber(n, 2) > 0.6)
  )
  const weights = fitLogistic({ features, answers, size }, ridge)
  const loss = (of: Float64Array): number => {
    let sum = (ridge / 2) * of.slice(0, size).reduce((total, weight) => total + weight ** 2, 0)
    for (let n = 0; n < rows; n++) {
      let score = of[size] ?? 0
      for (let k = 0; k < size; k++) score += (of[k] ?? 0) * (features[n * size + k] ?? 0)
      sum -= Math.log(answers[n] === 1 ? sigmoid(score) : 1 - sigmoid(score)) / rows
    }
    return sum
  }
  for (let k = 0; k <= size; k++) {
    for (const step of [-1e-3, 1e-3]) {
      const moved = weights.with(k, (weights[k] ?? 0) + step)
      expect(loss(moved)).toBeGreaterThan(loss(weights))
    }
  }
})

test('a feature that tells the answers apart without fail gets a finite weight', () => {
  const features = Float32Array.from({ length: 20 }, (_, i) => i - 9.5)
  const answers = Uint8Array.from(features, (value) => Number(value > 0))
  const [weight, bias] = fitLogistic({ features, answers, size: 1 })
  expect(weight).toBeGreaterThan(1)
  expect(weight).toBeLessThan(100)
  expect(bias).toBeCloseTo(0, 6)
})

test('a feature that never changes does no harm', () => {
  const features = Float32Array.from({ length: 80 }, (_, i) => (i % 2 === 0 ? 0 : Number(i >= 40)))
  const answers = Uint8Array.from({ length: 40 }, (_, i) => Number(i >= 20 || i < 3))
  const weights = fitLogistic({ features, answers, size: 2 })
  expect(weights[0]).toBe(0)
  expect(weights[1]).toBeGreaterThan(1)
})
