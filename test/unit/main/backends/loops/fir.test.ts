import { expect, test } from 'vitest'
import { filteredSize, filterImages, upsampleImages } from '../../../../../src/main/backends/loops/fir.ts'

const impulse = { batch: 1, height: 4, width: 4, channels: 1 }

/** A one in row 1, column 1 of four by four. */
function impulseImage(): Float32Array {
  const x = new Float32Array(16)
  x[5] = 1
  return x
}

test('spreads an impulse by the products of 1, 3, 3, 1', () => {
  const y = new Float32Array(25)
  filterImages(impulseImage(), impulse, { stride: 1, padding: 2, gain: 64 }, y)
  const rows = [1, 3, 3, 1, 0].map((row) => [1, 3, 3, 1, 0].map((column) => row * column))
  expect([...y]).toEqual(rows.flat())
})

test('keeps the sum of an impulse when it doubles the image, four times over', () => {
  const y = new Float32Array(64)
  upsampleImages(impulseImage(), impulse, 1, y)
  expect(y.reduce((sum, value) => sum + value, 0)).toBeCloseTo(4)
})

test('does not mix the images of a batch', () => {
  const shape = { batch: 2, height: 2, width: 2, channels: 1 }
  const y = new Float32Array(32)
  upsampleImages(Float32Array.of(1, 1, 1, 1, 0, 0, 0, 0), shape, 1, y)
  expect([...y.subarray(16)].every((value) => value === 0)).toBe(true)
})

test('knows the sizes of its results', () => {
  expect(filteredSize(8, { stride: 1, padding: 1 })).toBe(7)
  expect(filteredSize(8, { stride: 1, padding: 2 })).toBe(9)
  expect(filteredSize(8, { stride: 2, padding: 1 })).toBe(4)
})
