import { expect, test } from 'vitest'
import { areOtherSizes, countCells, isAlmostEmpty, medianOf } from '../../../../src/main/study/cell-counts.ts'

const pictures = (...cells: number[]) => countCells(cells.map((count) => ({ cells: count, width: 10, height: 10 })))

test('a set is almost empty where most of its pictures show no cell, or a tenth of the cells of real ones', () => {
  const real = pictures(20, 40)
  expect(isAlmostEmpty(pictures(30, 0, 0), real)).toBe(true)
  expect(isAlmostEmpty(pictures(30, 0), real)).toBe(false)
  expect(isAlmostEmpty(pictures(2, 3), real)).toBe(true)
  expect(isAlmostEmpty(pictures(3, 4), real)).toBe(false)
  expect(isAlmostEmpty(pictures(), real)).toBe(false)
})

test('density counts, not the size of pictures', () => {
  const large = countCells([{ cells: 30, width: 100, height: 10 }])
  expect(isAlmostEmpty(pictures(2), large)).toBe(false)
})

test('cells of more than twice the area, or less than half, are of another size', () => {
  expect(areOtherSizes([100, 110, 400], [50, 55, 60])).toBe(false)
  expect(areOtherSizes([120], [50, 55, 60])).toBe(true)
  expect(areOtherSizes([20], [50, 55, 60])).toBe(true)
  expect(areOtherSizes([], [50])).toBe(false)
  expect(medianOf([3, 1, 2])).toBe(2)
})
