import { expect, test } from 'vitest'
import { energyDistance, meanWithin } from '../../../../../src/main/engine/metrics/energy-distance.ts'
import { asMatrix } from '../../../../../src/main/engine/metrics/matrix.ts'
import { RandomStream } from '../../../../../src/shared/random.ts'

test('the energy distance of a toy example is what can be worked out by hand', () => {
  const [x, y] = [asMatrix([0, 1], 1), asMatrix([3, 5], 1)]
  // Between: (3 + 5 + 2 + 4) / 4; within: 1 and 2.
  expect(energyDistance(x, y)).toBeCloseTo(2 * 3.5 - 1 - 2, 12)
  expect(energyDistance(y, x)).toBeCloseTo(2 * 3.5 - 1 - 2, 12)
  expect(energyDistance(x, y, meanWithin(x))).toBe(energyDistance(x, y))
})

test('a single vector stands for a set that does not vary', () => {
  const x = asMatrix([0, 0, 3, 4, 0, 0], 2)
  expect(meanWithin(x)).toBeCloseTo(10 / 3, 12)
  expect(energyDistance(x, asMatrix([0, 0], 2))).toBeCloseTo((2 * 5) / 3 - 10 / 3, 12)
  expect(energyDistance(x, asMatrix([0, 0, 0, 0], 2))).toBeCloseTo((2 * 5) / 3 - 10 / 3, 12)
})

test('sets drawn from the same are 0 apart in the mean, however few they are, and sets of other spread are not', () => {
  const mean = (spread: number) => {
    const distances = Array.from({ length: 1000 }, (_, i) => {
      const [x, y] = [new RandomStream(i, 'x').normals(5 * 3), new RandomStream(i, 'y').normals(5 * 3)]
      return energyDistance(
        asMatrix(x, 3),
        asMatrix(
          y.map((value) => spread * value),
          3
        )
      )
    })
    return distances.reduce((sum, distance) => sum + distance, 0) / distances.length
  }
  expect(Math.abs(mean(1))).toBeLessThan(0.1)
  expect(mean(2)).toBeGreaterThan(0.25)
})
