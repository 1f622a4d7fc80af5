import { describe, expect, test } from 'vitest'
import { holm, independentUnits, permutationTest } from '../../../../src/main/study/permutation.ts'

const single = (values: readonly number[]) => [...values.keys()].map((i) => [i])

describe('permutation test', () => {
  test('is exact for few repeats, as scipy has it', () => {
    // scipy 1.17.1: stats.permutation_test((d,), np.mean, permutation_type='samples', n_resamples=np.inf).pvalue
    const mixed = [0.021, -0.004, 0.013, 0.018, 0.002, 0.009, -0.001]
    expect(permutationTest(mixed, single(mixed), 0)).toEqual({ p: 0.09375, smallest: 2 / 128, units: 7, isExact: true })
    const positive = [0.3, 0.1, 0.2, 0.4, 0.25]
    expect(permutationTest(positive, single(positive), 0).p).toBe(0.0625)
  })

  test('flips what one generator made together', () => {
    const repeats = [0, 1, 2].flatMap((draw) => [0, 1].map((seed) => ({ draw, generator: 0, seed })))
    expect(independentUnits(repeats, true)).toEqual([
      [0, 1],
      [2, 3],
      [4, 5]
    ])
    expect(independentUnits(repeats, false)).toHaveLength(6)
    // One generator for all repeats: what is left of chance is in the seeds.
    const shared = repeats.map(({ seed }) => ({ draw: 0, generator: 0, seed }))
    expect(independentUnits(shared, true)).toHaveLength(6)
    const values = [0.1, 0.2, 0.1, 0.3, 0.2, 0.2]
    expect(permutationTest(values, independentUnits(repeats, true), 0).p).toBe(0.25)
  })

  test('a sample of flips comes near the exact value, and is the same for the same seed', () => {
    const values = Array.from({ length: 20 }, (_, i) => Math.sin(i) + 0.25)
    const first = permutationTest(values, single(values), 4)
    expect(first.isExact).toBe(false)
    expect(permutationTest(values, single(values), 4)).toEqual(first)
    // The mean is 0.2925…, its standard deviation under flips √Σd²/20 = 0.168: a normal tail of 0.08.
    expect(Math.abs(first.p - 0.1)).toBeLessThan(0.05)
  })

  test('no difference at all is no sign of one', () => {
    expect(permutationTest([0, 0, 0], single([0, 0, 0]), 0).p).toBe(1)
  })
})

describe('Holm', () => {
  test('adjusts step by step, and never lets a larger p fall below a smaller one', () => {
    // By hand: 0.01·4, max(0.04, 0.02·3), max(0.06, 0.03·2), 0.5·1.
    expect(holm([0.02, 0.01, 0.5, 0.03]).map((p) => Number(p.toFixed(12)))).toEqual([0.06, 0.04, 0.5, 0.06])
    expect(holm([0.6, 0.9])).toEqual([1, 1])
    expect(holm([])).toEqual([])
  })
})
