import { describe, expect, test } from 'vitest'
import { findableEffect, simulatedPower } from '../../../../src/main/study/power.ts'

const choice = { seed: 5, studies: 1000 }

describe('power by simulation', () => {
  test("comes to that of Student's t where repeats are all the chance there is", () => {
    // scipy 1.17.1, one-sample t-test, n = 8, effect 0.5, sd 0.5: 1 − nct.cdf(t.ppf(.975, 7), 7, √8) + nct.cdf(−…, 7, √8)
    const power = simulatedPower({ image: 0, repeat: 0.25, both: 0 }, 0.5, { repeats: 8, images: 2 }, choice)
    expect(Math.abs(power - 0.6808)).toBeLessThan(0.03)
  })

  test('is about 5 % where there is no effect', () => {
    const size = { repeats: 5, images: 20 }
    expect(simulatedPower({ image: 0.04, repeat: 0.01, both: 0.02 }, 0, size, choice)).toBeLessThan(0.08)
  })

  test('a larger study finds smaller effects, and four of five find what is called findable', () => {
    const components = { image: 0.003, repeat: 0.0004, both: 0.002 }
    const effects = [2, 4, 8].map((repeats) => findableEffect(components, { repeats, images: 30 }, choice))
    expect(effects.toSorted((a, b) => b - a)).toEqual(effects)
    const found = simulatedPower(components, effects[1] ?? 0, { repeats: 4, images: 30 }, choice)
    expect(Math.abs(found - 0.8)).toBeLessThan(0.03)
  })

  test('one repeat finds nothing', () => {
    expect(findableEffect({ image: 1, repeat: 1, both: 1 }, { repeats: 1, images: 30 }, choice)).toBe(Infinity)
  })
})
