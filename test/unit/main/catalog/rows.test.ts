import { expect, test } from 'vitest'
import { z } from 'zod'
import { jsonColumn, parseRow } from '../../../../src/main/catalog/rows.ts'

const Row = z.object({
  name: z.string(),
  time: z.number().optional(),
  tags: jsonColumn(z.array(z.int()))
})

test('NULL columns are absent, and JSON columns are what they hold', () => {
  expect(parseRow(Row, { name: 'a', time: null, tags: '[1,2]' })).toStrictEqual({
    name: 'a',
    tags: [1, 2]
  })
})

test('a row that is not what the schema says is not passed on', () => {
  const good = { name: 'a', tags: '[]' }
  expect(() => parseRow(Row, { ...good, name: null })).toThrow()
  expect(() => parseRow(Row, { ...good, tags: '["x"]' })).toThrow()
})
