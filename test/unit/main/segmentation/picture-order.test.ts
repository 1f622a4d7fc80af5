import { expect, test } from 'vitest'
import { picturesOf } from '../../../../src/main/segmentation/picture-order.ts'

const settings = { batch: 4, iterations: 10, seed: 7, syntheticMix: 'mixed' as const }

function drawn(iterations: number, counts: { real: number; synthetic: number }, more: object = {}) {
  return Array.from({ length: iterations }, (_, i) => picturesOf(i + 1, counts, { ...settings, ...more })).flat()
}

test('no picture is seen twice before all were', () => {
  const order = drawn(6, { real: 8, synthetic: 0 }).map(({ index }) => index)
  for (const start of [0, 8, 16]) {
    expect(order.slice(start, start + 8).toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
  }
  expect(order.slice(0, 8)).not.toEqual(order.slice(8, 16))
})

test('the synthetic share is met at any time to within one picture', () => {
  const order = drawn(10, { real: 3, synthetic: 50 }, { syntheticShare: 0.3 })
  for (let count = 1; count <= order.length; count++) {
    const synthetic = order.slice(0, count).filter(({ as }) => as === 'synthetic').length
    expect(Math.abs(synthetic - 0.3 * count)).toBeLessThanOrEqual(1)
  }
})

test('without a share, pictures of both kinds come as often as there are of them', () => {
  const order = drawn(10, { real: 30, synthetic: 10 })
  expect(order.filter(({ as }) => as === 'synthetic')).toHaveLength(10)
})

test('synthetic pictures first, then real ones alone', () => {
  const order = drawn(10, { real: 5, synthetic: 5 }, { syntheticMix: 'first' }).map(({ as }) => as)
  expect([new Set(order.slice(0, 20)), new Set(order.slice(20))]).toEqual([new Set(['synthetic']), new Set(['real'])])
})

test('an iteration is the same whenever it is asked for', () => {
  const counts = { real: 8, synthetic: 3 }
  const once = picturesOf(5, counts, settings)
  drawn(9, counts)
  expect(picturesOf(5, counts, settings)).toEqual(once)
})
