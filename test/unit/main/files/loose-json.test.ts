import { describe, expect, test } from 'vitest'
import { decodeText, parseLooseJson } from '../../../../src/main/files/loose-json.ts'

describe('JSON as programs write it', () => {
  test('has null for NaN and Infinity, and not inside of texts', () => {
    const text = '{"a": NaN, "b": [-Infinity, Infinity, 1], "NaN": "is NaN, or \\"-Infinity\\""}'
    expect(parseLooseJson(text)).toEqual({ a: null, b: [null, null, 1], NaN: 'is NaN, or "-Infinity"' })
  })

  test('keeps the digits of long whole numbers, and leaves other numbers as they are', () => {
    const text =
      '{"id": 9007199254740993001, "x": 23.300000000000004, "n": 123456789012345, "t": "\\": 9007199254740993001,"}'
    expect(parseLooseJson(text)).toEqual({
      id: '9007199254740993001',
      x: 23.300000000000004,
      n: 123456789012345,
      t: '": 9007199254740993001,'
    })
  })

  test('is refused where it is damaged', () => {
    expect(() => parseLooseJson('{"a": NaN')).toThrow(SyntaxError)
    expect(() => parseLooseJson('{"a": NaNs}')).toThrow(SyntaxError)
  })

  test.each([
    ['UTF-8', Buffer.from('{"ä": 1}')],
    ['UTF-8 with a mark', Buffer.from('\uFEFF{"ä": 1}')],
    ['UTF-16', Buffer.from('{"ä": 1}', 'utf16le')],
    ['UTF-16 with a mark', Buffer.from('\uFEFF{"ä": 1}', 'utf16le')],
    ['UTF-16 the other way round', Buffer.from('\uFEFF{"ä": 1}', 'utf16le').swap16()]
  ])('in %s is the same text', (_, bytes) => {
    expect(decodeText(bytes)).toBe('{"ä": 1}')
  })
})
