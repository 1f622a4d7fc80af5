import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { encodeGrayPng8 } from '../../../../src/main/images/png-encode.ts'
import { readLabelImage } from '../../../../src/main/images/label-image.ts'
import { readPicture } from '../../../../src/main/images/read.ts'
import { sha256File } from '../../../../src/main/files/checksum.ts'
import { rleArea, rleFromLabel, rleIntersection } from '../../../../src/main/masks/rle.ts'
import { rleFromString } from '../../../../src/main/masks/rle-string.ts'
import { rawZip } from '../../../support/raw-zip.ts'
import { roiBytes } from '../../../support/roi-bytes.ts'
import { dataPath, hasSharedData, withoutSharedData } from '../../../support/shared-data.ts'
import { cellsOf, importFiles, take, writeSource } from '../../../support/taken-source.ts'

const [width, height] = [20, 16]
const gray = () => encodeGrayPng8(new Uint8Array(width * height).fill(90), width, height)
const square = [2, 2, 8, 2, 8, 8, 2, 8]

/** The areas of the cells of the first image, in their order. */
async function areas({ target }: { target: string }, size = { width, height }): Promise<number[]> {
  return (await cellsOf(target, 1)).map(({ counts }) => rleArea(rleFromString(counts, size.height, size.width)))
}

describe.skipIf(!hasSharedData)(`ImageJ regions of a real picture${withoutSharedData}`, () => {
  test('are the cells of its label image, and the values of its 16 bits stay', async () => {
    const source = dataPath('usiigaci-set46')
    const before = await sha256File(join(source, 'raw.tif'))
    const { dataset, images, refused, target } = await take(source)
    expect(dataset).toMatchObject({ format: 'roi', images: 1, annotated: 1 })
    expect(refused).toEqual([])

    const truth = await readLabelImage(join(source, 'instances_ids.png'))
    const cells = [...rleFromLabel(truth.labels, truth.width, truth.height).values()]
    const found = (await cellsOf(target, 1)).map(({ counts }) => rleFromString(counts, truth.height, truth.width))
    expect(found).toHaveLength(cells.length)
    const best = cells.map((cell) =>
      Math.max(
        ...found.map((other) => {
          const shared = rleIntersection(cell, other)
          return shared / (rleArea(cell) + rleArea(other) - shared)
        })
      )
    )
    expect(best.reduce((sum, iou) => sum + iou, 0) / best.length).toBeGreaterThanOrEqual(0.95)

    expect(images[0]?.sha256).toBe(before)
    expect(await sha256File(join(source, 'raw.tif'))).toBe(before)
    const [here, there] = [
      await readPicture(join(target, 'images', 'raw.tif')),
      await readPicture(join(source, 'raw.tif'))
    ]
    expect(here.bits).toBe(16)
    expect(here.data).toEqual(there.data)
  })
})

