import { expect, test } from 'vitest'
import { activate, passGate, sumMiddle } from '../../../../../src/main/backends/loops/activation.ts'

const settings = { slope: 0.25, scale: 2 }

test('adds the bias of the channel before it bends at zero', () => {
  const y = new Float32Array(4)
  activate(Float32Array.of(1, 1, -3, -3), Float32Array.of(1, -2), settings, y)
  expect([...y]).toEqual([4, -0.5, -1, -2.5])
})

test('lets a derivative through whole above zero and in part below', () => {
  const dx = new Float32Array(3)
  passGate(Float32Array.of(1, 2, 3), Float32Array.of(5, -5, 0), settings, dx)
  expect([...dx]).toEqual([2, 1, 1.5])
})

test('sums over the middle axis alone', () => {
  const sums = new Float32Array(4)
  sumMiddle(Float32Array.of(1, 2, 3, 4, 5, 6, 10, 20, 30, 40, 50, 60), [2, 3, 2], sums)
  expect([...sums]).toEqual([9, 12, 90, 120])
})

test('keeps the digits of a long sum', () => {
  const sums = new Float32Array(1)
  sumMiddle(new Float32Array(3_000_000).fill(0.1), [1, 3_000_000, 1], sums)
  expect(sums[0]).toBeCloseTo(300_000, 0) // in single precision throughout it would be 5,000 off
})
