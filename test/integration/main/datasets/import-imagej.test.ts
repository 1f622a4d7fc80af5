import { expect, test } from 'vitest'
import { encodeGrayPng8 } from '../../../../src/main/images/png-encode.ts'
import { rleArea } from '../../../../src/main/masks/rle.ts'
import { rleFromString } from '../../../../src/main/masks/rle-string.ts'
import { tiffBytes } from '../../../support/picture-files.ts'
import { rawZip } from '../../../support/raw-zip.ts'
import { type RoiContent, roiBytes } from '../../../support/roi-bytes.ts'
import { cellsOf, importFiles } from '../../../support/taken-source.ts'

const [width, height] = [20, 16]
const gray = () => encodeGrayPng8(new Uint8Array(width * height).fill(90), width, height)
const zip = (...rois: readonly Buffer[]) =>
  rawZip(
    rois.map((bytes, i) => ({ name: `${i}.roi`, bytes, method: 8 })),
    { sealed: false }
  )
const box = (left: number, side: number, more: Partial<RoiContent> = {}) =>
  roiBytes({ type: 1, left, top: 2, right: left + side, bottom: 2 + side, ...more })

const tiff = (more: Partial<Parameters<typeof tiffBytes>[0]> = {}) =>
  tiffBytes({ width, height, data: new Uint8Array(width * height).fill(40), ...more })
const stackOf = (description: string, pages: number) =>
  tiff({ description: `ImageJ=1.53\nimages=${pages}\n${description}`, pages })

async function areas({ target }: { target: string }): Promise<number[]> {
  return (await cellsOf(target, 1)).map(({ counts }) => rleArea(rleFromString(counts, height, width)))
}

test('texts, pictures and scale bars among regions are no cells, and are listed', async () => {
  const taken = await importFiles({
    'a.png': gray(),
    'RoiSet.zip': zip(
      box(2, 4),
      box(8, 5, { subtype: 1 }),
      box(8, 5, { subtype: 4 }),
      box(1, 9, { second: { name: '|SB|' } })
    )
  })
  expect(await areas(taken)).toEqual([16])
  expect(taken.refused.map(({ reason }) => reason)).toEqual([
    '1.roi is a text on the picture, and no cell.',
    '2.roi is a picture on the picture, and no cell.',
    '3.roi is a part of a scale bar, and no cell.'
  ])
})

test('regions in a zip that has the name of a picture are found without being asked for', async () => {
  const taken = await importFiles({ 'a.png': gray(), 'a.zip': zip(box(2, 4)), 'b.png': gray() })
  expect(taken.dataset).toMatchObject({ format: 'roi', images: 2, annotated: 1, cells: 1 })
})

test('an overlay inside a TIFF gives the cells, where no file of regions has its name', async () => {
  const taken = await importFiles({
    'a.tif': tiff({ overlay: [box(2, 4), box(8, 5), roiBytes({ type: 3 })] }),
    'b.tif': tiff({ overlay: [box(2, 4)] }),
    'b_RoiSet.zip': zip(box(2, 3), box(6, 3)),
    'c.tif': tiff()
  })
  expect(taken.images.map(({ file, cells, annotated }) => [file, cells, annotated])).toEqual([
    ['a.tif', 2, true],
    ['b.tif', 2, true],
    ['c.tif', 0, false]
  ])
  expect(await areas(taken)).toEqual([16, 25])
  expect(taken.refused[0]?.reason).toBe('Region 3 of its overlay is a line, which encloses nothing.')
})

test('overlays alone tell the format', async () => {
  const taken = await importFiles({ 'a.tif': tiff({ overlay: [box(2, 4)] }) })
  expect(taken.dataset).toMatchObject({ format: 'roi', cells: 1 })
  expect(taken.warnings[0]?.reason).toContain('there are ImageJ overlays inside the pictures')
})

test('an overlay that lies about its lengths gives nothing, and takes no memory', async () => {
  const lies: [string, Buffer][] = [[12, 2 ** 31], [2 ** 32 - 1, 12], [0], [12, 400, 400]].map((overlayLengths, i) => [
    `${i}.tif`,
    tiff({ overlay: [box(2, 4)], overlayLengths })
  ])
  const taken = await importFiles({ ...Object.fromEntries(lies), 'sound.tif': tiff({ overlay: [box(2, 4)] }) })
  expect(taken.images.map(({ cells }) => cells)).toEqual([0, 0, 0, 0, 1])
})

test.each([
  ['a count through the stack', (z: number) => ({ position: z })],
  ['the depth of a hyperstack', (z: number) => ({ second: { z } })]
])('of a stack, the regions on the chosen depth are taken, told by %s', async (_, on) => {
  const files = {
    'a.tif': stackOf('slices=3\n', 3),
    'a.zip': zip(box(2, 3, on(1)), box(2, 4, on(2)), box(8, 5, on(2)), box(2, 6))
  }
  const taken = await importFiles(files, { planes: { z: 2 } })
  expect(await areas(taken)).toEqual([16, 25, 36])
  expect(taken.warnings.some(({ reason }) => reason.startsWith('1 of its 4 outlines are on other planes'))).toBe(true)
})

test('a count through depths and channels names the depth', async () => {
  const files = {
    'a.tif': stackOf('channels=2\nslices=2\n', 4),
    'a.zip': zip(box(2, 3, { position: 2 }), box(2, 4, { position: 3 }))
  }
  expect(await areas(await importFiles(files, { planes: { z: 2, channels: [1] } }))).toEqual([16])
})

