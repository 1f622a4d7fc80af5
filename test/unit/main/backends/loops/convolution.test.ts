import { expect, test } from 'vitest'
import { addTo, tapCount, turnKernel, writePhase } from '../../../../../src/main/backends/loops/convolution.ts'

const counted = (size: number) => Float32Array.from({ length: size }, (_, i) => i + 1)

test('counts the taps of each phase', () => {
  expect([tapCount(3, 0, 2), tapCount(3, 1, 2), tapCount(1, 1, 2), tapCount(3, 0, 1)]).toEqual([2, 1, 0, 3])
})

test('turns a kernel by 180° and exchanges its channels', () => {
  const turned = new Float32Array(8)
  turnKernel(counted(8), [2, 1, 2, 2], { step: 1, firstRow: 0, firstColumn: 0 }, turned)
  expect([...turned]).toEqual([5, 7, 6, 8, 1, 3, 2, 4])
})

test('takes every second tap of a kernel', () => {
  const turned = new Float32Array(4)
  turnKernel(counted(9), [3, 3, 1, 1], { step: 2, firstRow: 0, firstColumn: 0 }, turned)
  expect([...turned]).toEqual([9, 7, 3, 1])
})

test('writes pixels into their phase and leaves the others', () => {
  const images = new Float32Array(9)
  const phase = { step: 2, firstRow: 0, firstColumn: 1, rows: 2, columns: 1 }
  writePhase(Float32Array.of(5, 6), images, { batch: 1, height: 3, width: 3, channels: 1 }, phase)
  expect([...images]).toEqual([0, 5, 0, 0, 0, 0, 0, 6, 0])
})

test('adds in place', () => {
  const sums = Float32Array.of(1, 2)
  addTo(sums, Float32Array.of(10, 20))
  expect([...sums]).toEqual([11, 22])
})
