import { expect, test } from 'vitest'
import { evenPlaces } from '../../../../src/renderer/components/even-places.ts'

test.each([
  { count: 120, most: 4, places: [0, 30, 60, 90] },
  { count: 10, most: 4, places: [0, 2, 5, 7] },
  { count: 3, most: 4, places: [0, 1, 2] },
  { count: 0, most: 4, places: [] },
  { count: Infinity, most: 4, places: [0, 1, 2, 3] }
])('of $count things, $most at most are from everywhere, and none is there twice', ({ count, most, places }) => {
  expect(evenPlaces(count, most)).toEqual(places)
})
