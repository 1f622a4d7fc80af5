import { expect, test } from 'vitest'
import { findMemorized } from '../../../../../src/main/engine/metrics/memorization.ts'
import { nearestPairs, neighbourScores } from '../../../../../src/main/engine/metrics/neighbours.ts'
import { hashedNumber } from '../../../../support/hashed-number.ts'

function vectors(count: number, size: number, stream: number): Float64Array {
  return Float64Array.from({ length: count * size }, (_, i) => hashedNumber(i, stream))
}

/* From the package prdc 0.2: x = u(n·d, 0), y = 0.8·u(m·d, 1) + shift; compute_prdc(x, y, k). */
test.each([
  [{ n: 40, m: 30, d: 6, shift: 0.3, k: 5 }, [1, 0.6, 1.0133333333333334, 0.825]],
  [{ n: 25, m: 60, d: 12, shift: 0.15, k: 3 }, [0.9666666666666667, 0.6, 1.3777777777777778, 0.92]],
  [{ n: 7, m: 9, d: 3, shift: 0, k: 5 }, [1, 1, 1.1111111111111112, 1]]
])('agrees with the published code on %o', ({ n, m, d, shift, k }, expected) => {
  const fake = vectors(m, d, 1).map((value) => value * 0.8 + shift)
  const { precision, recall, density, coverage } = neighbourScores(vectors(n, d, 0), fake, d, k)
  expect([precision, recall, density, coverage]).toEqual(expected.map((value) => expect.closeTo(value, 12) as number))
})

test('says nothing is covered where synthetic pictures lie far away', () => {
  const far = vectors(12, 4, 3).map((value) => value + 100)
  expect(neighbourScores(vectors(10, 4, 2), far, 4)).toEqual({ precision: 0, recall: 0, density: 0, coverage: 0 })
})

test('takes fewer neighbours where there are not five', () => {
  const { precision, recall } = neighbourScores([0, 1, 2], [0.5, 1.5, 40], 1)
  expect([precision, recall]).toEqual([expect.closeTo(2 / 3, 12), 1])
})

test('finds the nearest of the other set', () => {
  expect(nearestPairs([0, 0, 5, 5], [4, 5, 1, 0, 9, 9], 2)).toEqual([
    { from: 0, to: 1, distance: 1 },
    { from: 1, to: 0, distance: 1 }
  ])
})

test("notices copies, and does not take tiles of one image for each other's neighbours", () => {
  // Forty images of two tiles each, which differ by little; images differ by much.
  const size = 8
  const images = Int32Array.from({ length: 80 }, (_, i) => i >> 1)
  const real = Float64Array.from({ length: 80 * size }, (_, i) => {
    const tile = Math.floor(i / size)
    return 10 * hashedNumber((tile >> 1) * size + (i % size), 7) + 0.01 * hashedNumber(i, 8)
  })
  const fresh = vectors(20, size, 9).map((value) => 10 * value)
  const copies = fresh.slice()
  for (let i = 0; i < 5 * size; i++) copies[i] = (real[i] ?? 0) + 0.001

  const honest = findMemorized(real, fresh, size, images)
  expect(honest.share).toBeLessThanOrEqual(0.1)
  const memorized = findMemorized(real, copies, size, images)
  expect(memorized.threshold).toBe(honest.threshold)
  expect(memorized.share).toBeGreaterThanOrEqual(0.25)
  expect(memorized.pairs.slice(0, 5).map(({ from, to }) => [from, to])).toEqual(
    expect.arrayContaining([0, 1, 2, 3, 4].map((i) => [i, i]))
  )
})

test('has no threshold where all real tiles are of one image', () => {
  const { threshold, share, pairs } = findMemorized([0, 1, 2], [0.1], 1, [0, 0, 0])
  expect([threshold, share, pairs[0]?.to]).toEqual([undefined, undefined, 0])
})
