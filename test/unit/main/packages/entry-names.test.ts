import { posix, win32 } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nameProblem, placeOf } from '../../../../src/main/packages/entry-names.ts'

const harmless = ['manifest.json', 'README.txt', 'about.json', 'outlines.coco.json', 'images/a-1.png', 'masks/A_b.png']

test('everything that a package holds has a good name', () => {
  expect(harmless.map(nameProblem)).toEqual(harmless.map(() => undefined))
  expect(harmless.map(placeOf)).toEqual(['manifest', 'readme', 'about', 'outlines', 'image', 'mask'])
})

test('no accepted name leads out of a folder, on any system', () => {
  const piece = fc.constantFrom(
    '..',
    '.',
    '',
    '/',
    '\\',
    'images',
    'masks',
    'C:',
    'nul',
    'a.png',
    'x',
    ' ',
    '\0',
    '~',
    'é'
  )
  const names = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('')),
    fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join('/'))
  )
  fc.assert(
    fc.property(names, (name) => {
      if (nameProblem(name) !== undefined) return
      for (const system of [posix, win32]) {
        const folder = system.resolve('staging')
        expect(system.resolve(folder, name).startsWith(folder + system.sep)).toBe(true)
      }
      expect(name).toMatch(/^[\w.-]+(\/[\w-]+\.png)?$/)
    }),
    { numRuns: 2000 }
  )
})
