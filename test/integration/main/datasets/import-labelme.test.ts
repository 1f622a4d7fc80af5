import { expect, test } from 'vitest'
import { encodeGrayPng8 } from '../../../../src/main/images/png-encode.ts'
import { rleArea } from '../../../../src/main/masks/rle.ts'
import { rleFromString } from '../../../../src/main/masks/rle-string.ts'
import { cellsOf, importFiles } from '../../../support/taken-source.ts'

const [width, height] = [20, 16]
const gray = () => encodeGrayPng8(new Uint8Array(width * height).fill(90), width, height)

const box = (left: number, side: number) => [
  [left, 2],
  [left + side, 2],
  [left + side, 2 + side],
  [left, 2 + side]
]

async function importShapes(shapes: readonly object[]) {
  const all = shapes.map((shape) => ({ label: 'cell', shape_type: 'polygon', group_id: null, ...shape }))
  const file = { version: '5.4.1', shapes: all, imagePath: 'a.png', imageWidth: width, imageHeight: height }
  const taken = await importFiles({ 'a.png': gray(), 'a.json': file })
  const cells = await cellsOf(taken.target, 1)
  const areas = cells.map(({ counts }) => rleArea(rleFromString(counts, height, width)))
  const isSaid = (words: string) => taken.warnings.some(({ reason }) => reason.includes(words))
  return { ...taken, areas, ids: cells.map(({ id }) => id), isSaid }
}

test('shapes of one label and group are one cell, and this is said; of other labels they are not', async () => {
  const parts = [
    { points: box(1, 3), group_id: 7 },
    { points: box(9, 2), group_id: 7 },
    { points: box(12, 2), group_id: 7, label: 'nucleus' },
    { points: box(15, 4) }
  ]
  const { areas, ids, isSaid } = await importShapes(parts)
  expect(areas).toEqual([9 + 4, 4, 16])
  expect(ids).toEqual([1, 3, 4])
  expect(isSaid('1 of its cells were put together')).toBe(true)
})

test('a part that is no outline leaves the other parts of its cell', async () => {
  const { areas, isSaid } = await importShapes([
    { points: box(1, 3), group_id: 'a' },
    { points: [[5, 5]], shape_type: 'point', group_id: 'a' }
  ])
  expect(areas).toEqual([9])
  expect(isSaid('1 parts of outlines')).toBe(true)
})

test('rectangles have two corners or four, turned ones four', async () => {
  const { areas } = await importShapes([
    { shape_type: 'rectangle', points: [box(1, 3)[0], box(1, 3)[2]] },
    { shape_type: 'rectangle', points: box(6, 4) },
    { shape_type: 'rotation', points: box(12, 5), direction: 0.4 },
    { shape_type: 'quadrilateral', points: box(1, 2) }
  ])
  expect(areas).toEqual([9, 16, 25, 4])
})

test('a shape of a kind that is not read is named, one that encloses nothing is called so', async () => {
  const { refused } = await importShapes([
    { points: box(1, 3) },
    { shape_type: 'cuboid', points: box(1, 3) },
    { shape_type: 'linestrip', points: box(1, 3) }
  ])
  expect(refused.map(({ reason }) => reason)).toEqual([
    'Shape 2 is of the kind "cuboid", which is not read; polygons, rectangles (turned ones too), circles and masks are.',
    'Shape 3 is a linestrip, which encloses nothing.'
  ])
})

test('numbers that tell cells apart are no classes, and a number that comes again is the same cell', async () => {
  const { images, areas, isSaid } = await importShapes([
    { label: 'cell-1', points: box(1, 3) },
    { label: 'cell-2', points: box(6, 4) },
    { label: 'cell-2', points: box(12, 2) },
    { label: 'cell-3', points: box(15, 2) }
  ])
  expect(images[0]?.class).toBe('cell')
  expect(areas).toEqual([9, 16 + 4, 4])
  expect(isSaid('numbers behind its labels')).toBe(true)
})

test('classes with numbers, which come again and again, stay classes of single cells', async () => {
  const labels = ['type-1', 'type-1', 'type-1', 'type-2', 'CD3', 'CD8']
  const { images, areas, isSaid } = await importShapes(labels.map((label, i) => ({ label, points: box(3 * i, 2) })))
  expect(images[0]?.class).toBe('type-1')
  expect(areas).toHaveLength(6)
  expect(isSaid('several categories')).toBe(true)
})

test('a shape whose points are no numbers costs itself alone', async () => {
  const { areas, refused, images } = await importShapes([
    { points: box(1, 3) },
    {
      points: [
        [null, 2],
        [3, 3]
      ]
    }
  ])
  expect(areas).toEqual([9])
  expect(refused[0]?.reason).toMatch(/Shape 2 has no label or no points that are numbers/)
  expect(images[0]?.class).toBe('cell')
})

test('a file of another name belongs to the picture that it names', async () => {
  const shapes = [{ label: 'cell', points: box(1, 3), shape_type: 'polygon' }]
  const taken = await importFiles({
    'a.png': gray(),
    'b.png': gray(),
    '1.json': { shapes, imagePath: '..\\pictures\\b.png' },
    '2.json': { shapes: [...shapes, ...shapes], imagePath: 'a.png' }
  })
  expect(taken.images.map(({ file, cells }) => [file, cells])).toEqual([
    ['a.png', 2],
    ['b.png', 1]
  ])
})
