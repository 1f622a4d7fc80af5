import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { orientationOf, type Orientation, shownAt } from '../../../../src/main/images/orientation.ts'
import { encodeGrayPng8, encodeLabelPng16 } from '../../../../src/main/images/png-encode.ts'
import { rleFromString } from '../../../../src/main/masks/rle-string.ts'
import { rleArea, rleBox } from '../../../../src/main/masks/rle.ts'
import { tiffBytes } from '../../../support/picture-files.ts'
import { cellsOf, importFiles } from '../../../support/taken-source.ts'

/** As stored. */
const [width, height] = [20, 30]
const plain = encodeGrayPng8(new Uint8Array(width * height).fill(90), width, height)
const jpeg = (orientation: number) => sharp(plain).withMetadata({ orientation }).jpeg().toBuffer()
const tiff = (orientation: number) =>
  tiffBytes({ width, height, data: new Uint8Array(width * height).fill(90), orientation })

/** On the picture as shown with orientation 6: 30 wide, 20 high. */
const outlineAsShown = [22, 3, 28, 3, 28, 7, 22, 7]
const boxAsStored = { x: 3, y: 2, width: 4, height: 6 }

function coco(size: { width: number; height: number } | object, outline: readonly number[]) {
  return {
    images: [{ id: 1, file_name: 'a.jpg', ...size }],
    categories: [{ id: 1, name: 'cell' }],
    annotations: [{ id: 1, image_id: 1, category_id: 1, segmentation: [outline], iscrowd: 0 }]
  }
}

async function boxes({ target }: { target: string }) {
  return (await cellsOf(target, 1)).map(({ counts }) => rleBox(rleFromString(counts, height, width)))
}

describe('the orientation of a file', () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8] as const)('%i is found in JPEG, PNG and TIFF', async (orientation) => {
    const png = await sharp(plain).withMetadata({ orientation }).png().toBuffer()
    expect(orientationOf('jpeg', await jpeg(orientation))).toBe(orientation)
    expect(orientationOf('png', png)).toBe(orientation)
    expect(orientationOf('tiff', tiff(orientation))).toBe(orientation)
  })

  test('is 1 where it is cut, damaged or none', async () => {
    const sound = await jpeg(6)
    for (let length = 4; length < 200; length++) orientationOf('jpeg', sound.subarray(0, length))
    for (let length = 4; length < 100; length++) orientationOf('png', plain.subarray(0, length))
    expect(orientationOf('tiff', tiff(6).subarray(0, 100))).toBe(1)
    expect(orientationOf('tiff', tiff(9))).toBe(1)
    expect(orientationOf('png', plain)).toBe(1)
  })

  test.each([1, 2, 3, 4, 5, 6, 7, 8] as const)('%i turns pixels as libvips does', async (orientation: Orientation) => {
    const pixels = Uint8Array.from({ length: 12 }, (_, i) => i)
    const raw = { raw: { width: 3, height: 4, channels: 1 } } as const
    const stored = await sharp(pixels, raw).withMetadata({ orientation }).png().toBuffer()
    const { data, info } = await sharp(stored).rotate().toColourspace('b-w').raw().toBuffer({ resolveWithObject: true })
    for (const [i, value] of pixels.entries()) {
      const [x, y] = shownAt(orientation, { width: 3, height: 4 }, i % 3, Math.floor(i / 3))
      expect(data[y * info.width + x]).toBe(value)
    }
  })
})

test('cells drawn on the picture as shown are put on the stored pixels, whatever size is stated', async () => {
  for (const stated of [{ width: 30, height: 20 }, { width, height }, {}]) {
    const taken = await importFiles({ 'a.jpg': await jpeg(6), 'a.json': coco(stated, outlineAsShown) })
    expect(taken.images[0]).toMatchObject({ width, height, cells: 1 })
    expect(await boxes(taken)).toEqual([boxAsStored])
  }
})

