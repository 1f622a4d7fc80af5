import { expect, test } from 'vitest'
import { columnsOf } from '../../../../../src/renderer/screens/live/moments.ts'

const at = (seconds: number) => ({ iteration: seconds * 10, seconds })

test('columns are the first moments at or after the marks of the clock, without the newest, which has its own', () => {
  expect(columnsOf([at(0), at(10), at(22), at(31), at(64), at(90)])).toEqual([at(10), at(31), at(64)])
  expect(columnsOf([at(0)])).toEqual([])
})

test('a long run has no more columns than fit, from its whole length', () => {
  const moments = Array.from({ length: 400 }, (_, i) => at(10 + i * 600))
  const columns = columnsOf(moments)
  expect(columns).toHaveLength(6)
  expect(columns[0]).toEqual(at(10))
  expect(columns.at(-1)?.seconds).toBeGreaterThan(100_000)
})
