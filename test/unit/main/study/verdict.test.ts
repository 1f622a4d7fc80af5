import { expect, test } from 'vitest'
import { compareArms, judge } from '../../../../src/main/study/verdict.ts'

/** Arms that differ by so much in each repeat, on twelve test images. */
function differing(values: readonly number[]) {
  return compareArms(
    {
      wells: Array.from({ length: 12 }, (_, i) => `well ${i}`),
      repeats: values.map((_, seed) => ({ draw: seed, generator: 0, seed: 0 })),
      arm: (repeat) => 0.5 + (values[repeat] ?? 0),
      baseline: () => 0.5,
      hasGenerator: true
    },
    { seed: 1, resamples: 200, confidence: 0.95 }
  )
}

test('with repeats enough, a verdict needs the interval and the p-value over the whole table', () => {
  const clear = differing([0.1, 0.11, 0.12, 0.09, 0.1, 0.1, 0.11, 0.1])
  const nothing = differing([0.1, -0.11, 0.12, -0.09, 0.1, -0.1, -0.11, 0.1])
  expect(judge([clear, nothing]).map(({ verdict, basis }) => [verdict, basis])).toEqual([
    ['helps', 'both'],
    ['cannot-tell', 'both']
  ])
})

test('with few repeats the interval alone speaks, and the verdict says so', () => {
  const [judged] = judge([differing([0.1, 0.11, 0.1])])
  expect(judged).toMatchObject({ verdict: 'helps', basis: 'interval', adjusted: 0.25 })
  expect(judge([differing([-0.1, -0.11, -0.1])])[0]?.verdict).toBe('harms')
})
