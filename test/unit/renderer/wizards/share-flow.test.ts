import { expect, test } from 'vitest'
import { fileNameOf, formatsFor } from '../../../../src/renderer/wizards/share/share-flow.svelte.ts'
import { receivers } from '../../../../src/renderer/text/share.ts'

test('each program gets its own format, and everybody the label images that a package is checked by', () => {
  expect(formatsFor(['cellpose'])).toEqual(['labels', 'cellpose'])
  expect(formatsFor(['coco', 'colleague'])).toEqual(['coco', 'labels'])
  for (const receiver of receivers) expect(formatsFor([receiver])).toContain('labels')
})

test('a file is called as the set is, without blanks', () => {
  expect(fileNameOf(' plate 3  set ')).toBe('plate-3-set')
})
