import { expect, test } from 'vitest'
import {
  addTo,
  layColumns,
  rowsFirst,
  tapCount,
  turnKernel,
  writePhase
} from '../../../../../../src/main/engine/backends/loops/convolution.ts'

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

test('lays the columns of an image under each column of the kernel, zeros outside', () => {
  const laid = new Float32Array(4 * 3 * 3).fill(7)
  const reading = { kernelWidth: 3, stride: 1, padTop: 1, padLeft: 1, rows: 4, firstRow: 0, columns: 2, across: 3 }
  layColumns(counted(4), { batch: 1, height: 2, width: 2, channels: 1 }, reading, laid)
  const outside = new Array<number>(9).fill(0)
  expect([...laid]).toEqual([...outside, 0, 1, 0, 1, 2, 0, 2, 0, 0, 0, 3, 0, 3, 4, 0, 4, 0, 0, ...outside])
})

test('puts some rows of all images side by side', () => {
  const y = new Float32Array(5).fill(7)
  rowsFirst(counted(12), { batch: 2, height: 3, width: 2, channels: 1 }, { first: 1, across: 5 }, y)
  expect([...y]).toEqual([3, 4, 9, 10, 0])
})

test('adds in place', () => {
  const sums = Float32Array.of(1, 2)
  addTo(sums, Float32Array.of(10, 20))
  expect([...sums]).toEqual([11, 22])
})
