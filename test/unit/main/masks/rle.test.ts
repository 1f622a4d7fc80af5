import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { AppError } from '../../../../src/shared/errors.ts'
import {
  forEachRun,
  paintRle,
  rleArea,
  rleBox,
  rleFromCounts,
  rleFromLabel,
  rleFromPixels,
  rleIntersection,
  rleUnion,
  scaleRle,
  type Rle
} from '../../../../src/main/masks/rle.ts'
import { decodeCounts, encodeCounts, rleFromString } from '../../../../src/main/masks/rle-string.ts'
import { goldenPath, hasSharedData, withoutSharedData } from '../../../support/shared-data.ts'

const height = 7
const width = 9
const mask = fc.array(fc.constantFrom(0, 0, 1), { minLength: height * width, maxLength: height * width })

function pixelsOf(rle: Rle): number[] {
  const pixels = new Uint8Array(rle.height * rle.width)
  paintRle(rle, pixels, 1)
  return [...pixels]
}

describe('run lengths', () => {
  test('hold any mask without loss', () => {
    fc.assert(
      fc.property(mask, (m) => {
        expect(pixelsOf(rleFromPixels(m, height, width))).toEqual(m)
      })
    )
  })

  test('alternate, begin outside and add up to the image', () => {
    fc.assert(
      fc.property(mask, (m) => {
        const { counts } = rleFromPixels(m, height, width)
        expect([...counts].reduce((sum, run) => sum + run, 0)).toBe(height * width)
        expect(counts.slice(1).every((run) => run > 0)).toBe(true)
      })
    )
  })

  test('survive the compressed string', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1_000_000_000), { maxLength: 30 }), (counts) => {
        expect([...decodeCounts(encodeCounts(counts))]).toEqual(counts)
      })
    )
  })

  test('give area, box, intersection and union as pixels do', () => {
    fc.assert(
      fc.property(mask, mask, (m, n) => {
        const [a, b] = [rleFromPixels(m, height, width), rleFromPixels(n, height, width)]
        expect(rleArea(a)).toBe(m.reduce<number>((sum, value) => sum + value, 0))
        expect(rleIntersection(a, b)).toBe(m.filter((value, i) => value === 1 && n[i] === 1).length)
        expect(pixelsOf(rleUnion([a, b]))).toEqual(m.map((value, i) => Math.max(value, n[i] ?? 0)))
        const columns = m.flatMap((value, i) => (value === 1 ? [i % width] : []))
        const rows = m.flatMap((value, i) => (value === 1 ? [Math.floor(i / width)] : []))
        const box = rleBox(a)
        if (columns.length > 0) {
          expect([box.x, box.y]).toEqual([Math.min(...columns), Math.min(...rows)])
          expect([box.x + box.width, box.y + box.height]).toEqual([Math.max(...columns) + 1, Math.max(...rows) + 1])
        }
      })
    )
  })

  test('come from all labels of an image at once', () => {
    const labels = fc.array(fc.nat(3), { minLength: height * width, maxLength: height * width })
    fc.assert(
      fc.property(labels, (image) => {
        const repainted = new Uint8Array(image.length)
        for (const [id, rle] of rleFromLabel(image, width, height)) {
          expect(rle).toEqual(
            rleFromPixels(
              image.map((value) => Number(value === id)),
              height,
              width
            )
          )
          paintRle(rle, repainted, id)
        }
        expect([...repainted]).toEqual(image)
      })
    )
  })

  test('are cut at the column ends when visited', () => {
    const visited: number[][] = []
    forEachRun(rleFromCounts([2, 5, 2], 3, 3), (...run) => visited.push(run))
    expect(visited).toEqual([
      [0, 2, 3],
      [1, 0, 3],
      [2, 0, 1]
    ])
  })

  test('scale by the nearest pixel centre', () => {
    fc.assert(
      fc.property(mask, fc.constantFrom(0.3, 0.5, 0.75, 1, 1.6, 2), (m, factor) => {
        const scaled = scaleRle(rleFromPixels(m, height, width), factor)
        const expected = []
        for (let y = 0; y < scaled.height; y++) {
          for (let x = 0; x < scaled.width; x++) {
            const row = Math.floor(((2 * y + 1) * height) / (2 * scaled.height))
            const column = Math.floor(((2 * x + 1) * width) / (2 * scaled.width))
            expected.push(m[row * width + column])
          }
        }
        expect(pixelsOf(scaled)).toEqual(expected)
      })
    )
  })

  test.each(['k', '0!', 'zzzzzzzzz0', '5O'])('of the malformed string %s are refused', (text) => {
    expect(() => rleFromString(text, 8, 10)).toThrow(AppError)
  })

  test('that do not add up to the image are refused', () => {
    expect(() => rleFromCounts([3, 4], 8, 10)).toThrow('covers 7 pixels')
    expect(() => rleFromCounts([-3, 83], 8, 10)).toThrow(AppError)
  })
})

describe.skipIf(!hasSharedData)(`run lengths against pycocotools 2.0.11${withoutSharedData}`, () => {
  interface Vector {
    size: [number, number]
    counts: number[]
    compressed: string
    area: number
    bbox: [number, number, number, number]
  }
  const read = () =>
    JSON.parse(readFileSync(goldenPath('coco', 'rle-vectors.json'), 'utf8')) as { uncompressed: Vector[] }

  test('have the same string, area and box', () => {
    for (const { size, counts, compressed, area, bbox } of read().uncompressed) {
      const rle = rleFromCounts(counts, ...size)
      expect(encodeCounts(counts)).toBe(compressed)
      expect([...rleFromString(compressed, ...size).counts]).toEqual(counts)
      expect(rleArea(rle)).toBe(area)
      expect(Object.values(rleBox(rle))).toEqual(bbox)
    }
  })
})