test('regions of a larger picture are refused', async () => {
  const regions = [box(2, 3), box(30, 3), box(40, 3)]
  await expect(importFiles({ 'a.png': gray(), 'a.zip': zip(...regions) })).rejects.toThrow('drawn on a larger one')
})

const labelsOf = (value: number) =>
  Uint8Array.from({ length: width * height }, (_, i) => (i < value * width ? value : 0))

test('a label stack gives the plane that was chosen of its picture, whatever it calls its pages', async () => {
  const both = Buffer.concat([labelsOf(1), labelsOf(2)])
  for (const description of [
    'ImageJ=1.53\nimages=2\nslices=2\n',
    'ImageJ=1.53\nimages=2\nframes=2\n',
    'ImageJ=1.53\nimages=2\nchannels=2\n'
  ]) {
    // One page in the directory, and the second plane right behind the first.
    const label = tiffBytes({ width, height, data: both, description })
    const files = { 'images/a.tif': stackOf('slices=2\n', 2), 'labels/a.tif': label }
    expect(await areas(await importFiles(files, { planes: { z: 2 } }))).toEqual([2 * width])
    expect(await areas(await importFiles(files, { planes: { z: 1 } }))).toEqual([width])
  }
})

test('a label image of one plane marks the chosen plane of a stack', async () => {
  const label = tiffBytes({ width, height, data: labelsOf(2) })
  const taken = await importFiles(
    { 'images/a.tif': stackOf('slices=2\n', 2), 'labels/a.tif': label },
    { planes: { z: 2 } }
  )
  expect(await areas(taken)).toEqual([2 * width])
})

test('a label stack beside a picture of another number of planes is refused', async () => {
  const label = stackOf('slices=3\n', 3)
  const stacks = importFiles({ 'images/a.tif': stackOf('slices=2\n', 2), 'labels/a.tif': label }, { planes: { z: 2 } })
  await expect(stacks).rejects.toThrow('is a stack of 3 label images, and its picture has 2 depths and 1 times')
  const plain = importFiles({ 'images/a.png': gray(), 'labels/a.tif': label }, { planes: { z: 2 } })
  await expect(plain).rejects.toThrow('is a stack of 3 label images, and its picture has one plane')
})

test.each([
  'RoiSet_a.zip',
  'RoiSet a.zip',
  'a RoiSet.zip',
  'a.roi.zip',
  'a.png.zip',
  'rois/a.zip',
  'RoiSets/a_RoiSet.zip'
])('regions called %s are those of a.png', async (name) => {
  const taken = await importFiles({ 'a.png': gray(), 'b.png': gray(), [name]: zip(box(2, 4)) })
  expect(taken.dataset).toMatchObject({ format: 'roi', images: 2, annotated: 1, cells: 1 })
  expect(taken.images[0]).toMatchObject({ file: 'a.png', annotated: true })
})

test('single regions in a folder of the name of a picture, or beside the only one, are its cells', async () => {
  const regions = (folder: string) => ({ [`${folder}1.roi`]: box(2, 4), [`${folder}2.roi`]: box(8, 5) })
  const named = await importFiles({ 'a.png': gray(), 'b.png': gray(), ...regions('a/') })
  expect(await areas(named)).toEqual([16, 25])
  expect(named.dataset).toMatchObject({ annotated: 1 })
  expect(await areas(await importFiles({ 'a.png': gray(), ...regions('RoiSet/') }))).toEqual([16, 25])
})

test("the group of most of a picture's regions is its class, and several groups are said", async () => {
  const grouped = (left: number, group: number) => box(left, 2, { second: { group } })
  const taken = await importFiles({ 'a.png': gray(), 'a.zip': zip(grouped(1, 2), grouped(5, 2), grouped(9, 1)) })
  expect(taken.images[0]?.class).toBe('group 2')
  expect(taken.warnings.some(({ reason }) => reason.includes('cells of several categories'))).toBe(true)
})

test('a region around others may be a frame, and a set without regions is no annotation; both are said', async () => {
  const cells = [box(2, 3), box(6, 3), box(10, 3)]
  const frame = roiBytes({ type: 1, left: 0, top: 0, right: width, bottom: height })
  const framed = await importFiles({ 'a.png': gray(), 'a.zip': zip(...cells, frame) })
  expect(await areas(framed)).toEqual([9, 9, 9, width * height])
  expect(framed.warnings.some(({ reason }) => reason.startsWith('1 of its regions enclose others'))).toBe(true)
  const other = rawZip([{ name: 'x.txt', bytes: Buffer.from('x') }], { sealed: false })
  const empty = await importFiles({ 'a.png': gray(), 'a_RoiSet.zip': other })
  expect(empty.images[0]?.annotated).toBe(false)
  expect(empty.warnings.some(({ reason }) => reason.includes('holds no ImageJ region'))).toBe(true)
})

test('pictures with regions in folders of a split keep it', async () => {
  const files = { 'train/a.png': gray(), 'train/a.zip': zip(box(2, 4)) }
  const taken = await importFiles({ ...files, 'test/b.png': gray(), 'test/b.zip': zip(box(2, 4)) })
  expect(taken.images.map(({ split }) => split)).toEqual(['test', 'train'])
})
