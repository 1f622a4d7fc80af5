import { describe, expect, test } from 'vitest'
import { bootstrap, quantile, type Repeat, type Statistic } from '../../../../src/main/study/hierarchical-bootstrap.ts'
import { smallestDetectable } from '../../../../src/main/study/power.ts'

const oneEach = (count: number) => Array.from({ length: count }, (_, i) => `well ${i}`)
const seeds = (count: number): Repeat[] => Array.from({ length: count }, (_, seed) => ({ draw: 0, generator: 0, seed }))

/** The weighted mean of a table of repeats and images. */
const meanOf =
  (table: readonly (readonly number[])[]): Statistic =>
  (images, repeats) => {
    let [sum, total] = [0, 0]
    for (const [r, row] of table.entries()) {
      const weight = repeats[r] ?? 0
      if (weight === 0) continue
      for (const [i, value] of row.entries()) {
        sum += weight * (images[i] ?? 0) * value
        total += weight * (images[i] ?? 0)
      }
    }
    return sum / total
  }

const table = [
  [3.491, -1.914, 3.1, 1.557, 1.672, 2.14, -0.138, 1.057, 0.328, 4.516, 2.721, 0.444],
  [-1.057, -2.252, -0.599, -0.492, 0.382, -0.109, 0.615, -1.136, -1.009, 0.513, 0.814, -1.934],
  [0.278, 0.194, 3.628, 0.866, 0.892, 2.369, 0.007, 0.009, 1.087, 0.784, 1.598, 0.478],
  [-3.49, -0.448, -0.389, -1.656, 0.29, 0.945, -0.674, -1.898, -0.892, -0.971, 1.79, -0.567],
  [1.496, 1.606, 2.328, 1.051, 2.561, 2.791, 1.519, 0.358, 1.274, -1.449, 3.037, 1.14],
  [-1.48, -0.587, 0.428, 1.591, -1.199, 0.151, 1.302, 1.155, -2.256, -0.596, 1.532, -1.103]
]

describe('hierarchical bootstrap', () => {
  test('comes to the two-way analysis of variance where that is exact', () => {
    // numpy 2.4.6, scipy 1.17.1, of the table: g = mean; vr = var(row means, ddof=1)/6; vi = var(column means, ddof=1)/12;
    // e = Σ(t − row − column + g)²/(5·11)/72; V = vr + vi − e; df = V²/(vr²/5 + vi²/11 + e²/55); g ± t.ppf(.975, df)·√V
    const { estimate, variance, degrees, interval } = bootstrap(
      { wells: oneEach(12), repeats: seeds(6) },
      meanOf(table),
      { seed: 1, resamples: 20_000, confidence: 0.95 }
    )
    expect(estimate).toBeCloseTo(0.4665277777777778, 12)
    expect(Math.abs(variance / 0.20286650481200896 - 1)).toBeLessThan(0.04)
    expect(Math.abs(degrees / 6.774100329272493 - 1)).toBeLessThan(0.08)
    expect(interval?.[0]).toBeCloseTo(-0.6057579661207084, 1)
    expect(interval?.[1]).toBeCloseTo(1.5388135216762642, 1)
    // √V · (t.ppf(.975, df) + t.ppf(.8, df))
    expect(smallestDetectable({ variance: 0.20286650481200896, degrees: 6.774100329272493 })).toBeCloseTo(
      1.4767292548600885,
      9
    )
  })

  test('is the same for the same seed', () => {
    const sampled = { wells: oneEach(12), repeats: seeds(6) }
    const choice = { seed: 3, resamples: 200, confidence: 0.95 }
    expect(bootstrap(sampled, meanOf(table), choice)).toEqual(bootstrap(sampled, meanOf(table), choice))
  })

  test('draws wells whole, and draws of the few images with all that was trained on them', () => {
    const wells = ['A', 'A', 'A', 'B', 'B', 'B', 'C', 'C', 'C', 'D', 'D', 'D']
    const repeats = [0, 1, 2].flatMap((draw) => [0, 1].map((seed) => ({ draw, generator: 0, seed })))
    const seen = new Set<string>()
    const spread = bootstrap(
      { wells, repeats },
      (images, weights) => {
        for (let i = 0; i < 12; i += 3) seen.add(new Set(images.slice(i, i + 3)).size === 1 ? 'whole' : 'parted')
        for (let r = 0; r < 6; r += 2) seen.add(weights[r] === weights[r + 1] ? 'whole' : 'parted')
        return 0
      },
      { seed: 0, resamples: 50, confidence: 0.95 }
    )
    expect([...seen]).toEqual(['whole'])
    expect(spread.imageUnits).toEqual({ kind: 'well', count: 4 })
    expect(spread.repeatUnits).toEqual({ kind: 'draw', count: 3 })
  })

  test('gives no interval where one repeat leaves nothing to tell chance from', () => {
    const { interval, estimate } = bootstrap({ wells: oneEach(12), repeats: seeds(1) }, meanOf(table.slice(0, 1)))
    expect(estimate).toBeGreaterThan(0)
    expect(interval).toBeUndefined()
  })

  test('quantiles are those of numpy', () => {
    // numpy 2.4.6: np.quantile([1, 2, 4, 8], [0.1, 0.5, 0.9])
    expect([0.1, 0.5, 0.9].map((share) => quantile([1, 2, 4, 8], share))).toEqual([1.3, 3, 6.800000000000001])
  })
})
