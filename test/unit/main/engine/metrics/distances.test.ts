import { describe, expect, test } from 'vitest'
import { featureStatistics } from '../../../../../src/main/engine/metrics/feature-statistics.ts'
import { frechetDistance } from '../../../../../src/main/engine/metrics/frechet-distance.ts'
import { drawSubsets, kernelDistance } from '../../../../../src/main/engine/metrics/kernel-distance.ts'
import { readFidCases } from '../../../../parity/fid.ts'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { GoldenCase } from '../../../../support/golden-case.ts'
import { goldenPath, hasSharedData, withoutSharedData } from '../../../../support/shared-data.ts'

const normals = (count: number, seed: number) => Float64Array.from(new RandomStream(seed).normals(count))
const all = (count: number) => Array.from({ length: count }, (_, i) => i)
const relativeError = (got: number, expected: number) => Math.abs(got - expected) / Math.abs(expected)

test('the Fréchet distance of a set to itself is 0, with more or fewer vectors than features', () => {
  for (const size of [3, 40, 200]) {
    const set = featureStatistics(normals(40 * size, size), size)
    expect(frechetDistance(set, set).distance).toBeLessThan(1e-10)
  }
})

test('the Fréchet distance of one-dimensional sets is (μ₁ − μ₂)² + (σ₁ − σ₂)²', () => {
  const a = featureStatistics([1, 3, 5], 1) // mean 3, variance 4
  const b = featureStatistics([10, 11], 1) // mean 10.5, variance ½
  expect(frechetDistance(a, b).distance).toBeCloseTo(7.5 ** 2 + (2 - Math.SQRT1_2) ** 2, 12)
  expect(frechetDistance(a, b, 'n').distance).toBeCloseTo(7.5 ** 2 + (Math.sqrt(8 / 3) - 0.5) ** 2, 12)
})

test('the Fréchet distance needs only the mean where one set does not vary', () => {
  const still = featureStatistics([1, 2, 1, 2, 1, 2], 2)
  const varied = featureStatistics([1, 2, 3, 2, 2, 5], 2)
  const expected = (2 - 1) ** 2 + (3 - 2) ** 2 + 1 + 3 // mean (2, 3), variances 1 and 3
  expect(frechetDistance(still, varied).distance).toBeCloseTo(expected, 12)
})

test('the kernel distance of a toy example is that of another implementation', () => {
  const x = [0, 1, 2, 0.5, 1, 0.5, 0, 1, 2, 1, 1, 0]
  const y = [1, 1, 0, 0, 0, 2, 1, 1, 0.5, 0.5, 1.5, 2]
  const { mean } = kernelDistance(x, y, 4, [{ a: all(3), b: all(3) }])
  expect(mean).toBeCloseTo(-1.824816, 6)
})

test('the kernel distance does not depend on which set is called the first', () => {
  const [x, y] = [normals(60, 1), normals(48, 2)]
  const subsets = drawSubsets(new RandomStream(3), [10, 8], 5, 4)
  const swapped = subsets.map(({ a, b }) => ({ a: b, b: a }))
  const [forth, back] = [kernelDistance(x, y, 6, subsets), kernelDistance(y, x, 6, swapped)]
  expect(relativeError(forth.mean, back.mean)).toBeLessThan(1e-12)
  expect(relativeError(forth.standardDeviation, back.standardDeviation)).toBeLessThan(1e-12)
})

test('subsets are drawn without replacement and repeatably', () => {
  const draw = () => drawSubsets(new RandomStream(7), [9, 5], 5, 3)
  for (const { a, b } of draw()) {
    expect(new Set(a).size).toBe(5)
    expect([...b].sort()).toEqual([0, 1, 2, 3, 4])
    expect(Math.max(...a)).toBeLessThan(9)
  }
  expect(draw()).toEqual(draw())
})

describe.skipIf(!hasSharedData)(`published implementations${withoutSharedData}`, () => {
  test('agree on the features that they were given', async () => {
    for await (const { name, size, x, y, subsets, expected } of readFidCases(goldenPath('fid'))) {
      if (size > 300) continue // the large ones take seconds; `npm run parity` runs them
      const [a, b] = [featureStatistics(x, size), featureStatistics(y, size)]
      const { distance } = frechetDistance(a, b)
      if (name === 'same-set') expect(distance).toBeLessThan(1e-10)
      else {
        expect(relativeError(distance, expected.frechet)).toBeLessThan(1e-10)
        expect(relativeError(frechetDistance(a, b, 'n').distance, expected.frechet_divisor_n)).toBeLessThan(1e-10)
      }
      const { mean, standardDeviation } = kernelDistance(x, y, size, subsets)
      expect(Math.abs(mean - expected.kid_10_subsets.mean)).toBeLessThan(1e-10 * (1 + Math.abs(mean)))
      expect(Math.abs(standardDeviation - expected.kid_10_subsets.std)).toBeLessThan(1e-10 * (1 + standardDeviation))
    }
  })

  test('agree where both covariances are singular, to 1e-6', async () => {
    const golden = await GoldenCase.read('frechet_few_samples')
    const [a, b] = ['in.a', 'in.b'].map((name) =>
      featureStatistics(golden.data(name), golden.array(name).shape[1] ?? 0)
    )
    if (a === undefined || b === undefined) throw new Error('two sets')
    const { distance, traceRoot } = frechetDistance(a, b)
    expect(relativeError(distance, golden.floats('out.frechet')[0] ?? NaN)).toBeLessThan(1e-6)
    expect(relativeError(traceRoot, golden.floats('out.trace_sqrt')[0] ?? NaN)).toBeLessThan(1e-6)
  })
})
