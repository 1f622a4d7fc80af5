import { describe, expect, test } from 'vitest'
import { findClasses } from '../../../../src/main/datasets/class-from.ts'
import { findGroups } from '../../../../src/main/datasets/group-from.ts'
import { ImportLog } from '../../../../src/main/datasets/import-log.ts'
import { findTimes } from '../../../../src/main/datasets/time-from.ts'
import { smallCells } from '../../../../src/renderer/wizards/images/small-cells.ts'
import {
  groupPieces,
  groupRule,
  kindPiece,
  kindRule,
  piecesOf,
  takenOf,
  timePiece,
  timeRule
} from '../../../../src/renderer/wizards/images/name-pieces.ts'

const names = ['plate 1/HeLa_01_24h.tif', 'plate 1/A549-02 48h.ome.tif', 'odd.tif']
const images = names.map((file) => ({ path: `/x/${file}`, file, folders: [] }))

describe('the pieces of a file name', () => {
  test('are what stands between its separators, without folders and ending', () => {
    expect(piecesOf('plate 1/HeLa_01_24h.tif')).toEqual(['HeLa', '01', '24h'])
    expect(piecesOf('A549-02 48h.ome.tif')).toEqual(['A549', '02', '48h', 'ome'])
  })

  test('are taken by a rule that the import follows in the same way', () => {
    const files = names.slice(0, 2)
    const kinds = findClasses(imagesOf(files), kindRule(0), undefined, new ImportLog())
    expect(kinds).toEqual(files.map((file) => takenOf(kindRule(0), file)))
    expect(kinds).toEqual(['HeLa', 'A549'])
  })

  test('tell the time in the unit that is chosen', () => {
    const log = new ImportLog()
    expect(findTimes(imagesOf(names), timeRule(2, 'hours'), undefined, log)).toEqual([24, 48, undefined])
    expect(findTimes(imagesOf(names), timeRule(2, 'days'), undefined, log)).toEqual([576, 1152, undefined])
    expect(takenOf(timeRule(2, 'days'), 'odd.tif')).toBeUndefined()
  })

  test('are found again in the rule that was kept', () => {
    expect(kindPiece(kindRule(3))).toBe(3)
    expect(timePiece(timeRule(1, 'minutes'))).toEqual({ piece: 1, unit: 'minutes' })
    expect(kindPiece('folder')).toBeUndefined()
    expect(timePiece(undefined)).toBeUndefined()
  })

  test.each([[[1]], [[0, 2]], [[1, 2, 5]]])('%j tell the well, as the import reads it', (pieces) => {
    const files = ['P1-A549_02 48h_c_d_e.tif', 'P2-HeLa_01_24h_c_d_f.tif']
    const sources = files.map((file) => ({ path: `/x/${file}`, file, folders: [] }))
    const taken = files.map((file) => pieces.map((piece) => piecesOf(file)[piece]).join(' '))
    expect(files.map((file) => takenOf(groupRule(pieces), file))).toEqual(taken)
    expect(findGroups(sources, groupRule(pieces), new ImportLog())).toEqual(taken)
    expect(groupPieces(groupRule(pieces.toReversed()))).toEqual(pieces)
    expect(groupPieces('filename:(a){2}')).toEqual([])
  })

  test('give up on a long name made to be slow, before the test runs out of time', () => {
    expect(takenOf(kindRule(11), `${'a_'.repeat(11)}${'a'.repeat(10_000)}`)).toBeUndefined()
  })
})

test('a cell of the matrix is small where nothing can be learned, or its part of the split has others only', () => {
  const row = { name: 'a', of: ['a'], images: 4, cells: 9, train: 3, validation: 1, test: 0, isPoor: false }
  const isSmall = smallCells([row, { ...row, name: 'b', train: 2, validation: 0, isPoor: true }])
  expect(isSmall(row, 'train')).toBe(false)
  expect(isSmall({ ...row, train: 2, isPoor: true }, 'train')).toBe(true)
  expect(isSmall({ ...row, validation: 0 }, 'validation')).toBe(true)
  expect(isSmall(row, 'test')).toBe(false)
  expect(smallCells([{ ...row, train: 0 }])({ ...row, train: 0 }, 'train')).toBe(true)
})

function imagesOf(files: readonly string[]) {
  return images.filter(({ file }) => files.includes(file))
}