describe('ImageJ regions', () => {
  const zip = (...rois: Buffer[]) =>
    rawZip(
      rois.map((bytes, i) => ({ name: `${i}.roi`, bytes, method: 8 })),
      { sealed: false }
    )

  test('of every kind that encloses something become its pixels', async () => {
    const taken = await importFiles({
      'a.png': gray(),
      'RoiSet.zip': zip(
        roiBytes({ type: 0, left: 2, top: 2, points: [0, 0, 6, 0, 6, 6, 0, 6] }),
        roiBytes({ type: 7, left: 2, top: 2, points: [0, 0, 6, 0, 6, 6, 0, 6] }),
        roiBytes({ type: 8, left: 2, top: 2, points: [0, 0, 6, 0, 6, 6, 0, 6] }),
        roiBytes({ type: 1, left: 3, top: 4, right: 10, bottom: 9 }),
        roiBytes({ type: 2, left: 0, top: 0, right: 14, bottom: 14 }),
        // A square of 8 with a hole of 4, as a path of moves and lines.
        roiBytes({
          type: 1,
          left: 1,
          top: 1,
          right: 9,
          bottom: 9,
          path: [0, 1, 1, 1, 9, 1, 1, 9, 9, 1, 1, 9, 4, 0, 3, 3, 1, 7, 3, 1, 7, 7, 1, 3, 7, 4]
        }),
        roiBytes({ type: 7, subPixel: [2.5, 1.5, 6.5, 1.5, 6.5, 4.5, 2.5, 4.5] }),
        roiBytes({ type: 7, subtype: 3, axis: [2, 8, 18, 8], parameter: 0.5 }),
        roiBytes({ type: 7, subtype: 5, axis: [2, 8, 12, 8], parameter: 4 })
      )
    })
    expect(taken.refused).toEqual([])
    const found = await areas(taken)
    expect(found.slice(0, 4)).toEqual([36, 36, 36, 35])
    expect(Math.abs((found[4] ?? 0) - Math.PI * 49)).toBeLessThan(6)
    expect(found[5]).toBe(64 - 16)
    expect(found[6]).toBe(12) // pycocotools of the same polygon
    expect(Math.abs((found[7] ?? 0) - Math.PI * 8 * 4)).toBeLessThan(5)
    expect(found[8]).toBe(40)
  })

  test('that enclose nothing, lie outside or are damaged are listed by their names', async () => {
    const good = roiBytes({ type: 1, left: 3, top: 4, right: 10, bottom: 9 })
    const taken = await importFiles({
      'a.png': gray(),
      'a_RoiSet.zip': zip(
        good,
        roiBytes({ type: 3 }),
        roiBytes({ type: 10 }),
        roiBytes({ type: 1, left: 30, top: 40, right: 35, bottom: 45 }),
        Buffer.from('no region'),
        roiBytes({ type: 0, left: 2, top: 2, points: [0, 0, 6, 0, 6, 6, 0, 6] }).subarray(0, 70)
      )
    })
    expect(taken.dataset.cells).toBe(1)
    expect(taken.refused.map(({ file, reason }) => `${file}: ${reason}`)).toEqual([
      'a_RoiSet.zip: 1.roi is a line, which encloses nothing.',
      'a_RoiSet.zip: 2.roi is a set of points, which encloses nothing.',
      'a_RoiSet.zip: 3.roi lies outside its image.',
      'a_RoiSet.zip: 4.roi is not an ImageJ region.',
      'a_RoiSet.zip: 5.roi ends before its outline does.'
    ])
  })

  test('go to the picture of their name; a bare RoiSet.zip beside several is listed', async () => {
    const one = zip(roiBytes({ type: 1, left: 3, top: 4, right: 10, bottom: 9 }))
    const taken = await importFiles({
      'x/a.png': gray(),
      'x/a_rois.zip': one,
      'x/b.png': gray(),
      'y/RoiSet.zip': one,
      'y/c.png': gray(),
      'y/d.png': gray()
    })
    expect(taken.images.map(({ file, annotated }) => [file, annotated])).toEqual([
      ['x/a.png', true],
      ['x/b.png', false],
      ['y/c.png', false],
      ['y/d.png', false]
    ])
    expect(taken.refused.map(({ file }) => file)).toEqual(['y/RoiSet.zip'])
  })

  test('come in one by one too, as a file of the name of its picture', async () => {
    const one = roiBytes({ type: 1, left: 3, top: 4, right: 10, bottom: 9 })
    const taken = await importFiles({ 'a.png': gray(), 'b.png': gray(), 'a.roi': one, '0001-0002.roi': one })
    expect(taken.dataset).toMatchObject({ format: 'roi', images: 2, annotated: 1, cells: 1 })
    expect(await areas(taken)).toEqual([35])
    expect(taken.refused.map(({ file }) => file)).toEqual(['0001-0002.roi'])
    const both = await importFiles({ 'a.png': gray(), 'a.roi': one, 'a_RoiSet.zip': zip(one, one) })
    expect(both.dataset.cells).toBe(2)
    const source = await writeSource({ 'a.png': gray(), 'a.roi': one })
    expect((await take(join(source, 'a.roi'))).dataset).toMatchObject({ format: 'roi', cells: 1 })
  })

  test('in a zip that is damaged, or lies about its size, cost that picture alone', async () => {
    const bytes = roiBytes({ type: 1, left: 3, top: 4, right: 10, bottom: 9 })
    const taken = await importFiles({
      'a.png': gray(),
      'a_rois.zip': zip(bytes),
      'b.png': gray(),
      'b_rois.zip': rawZip([{ name: '1.roi', bytes, crc: 7 }], { sealed: false }),
      'c.png': gray(),
      'c_rois.zip': rawZip([{ name: '1.roi', bytes, method: 8, size: 2 ** 31 }], { sealed: false })
    })
    expect(taken.dataset).toMatchObject({ images: 1, cells: 1 })
    expect(taken.refused.map(({ file }) => file)).toEqual(['b.png', 'c.png'])
    expect(taken.refused.every(({ reason }) => reason.includes('cannot be read as a zip archive'))).toBe(true)
  })
})

