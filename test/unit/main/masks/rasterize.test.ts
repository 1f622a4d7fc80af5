import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { rasterizeRings } from '../../../../src/main/masks/rasterize.ts'
import { encodeCounts } from '../../../../src/main/masks/rle-string.ts'
import { rleArea, rleBox } from '../../../../src/main/masks/rle.ts'
import { dataPath, goldenPath, hasSharedData, withoutSharedData } from '../../../support/shared-data.ts'

describe('a polygon', () => {
  test('covers the pixels whose centres it encloses', () => {
    expect([...rasterizeRings([[2, 1, 6, 1, 6, 4, 2, 4]], 8, 10).counts]).toEqual([17, 3, 5, 3, 5, 3, 5, 3, 36])
  })

  test('that crosses itself is filled even-odd', () => {
    expect(encodeCounts(rasterizeRings([[1, 1, 8, 6, 8, 1, 1, 6]], 8, 10).counts)).toBe('954N2N90G2N2>')
  })

  test('of fewer than three points has no pixels', () => {
    expect(rleArea(rasterizeRings([[2, 1, 6, 4]], 8, 10))).toBe(0)
    expect(rleArea(rasterizeRings([], 8, 10))).toBe(0)
  })

  test('that is a rectangle on the pixel grid has exactly its area, wherever it starts and turns', () => {
    const side = fc.integer({ min: -4, max: 14 })
    fc.assert(
      fc.property(fc.tuple(side, side, side, side), fc.nat(3), fc.boolean(), ([x1, y1, x2, y2], first, turned) => {
        const corners = [x1, y1, x2, y1, x2, y2, x1, y2]
        const ring = [...corners.slice(2 * first), ...corners.slice(0, 2 * first)]
        const points = Array.from({ length: 4 }, (_, i) => ring.slice(2 * i, 2 * i + 2))
        const area = (low: number, high: number, size: number) =>
          Math.max(0, Math.min(size, Math.max(low, high)) - Math.max(0, Math.min(low, high)))
        const rle = rasterizeRings([(turned ? points.reverse() : points).flat()], 8, 10)
        expect(rleArea(rle)).toBe(area(x1, x2, 10) * area(y1, y2, 8))
      })
    )
  })

  test('with absurd coordinates is still drawn', () => {
    expect(rleArea(rasterizeRings([[-1e300, -1e300, 1e300, -1e300, 1e300, 1e300, -1e300, 1e300]], 8, 10))).toBe(80)
    expect(rleArea(rasterizeRings([[0, -1e12, 3, 1e12, 5, 1e200, 9, -1e15]], 8, 10))).toBeGreaterThan(0)
  })

  test('with thousands of crossings outgrows the scratch space and leaves it clean', () => {
    const comb = Array.from({ length: 600 }, (_, i) => [i % 2 === 0 ? 0.2 : 59.8, i / 10]).flat()
    const before = rasterizeRings([[1, 1, 8, 2, 3, 6]], 8, 10)
    expect(rleArea(rasterizeRings([[...comb, 70, 30]], 60, 60))).toBeGreaterThan(0)
    expect(rasterizeRings([[1, 1, 8, 2, 3, 6]], 8, 10)).toEqual(before)
  })
})

describe.skipIf(!hasSharedData)(`polygons against pycocotools 2.0.11${withoutSharedData}`, () => {
  const read = (path: string): unknown => JSON.parse(readFileSync(path, 'utf8'))

  test('agree on outside, self-crossing, degenerate and multiple rings', () => {
    const { polygons } = read(goldenPath('coco', 'rle-vectors.json')) as {
      polygons: { polygon?: number[]; rings?: number[][]; size: [number, number]; counts: number[] }[]
    }
    for (const { polygon, rings, size, counts } of polygons) {
      expect([...rasterizeRings(rings ?? [polygon ?? []], ...size).counts]).toEqual(counts)
    }
  })

  test('agree on every real cell, character by character', () => {
    const golden = read(goldenPath('coco', 'polygon-rle.json')) as {
      annotations: [number, number, string, number, number[]][]
    }
    const expected = new Map(golden.annotations.map((row) => [row[0], row]))
    let cells = 0
    for (const split of ['test', 'val']) {
      const path = dataPath('livecell-mini/annotations/LIVECell', `livecell_coco_${split}.json`)
      const { annotations } = read(path) as { annotations: { id: number; segmentation: number[][] }[] }
      for (const { id, segmentation } of annotations) {
        const rle = rasterizeRings(segmentation, 520, 704)
        const row = expected.get(id)
        expect([encodeCounts(rle.counts), rleArea(rle), Object.values(rleBox(rle))]).toEqual(row?.slice(2))
        cells++
      }
    }
    expect(cells).toBe(expected.size)
  })
})
