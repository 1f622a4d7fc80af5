import { expect, test } from 'vitest'
import { CallList } from '../../../../../src/main/backends/simd/calls.ts'
import { kernelIndex } from '../../../../../src/main/backends/simd/kernels.ts'
import { outerProductsName } from '../../../../../src/main/backends/simd/outer-products.ts'
import { runCalls } from '../../../../../src/main/backends/simd/team.ts'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { SimdMemory } from '../../../../support/engine/simd-host.ts'

const random = new RandomStream(1, 'simd')
const numbers = (size: number) => Array.from({ length: size }, () => Math.round(8 * random.uniform() - 4))

test.each([1, 2, 3, 4].flatMap((rows) => [1, 2].map((vectors) => ({ rows, vectors }))))(
  'adds the products of pixels that step over some, in tiles: %o',
  ({ rows, vectors }) => {
    const [images, lines, columns, tilesA, tilesB] = [2, 3, 2, 2, 3]
    const [wideA, wideB] = [rows * tilesA, 4 * vectors * tilesB]
    const stepsA = [2 * wideA, 11 * wideA, 40 * wideA]
    const stepsB = [wideB, 4 * wideB, 13 * wideB]
    const memory = new SimdMemory(1)
    const [a, b, c] = [
      memory.place(numbers(80 * wideA)),
      memory.place(numbers(26 * wideB)),
      memory.place(numbers(wideA * wideB))
    ]
    const expected = [...c]
    for (let pixel = 0; pixel < images * lines * columns; pixel++) {
      const at = [pixel % columns, Math.floor(pixel / columns) % lines, Math.floor(pixel / (columns * lines))]
      const offset = (steps: number[]) => at.reduce((sum, index, axis) => sum + index * (steps[axis] ?? 0), 0)
      for (let i = 0; i < wideA; i++) {
        for (let j = 0; j < wideB; j++) {
          const product = (a[offset(stepsA) + i] ?? NaN) * (b[offset(stepsB) + j] ?? NaN)
          expected[i * wideB + j] = (expected[i * wideB + j] ?? NaN) + product
        }
      }
    }

    const calls = new CallList()
    const axes = [columns, lines, images].flatMap((count, axis) => [
      count,
      4 * (stepsA[axis] ?? 0),
      4 * (stepsB[axis] ?? 0)
    ])
    const addresses = [a, b, c].map(({ byteOffset }) => byteOffset)
    calls.add(kernelIndex(outerProductsName(rows, vectors)), ...addresses, ...axes, tilesA, tilesB, 4 * wideB)
    runCalls(memory, [calls])
    expect([...c]).toEqual(expected)
  }
)

test('shares many lists among threads, each done once', () => {
  const memory = new SimdMemory(3)
  const [one, two] = [memory.place([1]), memory.place([2, 2, 2, 2])]
  const sums = memory.place(new Array<number>(4 * 100).fill(0))
  for (let round = 1; round <= 50; round++) {
    const lists = Array.from({ length: 100 }, (_, i) => {
      const calls = new CallList()
      const to = sums.byteOffset + 16 * i
      calls.add(
        kernelIndex(outerProductsName(1, 1)),
        one.byteOffset,
        two.byteOffset,
        to,
        1,
        0,
        0,
        1,
        0,
        0,
        1,
        0,
        0,
        1,
        1,
        16
      )
      return calls
    })
    runCalls(memory, [...lists, new CallList()])
    expect(sums.every((sum) => sum === 2 * round)).toBe(true)
  }
})

test('says so when a call leaves the memory', () => {
  const memory = new SimdMemory(1)
  const calls = new CallList()
  calls.add(kernelIndex('copyPixels'), 2 ** 30, 0, 1, 1, 1, 16, 16)
  expect(() => runCalls(memory, [calls])).toThrow('no kernel leaves the memory')
})
