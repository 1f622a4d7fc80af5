import { expect, test } from 'vitest'
import { imageBytes, maskGrays } from '../../../../src/main/engine-process/sample-bytes.ts'

test('the image of a sample is clamped and truncated, whatever follows it', () => {
  const sample = Float32Array.of(-1, 0.5, 0, 0, 2, 0.5, 0, 0)
  expect([...imageBytes(sample, { imageChannels: 1, maskChannels: 3 })]).toEqual([0, 255])
  expect([...imageBytes(sample, { imageChannels: 3, maskChannels: 1 })]).toEqual([0, 191, 128, 255, 191, 128])
  expect(imageBytes(sample, { imageChannels: 1, maskChannels: 0 })).toHaveLength(8)
})

test('a gray mask keeps its values between levels', () => {
  const sample = Float32Array.of(0.7, -1, 0.7, 0.25, 0.7, 1.5)
  expect([...maskGrays(sample, { imageChannels: 1, maskChannels: 1, maskCode: 'gray' })]).toEqual([0, 159.375, 255])
})

test('a mask of tones shows the gray of the largest plane', () => {
  const pixel = (...planes: number[]) => [0.7, 0.7, 0.7, ...planes]
  const sample = Float32Array.of(...pixel(0.2, 0.1, -1), ...pixel(-0.9, -0.8, -0.7), ...pixel(-1, 3, 1))
  expect([...maskGrays(sample, { imageChannels: 3, maskChannels: 3, maskCode: 'tones' })]).toEqual([0, 255, 128])
})
