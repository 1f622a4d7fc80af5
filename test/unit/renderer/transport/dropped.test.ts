import { expect, test } from 'vitest'
import { placeOfDrop } from '../../../../src/renderer/transport/dropped.ts'

test('a dropped folder, a single file and several things each have one place', () => {
  expect(placeOfDrop('/w/.dropped/a', ['plate/1.png', 'plate/deep/2.png'])).toBe('/w/.dropped/a/plate')
  expect(placeOfDrop('/w/.dropped/a', ['plate.zip'])).toBe('/w/.dropped/a/plate.zip')
  expect(placeOfDrop('/w/.dropped/a', ['1.png', '2.png'])).toBe('/w/.dropped/a')
  expect(placeOfDrop('C:\\w\\.dropped\\a', ['plate/1.png'])).toBe('C:\\w\\.dropped\\a\\plate')
})
