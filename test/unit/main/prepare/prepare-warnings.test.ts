import { describe, expect, test } from 'vitest'
import { warningsOn } from '../../../../src/main/prepare/prepare-warnings.ts'
import type { PreparedImage } from '../../../../src/shared/masks.ts'

interface Given {
  readonly class?: string
  readonly split?: PreparedImage['split']
  readonly painted?: number
  readonly isFlat?: boolean
}

/** What is said of a set of such images. */
function said(given: readonly Given[]): string[] {
  const images = given.map((image, i): PreparedImage => {
    const counts = {
      images: 1,
      cells: 9,
      removedByCover: 0,
      droppedByCap: 0,
      painted: image.painted ?? 9,
      labelsNeeded: 2
    }
    const size = { width: 32, height: 32 }
    return {
      file: `${i}.png`,
      source: `source ${i}`,
      ...size,
      class: image.class ?? 'a',
      split: image.split ?? 'train',
      counts
    }
  })
  const outcomes = given.map(({ isFlat = false }) => ({ isFlat, vanished: 0 }))
  return warningsOn(images, outcomes).map(({ reason }) => reason)
}

const many = (image: Given, count: number): Given[] => new Array<Given>(count).fill(image)

describe('what is said of a prepared set', () => {
  test('is nothing where all is well', () => {
    expect(said([...many({}, 30), { painted: 0 }])).toEqual([])
  })

  test('names pictures of a single gray', () => {
    expect(said([...many({}, 3), { isFlat: true }])).toEqual([
      '1 of 4 pictures is of a single gray, where no cell can be seen: source 3.'
    ])
    expect(said(many({ isFlat: true }, 7))[0]).toMatch(
      /^7 of 7 pictures are of a single gray, .*: source 0, .*source 4 and others\.$/
    )
  })

  test('names a set without cells, and one with few', () => {
    expect(said(many({ painted: 0 }, 4))[0]).toMatch(/^No mask shows a cell/)
    expect(said([...many({ painted: 0 }, 999), ...many({}, 3)])[0]).toMatch(/^999 of 1002 masks show no cell/)
  })

  test('names every class that cannot be trained, with ways on', () => {
    const [warning] = said([
      ...many({}, 3),
      ...many({ class: 'b' }, 2),
      ...many({ class: 'b', split: 'test' }, 5),
      ...many({ class: 'c' }, 1)
    ])
    expect(warning).toContain('"b" (2 of 7 images), "c" (1 of 1 images)')
    expect(warning).toContain('merge all classes into one')
  })

  test('names a class whose training masks show no cell', () => {
    expect(said([...many({}, 60), ...many({ class: 'empty', painted: 0 }, 3)])).toEqual([
      expect.stringContaining('"empty" (no cell in its training masks)')
    ])
  })
})
