import { expect, test } from 'vitest'
import { activate, passGate } from '../../../../../src/main/backends/loops/activation.ts'
import { turnKernel, writePhase } from '../../../../../src/main/backends/loops/convolution.ts'
import { filteredSize, filterImages, upsampleImages } from '../../../../../src/main/backends/loops/fir.ts'
import { activateCalls, passGateCalls } from '../../../../../src/main/backends/simd/activation-calls.ts'
import { writePhaseCalls } from '../../../../../src/main/backends/simd/copy-pixels-calls.ts'
import { filterCalls, firScratch, upsampleCalls } from '../../../../../src/main/backends/simd/fir-calls.ts'
import { runCalls } from '../../../../../src/main/backends/simd/team.ts'
import { turnKernelCalls } from '../../../../../src/main/backends/simd/turn-kernel-calls.ts'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { SimdMemory } from '../../../../support/engine/simd-host.ts'

// The loops in JavaScript say what is right; they have tests of their own.

const random = new RandomStream(2, 'simd')
const normals = (size: number) => Array.from(random.normals(size))
const zeros = (size: number) => new Array<number>(size).fill(0)

const shapes = [
  { batch: 2, height: 4, width: 6, channels: 4 },
  { batch: 1, height: 5, width: 3, channels: 12 },
  { batch: 3, height: 32, width: 32, channels: 8 } // enough for several threads
]
const filters = shapes.flatMap((shape) =>
  ([1, 2] as const).flatMap((stride) => [1, 2].map((padding) => ({ shape, settings: { stride, padding, gain: 1.5 } })))
)

test.each(filters)('filters as the loops do: %o', ({ shape, settings }) => {
  const memory = new SimdMemory(2)
  const x = memory.place(normals(shape.batch * shape.height * shape.width * shape.channels))
  const size = shape.batch * filteredSize(shape.height, settings) * filteredSize(shape.width, settings) * shape.channels
  const [y, scratch] = [memory.place(zeros(size)), memory.place(zeros(firScratch(shape)))]
  const expected = new Float32Array(size)
  filterImages(x, shape, settings, expected)
  runCalls(memory, filterCalls(addresses({ x, y, scratch }), shape, settings))
  expectClose(y, expected)
})

test.each(shapes)('doubles images as the loops do: %o', (shape) => {
  const memory = new SimdMemory(2)
  const x = memory.place(normals(shape.batch * shape.height * shape.width * shape.channels))
  const [y, scratch] = [memory.place(zeros(4 * x.length)), memory.place(zeros(firScratch(shape)))]
  const expected = new Float32Array(4 * x.length)
  upsampleImages(x, shape, 4, expected)
  runCalls(memory, upsampleCalls(addresses({ x, y, scratch }), shape, 4))
  expectClose(y, expected)
})

test.each([3, 30000])('activates and gates as the loops do, for %i pixels', (pixels) => {
  const [memory, settings, channels] = [new SimdMemory(2), { slope: 0.2, scale: 1.4 }, 8]
  const [x, bias] = [memory.place([0, ...normals(pixels * channels - 1)]), memory.place([0, ...normals(channels - 1)])]
  const [y, dx] = [memory.place(zeros(x.length)), memory.place(zeros(x.length))]
  const expected = new Float32Array(x.length)
  activate(x, bias, settings, expected)
  runCalls(memory, activateCalls(addresses({ x, bias, y }), { pixels, channels }, settings))
  expectClose(y, expected)
  passGate(x, y, settings, expected)
  runCalls(memory, passGateCalls(addresses({ dy: x, y, dx }), x.length, settings))
  expectClose(dx, expected)
})

test('writes pixels into their phase as the loops do', () => {
  const memory = new SimdMemory(2)
  const shape = { batch: 3, height: 7, width: 9, channels: 8 }
  const phase = { step: 2, firstRow: 1, firstColumn: 0, rows: 3, columns: 5 }
  const [source, target] = [memory.place(normals(3 * 15 * 8)), memory.place(zeros(3 * 63 * 8))]
  const expected = new Float32Array(target.length)
  writePhase(source, expected, shape, phase)
  runCalls(memory, writePhaseCalls(addresses({ source, target }), shape, phase))
  expect(target).toEqual(expected)
})

test.each([
  { step: 1, firstRow: 0, firstColumn: 0, taps: 9 },
  { step: 2, firstRow: 0, firstColumn: 1, taps: 2 }
])('turns a kernel as the loops do: %o', ({ taps, ...which }) => {
  const [memory, shape] = [new SimdMemory(1), [3, 3, 8, 12] as const]
  const [filter, turned] = [memory.place(normals(9 * 96)), memory.place(zeros(taps * 96))]
  const expected = new Float32Array(taps * 96)
  turnKernel(filter, shape, which, expected)
  runCalls(memory, [turnKernelCalls(addresses({ filter, turned }), shape, which)])
  expect(turned).toEqual(expected)
})

function addresses<Name extends string>(views: Record<Name, Float32Array>): Record<Name, number> {
  const entries = Object.entries<Float32Array>(views).map(([name, { byteOffset }]) => [name, byteOffset])
  return Object.fromEntries(entries) as Record<Name, number> // the same names
}

/** Vector code sums in another order. */
function expectClose(actual: Float32Array, expected: Float32Array): void {
  const worst = actual.reduce((most, value, i) => Math.max(most, Math.abs(value - (expected[i] ?? NaN))), 0)
  expect(worst).toBeLessThan(1e-5)
}
