import { expect, test } from 'vitest'
import { readUnstatedNames } from '../../../../../src/main/files/zip/names.ts'

/** Names as bytes, which the standard would read one by one. */
function names(...raw: readonly (Buffer | string)[]): string[] {
  return readUnstatedNames(
    raw.map((bytes) => ({ raw: Buffer.from(bytes), standard: Buffer.from(bytes).toString('latin1') }))
  )
}

const saibou = Buffer.from([0x8d, 0xd7, 0x96, 0x45]) // 細胞, cells
const hyou = Buffer.from([0x95, 0x5c]) // 表, whose second byte is a backslash

test('names that are UTF-8 are read as such though nothing says so, as macOS writes them', () => {
  expect(names('Größe 1.png', '細胞/a.png', 'plain.png')).toEqual(['Größe 1.png', '細胞/a.png', 'plain.png'])
})

test('names in Shift-JIS are read as Japanese, with a backslash inside a character', () => {
  const picture = Buffer.concat([saibou, Buffer.from('1.png')])
  const table = Buffer.concat([saibou, hyou, Buffer.from('.csv')])
  expect(names(picture, table, 'a.png')).toEqual(['細胞1.png', '細胞表.csv', 'a.png'])
})

test.each([
  ['Höhe', Buffer.from([0x48, 0x94, 0x68, 0x65])],
  ['Müller', Buffer.from([0x4d, 0x81, 0x6c, 0x6c, 0x65, 0x72])],
  ['niño', Buffer.from([0x6e, 0x69, 0xa4, 0x6f])]
])('the bytes of %s are not taken for Japanese', (_, raw) => {
  expect(names(raw)).toEqual([raw.toString('latin1')])
})

test('one name that is neither makes all of them what the standard says', () => {
  const broken = Buffer.from([0x61, 0xff])
  expect(names(saibou, broken)).toEqual([saibou.toString('latin1'), broken.toString('latin1')])
})
