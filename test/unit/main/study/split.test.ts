import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { splitByGroup } from '../../../../src/main/study/split.ts'

const image = (className: string, group: string) => ({ class: className, group })

describe('splitting images', () => {
  test('keeps the shares in each class', () => {
    const images = ['A', 'B'].flatMap((name) => Array.from({ length: 10 }, (_, i) => image(name, `${name}${i}`)))
    const splits = splitByGroup(images, [0.8, 0.1, 0.1], 1)
    for (const name of ['A', 'B']) {
      const own = splits.filter((_, i) => images[i]?.class === name)
      expect(own.filter((split) => split === 'train')).toHaveLength(8)
      expect(own.filter((split) => split === 'validation')).toHaveLength(1)
      expect(own.filter((split) => split === 'test')).toHaveLength(1)
    }
  })

  test('never parts the crops of one frame', () => {
    const arbitrary = fc.array(
      fc.record({ class: fc.constantFrom('A', 'B'), group: fc.constantFrom('1', '2', '3', '4') })
    )
    fc.assert(
      fc.property(arbitrary, fc.nat(), (images, seed) => {
        const splits = splitByGroup(images, [0.6, 0.2, 0.2], seed)
        const seen = new Map<string, string>()
        for (const [i, { class: className, group }] of images.entries()) {
          const key = `${className}/${group}`
          const known = seen.get(key) ?? splits[i]
          expect(splits[i]).toBe(known)
          seen.set(key, known ?? '')
        }
      })
    )
  })

  test('gives a class with one image to training', () => {
    expect(splitByGroup([image('rare', 'only')], [0.1, 0.1, 0.8], 5)).toEqual(['train'])
  })

  test('keeps every class trainable that has images enough, and no frame is parted for it', () => {
    const arbitrary = fc.array(fc.record({ class: fc.constantFrom('A', 'B'), group: fc.nat(6).map(String) }))
    fc.assert(
      fc.property(arbitrary, fc.nat(), (images, seed) => {
        const splits = splitByGroup(images, [0.2, 0.4, 0.4], seed)
        for (const name of ['A', 'B']) {
          const own = images.flatMap((each, i) => (each.class === name ? [splits[i]] : []))
          const training = own.filter((split) => split === 'train').length
          expect(training).toBeGreaterThanOrEqual(Math.min(3, own.length))
        }
      })
    )
  })

  test('trains on nothing where nothing is asked for', () => {
    const images = Array.from({ length: 6 }, (_, i) => image('A', `g${i}`))
    expect(splitByGroup(images, [0, 0.5, 0.5], 1)).not.toContain('train')
  })

  test('is the same for the same seed, whatever the order of the images', () => {
    const images = Array.from({ length: 20 }, (_, i) => image('A', `g${i}`))
    const forward = splitByGroup(images, [0.5, 0.25, 0.25], 9)
    const backward = splitByGroup([...images].reverse(), [0.5, 0.25, 0.25], 9)
    expect([...backward].reverse()).toEqual(forward)
    expect(splitByGroup(images, [0.5, 0.25, 0.25], 10)).not.toEqual(forward)
  })
})
