import { describe, expect, test } from 'vitest'
import { Name } from '../../../src/shared/datasets.ts'
import { plainJson, plainLine, plainly, plainText } from '../../../src/shared/plain-text.ts'

/** Escape sequences, line ends of every standard, marks of direction, half a character. */
const unseen = [
  '\u001b[2J',
  '\u009b2J',
  '\n',
  '\r',
  '\u0085',
  '\u2028',
  '\u2029',
  '\u202e',
  '\u2066',
  '\u200f',
  '\ufeff',
  '\ud83d'
]

describe('text of strangers', () => {
  test.each(unseen)('becomes one line that shows all of itself: %j', (text) => {
    expect(plainLine(`a${text}b`)).toMatch(/^a�.*b$/)
    expect(plainLine(`a${text}b`)).not.toContain(text)
    expect(plainText(`a${text}b`).includes(text)).toBe(text === '\n')
    expect(plainJson({ a: text })).toMatch(/^[\x20-\x7e]*$/)
    expect(JSON.parse(plainJson({ [text]: text }))).toEqual({ [text]: text })
  })

  test.each(['Zellen 🔬 & co', 'קבוצה', '細胞', 'Plate "3"', 'a\u200db'])(
    'is left as it is where it can be seen: %s',
    (text) => {
      expect(plainLine(text)).toBe(text)
      expect(JSON.parse(plainJson(text))).toBe(text)
    }
  )

  test('is found wherever it is in a value, and other values stay', () => {
    const date = new Date(0)
    expect(plainly({ note: 'x\ny\r', a: ['x\ny', 3, null], 'k\n': { b: 'z\u001b' }, date })).toEqual({
      note: 'x\ny�',
      a: ['x�y', 3, null],
      'k�': { b: 'z�' },
      date
    })
  })
})

describe('names', () => {
  test.each(unseen)('with characters that are not seen are refused: %j', (text) => {
    expect(Name.safeParse(`plate${text}3`).success).toBe(false)
  })

  test('that a terminal takes for options are refused', () => {
    expect(Name.safeParse('--empty').success).toBe(false)
    expect(Name.safeParse('plate-3').success).toBe(true)
  })
})
