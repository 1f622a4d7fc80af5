import { describe, expect, test } from 'vitest'
import { chosenPictures } from '../../../../../src/renderer/screens/things/picture-order.ts'
import { type ListedPicture } from '../../../../../src/shared/pictures.ts'

function picture(position: number, details: Partial<ListedPicture> = {}): ListedPicture {
  return {
    position,
    name: `${position}.png`,
    class: 'a',
    width: 8,
    height: 8,
    annotated: true,
    cells: 1,
    ...details
  }
}

const pictures = [
  picture(0, { maskFit: 0.9 }),
  picture(1, { flags: ['ragged'], class: 'b' }),
  picture(2, { flags: ['empty'], maskFit: 0.2 }),
  picture(3, { verdict: 'rejected', maskFit: 0.5 })
]
const all = { className: undefined, filter: 'all', order: 'made' } as const

function positions(choice: Partial<Parameters<typeof chosenPictures>[1]>): number[] {
  return chosenPictures(pictures, { ...all, ...choice }).map(({ position }) => position)
}

describe('The pictures of a gallery', () => {
  test('come as they were made, of one class where that is wanted', () => {
    expect(positions({})).toEqual([0, 1, 2, 3])
    expect(positions({ className: 'b' })).toEqual([1])
  })

  test('are those with flags, or those that were rejected', () => {
    expect(positions({ filter: 'flagged' })).toEqual([1, 2])
    expect(positions({ filter: 'rejected' })).toEqual([3])
  })

  test('come with the most suspicious first: what is useless before what may only be odd', () => {
    expect(positions({ order: 'suspicion' })).toEqual([2, 1, 3, 0])
  })

  test('come with the worst mask fit first, last those of which nobody can say', () => {
    expect(positions({ order: 'fit' })).toEqual([2, 3, 0, 1])
  })
})
