import { describe, expect, test } from 'vitest'
import { readSegmentation } from '../../../../src/main/datasets/formats/coco-cell.ts'
import { rleArea } from '../../../../src/main/masks/rle.ts'

const [width, height] = [10, 8]
const square = [2, 1, 6, 1, 6, 4, 2, 4]

function read({ segmentation }: { segmentation?: unknown }) {
  return readSegmentation(segmentation, { width, height })
}

describe('the outline of a COCO annotation', () => {
  test('polygon, compressed and plain runs of one cell are the same', () => {
    // pycocotools: 17,3,5,3,5,3,5,3,36
    const counts = [17, 3, 5, 3, 5, 3, 5, 3, 36]
    const expected = { rle: { width, height, counts: Uint32Array.from(counts) }, skippedRings: 0, isCut: false }
    expect(read({ segmentation: [square] })).toEqual(expected)
    expect(read({ segmentation: { size: [height, width], counts } })).toEqual(expected)
    expect(read({ segmentation: { size: [height, width], counts: 'a03500000o0' } })).toEqual(expected)
  })

  test('several rings are one cell', () => {
    const reading = read({ segmentation: [square, [7, 1, 9, 1, 9, 3, 7, 3]] })
    expect('rle' in reading && rleArea(reading.rle)).toBe(16)
  })

  test('a ring of two points is left out, the others are taken', () => {
    expect(read({ segmentation: [square, [1, 1, 2, 2]] })).toMatchObject({ skippedRings: 1 })
  })

  test('what reaches over the border is cut', () => {
    // pycocotools: area 20 of the square from (−3, −2) to (4, 5)
    const reading = read({ segmentation: [[-3, -2, 4, -2, 4, 5, -3, 5]] })
    expect(reading).toMatchObject({ isCut: true })
    expect('rle' in reading && rleArea(reading.rle)).toBe(20)
  })

  test.each([
    ['no segmentation', {}, /has no outline/],
    ['an empty list', { segmentation: [] }, /has no outline/],
    ['two points', { segmentation: [[1, 1, 5, 5]] }, /fewer than three points/],
    ['a box for an outline', { segmentation: [[1, 1, 5, 5]], bbox: [1, 1, 5, 5] }, /fewer than three points/],
    ['an odd number of coordinates', { segmentation: [[1, 1, 5, 5, 3]] }, /not a list of x, y pairs/],
    ['text for coordinates', { segmentation: [['1', '1', '5', '5', '3', '3']] }, /not a list of x, y pairs/],
    ['a place outside', { segmentation: [[20, 20, 25, 20, 25, 25]] }, /lies outside its image/],
    ['a place far outside', { segmentation: [[0, 0, 1e12, 0, 1e12, 1e12]] }, /far outside/],
    ['less than a pixel', { segmentation: [[1.1, 1.1, 1.2, 1.1, 1.2, 1.2]] }, /covers no pixel/],
    [
      'runs of another size',
      { segmentation: { size: [10, 8], counts: [80] } },
      /another size \(\[10,8\] instead of \[8, 10\]\)/
    ],
    ['runs that do not add up', { segmentation: { size: [8, 10], counts: [79] } }, /damaged runs/],
    ['runs that are no numbers', { segmentation: { size: [8, 10], counts: ['a'] } }, /damaged runs/],
    ['a damaged string', { segmentation: { size: [8, 10], counts: 'a0350\u0001' } }, /damaged runs/]
  ])('is refused with %s, before it costs time', (_, annotation, sentence) => {
    const start = performance.now()
    const reading = read(annotation)
    expect('reason' in reading && reading.reason).toMatch(sentence)
    expect(performance.now() - start).toBeLessThan(200)
  })
})