test('cells drawn on the picture as stored stay where they are', async () => {
  const outline = [3, 22, 7, 22, 7, 28, 3, 28]
  const taken = await importFiles({ 'a.jpg': await jpeg(6), 'a.json': coco({ width, height }, outline) })
  expect(await boxes(taken)).toEqual([{ x: 3, y: 22, width: 4, height: 6 }])
})

test('outlines that fit both are drawn on the shown picture where its size is stated, else it is asked', async () => {
  const outline = [2, 3, 8, 3, 8, 7, 2, 7]
  const shown = await importFiles({ 'a.jpg': await jpeg(6), 'a.json': coco({ width: 30, height: 20 }, outline) })
  expect(await boxes(shown)).toEqual([{ x: 3, y: 22, width: 4, height: 6 }])
  for (const stated of [{ width, height }, {}]) {
    const files = { 'a.jpg': await jpeg(6), 'a.json': coco(stated, outline) }
    await expect(importFiles(files)).rejects.toThrow('could be drawn on it as shown or as stored')
    expect(await boxes(await importFiles(files, { drawnOn: 'stored' }))).toEqual([{ x: 2, y: 3, width: 6, height: 4 }])
    expect(await boxes(await importFiles(files, { drawnOn: 'shown' }))).toEqual([{ x: 3, y: 22, width: 4, height: 6 }])
  }
})

test('a picture mirrored or upside down is asked about, as is one annotated in shares', async () => {
  for (const orientation of [2, 3, 4]) {
    const files = { 'a.jpg': await jpeg(orientation), 'a.json': coco({ width, height }, [2, 3, 8, 3, 8, 7, 2, 7]) }
    await expect(importFiles(files)).rejects.toThrow(`EXIF orientation (${orientation})`)
  }
  const yolo = { 'images/a.jpg': await jpeg(8), 'labels/a.txt': '0 0.1 0.1 0.4 0.1 0.4 0.4 0.1 0.4\n' }
  await expect(importFiles(yolo)).rejects.toThrow('could be drawn on it as shown or as stored')
  expect((await importFiles(yolo, { drawnOn: 'shown' })).dataset.cells).toBe(1)
})

test('a picture without cells, or without annotation, needs no answer', async () => {
  const yolo = { 'images/a.jpg': await jpeg(6), 'labels/a.txt': '', 'images/b.jpg': await jpeg(6) }
  expect((await importFiles(yolo, { format: 'yolo' })).images.map(({ annotated }) => annotated)).toEqual([true, false])
})

test('a label image of the shown size is turned; of the same size, it is asked for a JPEG', async () => {
  const shown = Uint32Array.from({ length: 600 }, (_, i) => (i % 30 >= 22 && i % 30 < 28 && i >= 90 && i < 210 ? 1 : 0))
  const turned = await importFiles({ 'images/a.jpg': await jpeg(6), 'labels/a.png': encodeLabelPng16(shown, 30, 20) })
  expect(await boxes(turned)).toEqual([boxAsStored])
  const same = { 'images/a.jpg': await jpeg(3), 'labels/a.png': encodeLabelPng16(shown, width, height) }
  await expect(importFiles(same)).rejects.toThrow('EXIF orientation (3)')
})

test('the label image of a TIFF with an orientation is taken as it is stored, with a warning', async () => {
  const labels = Uint32Array.from({ length: width * height }, (_, i) => (i < 40 ? 1 : 0))
  const taken = await importFiles({ 'images/a.tif': tiff(3), 'labels/a.png': encodeLabelPng16(labels, width, height) })
  const [cell] = await cellsOf(taken.target, 1)
  expect(rleArea(rleFromString(cell?.counts ?? '', height, width))).toBe(40)
  expect(await boxes(taken)).toEqual([{ x: 0, y: 0, width, height: 2 }])
  expect(taken.warnings.some(({ reason }) => reason.startsWith('It has an orientation tag (3)'))).toBe(true)
})
