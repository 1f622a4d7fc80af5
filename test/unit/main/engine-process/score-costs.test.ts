import { describe, expect, test } from 'vitest'
import { expectedComparing, picturesWithin, secondsOf } from '../../../../src/main/engine-process/score-costs.ts'

const costs = { draw: 0.2, look: 0.1, comparing: 2 }
const classes = 4

describe('what a score costs', () => {
  test('is more where the real pictures have to be looked at as well', () => {
    const [unknown, known] = [false, true].map((isRealKnown) => secondsOf(costs, 100, { classes, isRealKnown }))
    expect((unknown ?? 0) - (known ?? 0)).toBeCloseTo(1.25 * 10)
  })

  test('grows with the square of the pictures of a class where they are compared', () => {
    expect(expectedComparing(2000, 2)).toBeCloseTo(4 * expectedComparing(1000, 2))
    expect(expectedComparing(2000, 1)).toBeCloseTo(2 * expectedComparing(2000, 2))
  })

  test.each([true, false])('decides how many pictures there is time for (real ones known: %s)', (isRealKnown) => {
    const pictures = picturesWithin(costs, 60, 10_000, { classes, isRealKnown })
    expect(secondsOf(costs, pictures, { classes, isRealKnown })).toBeLessThanOrEqual(60)
    expect(secondsOf(costs, pictures + 1, { classes, isRealKnown })).toBeGreaterThan(60)
  })

  test('allows no more than there are, and none where there is no time', () => {
    expect(picturesWithin(costs, 1e6, 100, { classes, isRealKnown: true })).toBe(100)
    expect(picturesWithin(costs, 0.1, 100, { classes, isRealKnown: true })).toBe(0)
  })
})
