import { expect, test } from 'vitest'
import { narrowToFloat16, widenFloat16 } from '../../../src/shared/float16.ts'

test('brings every one of the 65536 halves through 32 bits and back', () => {
  const halves = Uint16Array.from({ length: 65536 }, (_, i) => i)
  const back = narrowToFloat16(widenFloat16(halves))
  const isNan = (half: number) => (half & 0x7fff) > 0x7c00
  const changed = halves.filter((half, i) => (isNan(half) ? !isNan(back[i] ?? 0) : back[i] !== half))
  expect([...changed]).toEqual([])
})

test('knows the values of IEEE 754', () => {
  const values = widenFloat16(Uint16Array.of(0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400, 0x3555, 0xfc00))
  expect([...values]).toEqual([1, -2, 65504, 2 ** -24, 2 ** -14, 0.333251953125, -Infinity])
})

test('rounds to the nearest half and ties to even', () => {
  const floats = Float32Array.of(1 + 2 ** -11, 1 + 3 * 2 ** -11, 65519, 65520, 2 ** -25, 3 * 2 ** -25, -1e-9)
  expect([...narrowToFloat16(floats)]).toEqual([0x3c00, 0x3c02, 0x7bff, 0x7c00, 0, 2, 0x8000])
})
