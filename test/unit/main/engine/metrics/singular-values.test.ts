import { expect, test } from 'vitest'
import { multiplyTransposed } from '../../../../../src/main/engine/metrics/matrix.ts'
import { singularValues } from '../../../../../src/main/engine/metrics/singular-values.ts'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { worstExcess } from '../../../../support/golden-case.ts'

const matrix = (rows: number, columns: number, data: number[]) => ({ rows, columns, data: Float64Array.from(data) })
const near = { relative: 0, absolute: 1e-13 }

test.each([
  ['a diagonal', matrix(3, 3, [0, 0, -4, 0, 2, 0, 1, 0, 0]), [4, 2, 1]],
  ['zeros', matrix(2, 3, [0, 0, 0, 0, 0, 0]), [0, 0]],
  ['one number', matrix(1, 1, [-3]), [3]],
  ['a row', matrix(1, 3, [2, 3, 6]), [7]],
  ['equal rows', matrix(3, 2, [3, 4, 3, 4, 3, 4]), [5 * Math.sqrt(3), 0]],
  ['a shear', matrix(2, 2, [1, 1, 0, 1]), [(Math.sqrt(5) + 1) / 2, (Math.sqrt(5) - 1) / 2]],
  ['ones', matrix(4, 4, Array<number>(16).fill(1)), [4, 0, 0, 0]]
])('are known for %s', (_, a, expected) => {
  expect(worstExcess(singularValues(a), expected, near)).toBeLessThanOrEqual(0)
})

test('have the sum of squares of the entries, and those of the transpose', () => {
  for (const [rows, columns] of [
    [7, 5],
    [5, 7],
    [40, 40],
    [33, 2]
  ] as const) {
    const data = [...new RandomStream(rows).normals(rows * columns)]
    const values = singularValues(matrix(rows, columns, data))
    const squares = (numbers: Iterable<number>) => [...numbers].reduce((sum, value) => sum + value * value, 0)
    expect(Math.abs(squares(values) / squares(data) - 1)).toBeLessThan(1e-13)
    const flipped = Array.from(data.keys(), (k) => data[(k % rows) * columns + Math.floor(k / rows)] ?? NaN)
    expect(worstExcess(values, singularValues(matrix(columns, rows, flipped)), near)).toBeLessThanOrEqual(0)
  }
})

test('are zero to the last digits where rows repeat, however many do', () => {
  const few = matrix(3, 50, [...new RandomStream(2).normals(150)])
  const repeated = { rows: 60, columns: 50, data: new Float64Array(3000) }
  for (let i = 0; i < 60; i++) repeated.data.set(few.data.subarray((i % 3) * 50, ((i % 3) + 1) * 50), i * 50)
  const values = singularValues(repeated)
  const expected = singularValues(few).map((value) => value * Math.sqrt(20))
  const padded = Float64Array.from(values, (_, i) => expected[i] ?? 0)
  expect(worstExcess(values, padded, { relative: 0, absolute: 1e-12 })).toBeLessThanOrEqual(0)
})

test('leave their matrix as it was', () => {
  const a = matrix(3, 2, [1, 2, 3, 4, 5, 6])
  singularValues(a)
  expect([...a.data]).toEqual([1, 2, 3, 4, 5, 6])
  expect(multiplyTransposed(a, a).rows).toBe(3)
})
