import { expect, test } from 'vitest'
import { fileEnding, fileNameOf, formatsFor, stemOf } from '../../../../src/renderer/wizards/share/share-flow.svelte.ts'
import { receivers } from '../../../../src/renderer/text/share.ts'

test('each program gets its own format, and everybody the label images that a package is checked by', () => {
  expect(formatsFor(['cellpose'])).toEqual(['labels', 'cellpose'])
  expect(formatsFor(['coco', 'colleague'])).toEqual(['coco', 'labels'])
  for (const receiver of receivers) expect(formatsFor([receiver])).toContain('labels')
})

test('a file is called as the set is, without blanks', () => {
  expect(fileNameOf(' plate 3  set ')).toBe('plate-3-set')
})

test('a colleague gets a file that opens by a double-click, other programs a plain zip', () => {
  expect(fileEnding(['cellpose', 'colleague'])).toBe('.cytoloom')
  expect(fileEnding(['cellpose'])).toBe('.zip')
  expect(stemOf('plate 3.CytoLoom')).toBe('plate 3')
  expect(stemOf('plate.3.zip')).toBe('plate.3')
})
