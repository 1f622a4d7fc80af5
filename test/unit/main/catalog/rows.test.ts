import { expect, test } from 'vitest'
import { z } from 'zod'
import { flagColumn, jsonColumn, parseRow, toJson } from '../../../../src/main/catalog/rows.ts'

const Row = z.object({
  name: z.string(),
  time: z.number().optional(),
  done: flagColumn,
  tags: jsonColumn(z.array(z.int()))
})

test('NULL columns are absent, flags are truth values and JSON columns are what they hold', () => {
  expect(parseRow(Row, { name: 'a', time: null, done: 1, tags: '[1,2]' })).toStrictEqual({
    name: 'a',
    done: true,
    tags: [1, 2]
  })
})

test('a row that is not what the schema says is not passed on', () => {
  const good = { name: 'a', done: 0, tags: '[]' }
  expect(() => parseRow(Row, { ...good, name: null })).toThrow()
  expect(() => parseRow(Row, { ...good, done: 2 })).toThrow()
  expect(() => parseRow(Row, { ...good, tags: '["x"]' })).toThrow()
})

test('what is absent is stored as NULL, and everything else as text', () => {
  expect([toJson(undefined), toJson(null), toJson({ a: 1 })]).toEqual([null, 'null', '{"a":1}'])
})