describe('YOLO text', () => {
  const share = (points: readonly number[]) =>
    points.map((value, i) => value / (i % 2 === 0 ? width : height)).join(' ')

  test('gives a cell a line with its class by name; no file is not an annotation, an empty one is no cells', async () => {
    const taken = await importFiles({
      'data.yaml': 'path: .\ntrain: images/train\nnames:\n  0: round\n  1: "flat one"  # both kinds\n',
      'images/train/a.png': gray(),
      'images/train/b.png': gray(),
      'images/val/c.png': gray(),
      'labels/train/a.txt': `1 ${share(square)}\n1 ${share([1, 1, 5, 1, 5, 5, 1, 5])}\n0 ${share([9, 9, 12, 9, 12, 12])}\n`,
      'labels/val/c.txt': ''
    })
    expect(taken.dataset).toMatchObject({ format: 'yolo', images: 3, annotated: 2, cells: 3 })
    expect(taken.images.map(({ file, class: name, split }) => [file, name, split])).toEqual([
      ['train/a.png', 'flat one', 'train'],
      ['train/b.png', 'flat one', 'train'],
      ['val/c.png', 'flat one', 'validation']
    ])
    expect((await areas(taken)).slice(0, 2)).toEqual([36, 16])
  })

  test('of boxes, and pixels for shares, are refused with the reason', async () => {
    const taken = await importFiles({
      'images/a.png': gray(),
      'labels/a.txt': `0 ${share(square)}\n0 2 2 8 2 8 8\nx\n`,
      'images/b.png': gray(),
      'labels/b.txt': '0 0.5 0.5 0.1 0.1\n'
    })
    expect(taken.dataset).toMatchObject({ images: 1, cells: 1 })
    expect(taken.refused.map(({ file, reason }) => `${file}: ${reason.slice(0, 35)}`).slice(0, 2)).toEqual([
      'a.txt: Line 2 has points that are not frac',
      'a.txt: Line 3 has fewer than three points.'
    ])
    expect(taken.refused[2]?.file).toBe('b.png')
    expect(taken.refused[2]?.reason).toMatch(/contains boxes/)
  })
})

describe('Labelme files', () => {
  test('give polygons, rectangles, circles and masks, with the label as category', async () => {
    const mask = Buffer.from(encodeGrayPng8(Uint8Array.of(255, 0, 255, 255), 2, 2)).toString('base64')
    const shape = (type: string, points: number[][], more: object = {}) => ({
      label: 'neuron',
      points,
      shape_type: type,
      ...more
    })
    const taken = await importFiles({
      'a.png': gray(),
      'a.json': {
        version: '5.4.1',
        shapes: [
          shape('polygon', [
            [2, 2],
            [8, 2],
            [8, 8],
            [2, 8]
          ]),
          shape('rectangle', [
            [3, 4],
            [10, 9]
          ]),
          shape('circle', [
            [8, 8],
            [8, 14]
          ]),
          shape(
            'mask',
            [
              [5, 6],
              [6, 7]
            ],
            { mask }
          ),
          shape('point', [[1, 1]])
        ],
        imageWidth: width,
        imageHeight: height,
        imageData: null
      }
    })
    expect(taken.dataset).toMatchObject({ format: 'labelme', cells: 4 })
    expect(taken.images[0]?.class).toBe('neuron')
    const found = await areas(taken)
    expect([found[0], found[1], found[3]]).toEqual([36, 35, 3])
    expect(Math.abs((found[2] ?? 0) - Math.PI * 36)).toBeLessThan(6)
    expect(taken.refused[0]?.reason).toBe('Shape 5 is a point, which encloses nothing.')
  })

  const embedded = Buffer.alloc(90_000, 7).toString('base64')
  const triangle = {
    label: 'neuron',
    points: [
      [2, 2],
      [8, 2],
      [8, 8]
    ]
  }

  test('are known for what they are when the picture stands in them before the shapes', async () => {
    const late = { imageData: embedded, shapes: [triangle] }
    const { dataset } = await importFiles({ 'a.png': gray(), 'a.json': late })
    expect(dataset).toMatchObject({ format: 'labelme', annotated: 1, cells: 1 })
  })

  test('whose picture is only inside them say so, and what to do', async () => {
    const inside = { shapes: [triangle], note: 'x'.repeat(2 ** 20), imageData: embedded }
    const next = /Save the picture beside it under the same name/
    await expect(importFiles({ 'b.json': inside })).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(/b\.json has its picture only inside it/) as string,
      file: expect.stringMatching(/b\.json$/) as string,
      next: expect.stringMatching(next) as string
    })
    const outside = { shapes: [triangle], imageData: null }
    const files = { 'a.png': gray(), 'a.json': outside, 'b.json': inside, 'c.json': outside }
    const { dataset, refused } = await importFiles(files)
    expect(dataset.images).toBe(1)
    expect(refused.map(({ file }) => file)).toEqual(['b.json', 'c.json'])
    expect(refused[0]?.reason).toMatch(next)
    expect(refused[1]?.reason).toBe('No picture has the name of this file.')
  })
})

describe("Cellpose's sessions", () => {
  test('are refused with what to do instead', async () => {
    await expect(importFiles({ 'a.png': gray(), 'a_seg.npy': 'python' })).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(/a_seg\.npy is a Cellpose session/) as string,
      next: expect.stringMatching(/save the masks as PNG or TIFF/) as string
    })
  })
})
