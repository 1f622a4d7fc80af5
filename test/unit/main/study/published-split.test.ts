import { describe, expect, test } from 'vitest'
import { publishedSplit } from '../../../../src/main/study/published-split.ts'

const shares = [0.8, 0.1, 0.1] as const

/** Images of one class, each its own frame, with these splits. */
function images(splits: readonly (string | undefined)[]) {
  return splits.map((split, i) => ({ class: 'a', group: `frame ${i}`, split }))
}

function times(count: number, split: string | undefined): (string | undefined)[] {
  return Array.from({ length: count }, () => split)
}

describe('a split that came with the images', () => {
  test('is kept as it is where it has all kinds; an image without one trains', () => {
    const given = ['test', 'train', 'validation', undefined, 'test', 'train']
    expect(publishedSplit(images(given), shares, 0)).toEqual(['test', 'train', 'validation', 'train', 'test', 'train'])
  })

  test('gets the kind that it leaves out from its training images, and none of its test', () => {
    const given = [...times(90, 'train'), ...times(30, 'test')]
    const split = publishedSplit(images(given), shares, 0) ?? []
    expect(split.slice(90)).toEqual(times(30, 'test'))
    expect(split.slice(0, 90).filter((kind) => kind === 'validation')).toHaveLength(10)
    expect(split.slice(0, 90).filter((kind) => kind === 'test')).toEqual([])
    expect(publishedSplit(images(given), shares, 0)).toEqual(split)
    expect(publishedSplit(images(given), [0.9, 0, 0.1], 0)?.slice(0, 90)).toEqual(times(90, 'train'))
  })

  test('keeps crops of one frame together when it is completed', () => {
    const crops = images([...times(60, 'train'), ...times(8, 'test')]).map((image, i) => ({
      ...image,
      group: `frame ${Math.floor(i / 4)}`
    }))
    const split = publishedSplit(crops, shares, 3) ?? []
    for (let i = 0; i < 60; i += 4) expect(new Set(split.slice(i, i + 4)).size).toBe(1)
    expect(split).toContain('validation')
  })

  test('is none where all images are of one kind, as when only a training file was taken in', () => {
    expect(publishedSplit(images(times(9, 'train')), shares, 0)).toBeUndefined()
    expect(publishedSplit(images(times(9, undefined)), shares, 0)).toBeUndefined()
  })
})
