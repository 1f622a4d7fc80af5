import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  dot,
  makeReflector,
  multiplyTransposed,
  reflect,
  triangularFactor
} from '../../../../../src/main/engine/metrics/matrix.ts'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { worstExcess } from '../../../../support/golden-case.ts'

function randomMatrix(rows: number, columns: number, seed: number) {
  return { rows, columns, data: Float64Array.from(new RandomStream(seed).normals(rows * columns)) }
}
const size = fc.integer({ min: 1, max: 9 })

test('multiplies matrices of any size, odd ones too', () => {
  fc.assert(
    fc.property(size, size, size, fc.integer(), (rows, others, columns, seed) => {
      const [a, b] = [randomMatrix(rows, columns, seed), randomMatrix(others, columns, seed + 1)]
      const row = (m: typeof a, i: number) => m.data.subarray(i * columns, (i + 1) * columns)
      const expected = Array.from({ length: rows * others }, (_, k) =>
        dot(row(a, Math.floor(k / others)), row(b, k % others))
      )
      expect(
        worstExcess(multiplyTransposed(a, b).data, expected, { relative: 0, absolute: 1e-12 })
      ).toBeLessThanOrEqual(0)
    })
  )
})

test('finds a triangular factor with the same products of columns', () => {
  fc.assert(
    fc.property(size, fc.integer({ min: 0, max: 5 }), fc.integer(), (columns, more, seed) => {
      const a = randomMatrix(columns + more, columns, seed)
      const r = triangularFactor(a).data
      for (let i = 0; i < columns; i++) {
        for (let j = 0; j < columns; j++) {
          if (j < i) expect(r[i * columns + j]).toBe(0)
          const column = (data: Float64Array, k: number) => data.filter((_, index) => index % columns === k)
          const difference = dot(column(r, i), column(r, j)) - dot(column(a.data, i), column(a.data, j))
          expect(Math.abs(difference)).toBeLessThan(1e-12)
        }
      }
    })
  )
})

test('reflects any vector onto the first axis', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 6 }), (values) => {
      const reflector = Float64Array.from(values)
      const image = Float64Array.from(values)
      const first = makeReflector(reflector)
      reflect(image, reflector)
      const expected = values.map((_, i) => (i === 0 ? first : 0))
      const absolute = 1e-14 * Math.hypot(...values) + 2 * Number.MIN_VALUE
      expect(worstExcess(image, expected, { relative: 0, absolute })).toBeLessThanOrEqual(0)
    })
  )
})
