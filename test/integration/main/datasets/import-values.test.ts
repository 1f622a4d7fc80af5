import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { encodeGrayPng8, encodeRgbPng } from '../../../../src/main/images/png-encode.ts'
import { rleFromString } from '../../../../src/main/masks/rle-string.ts'
import { rleArea, rleBox } from '../../../../src/main/masks/rle.ts'
import { tiffBytes } from '../../../support/picture-files.ts'
import { cellsOf, importFiles } from '../../../support/taken-source.ts'

const [width, height] = [24, 16]
const picture = () => encodeGrayPng8(new Uint8Array(width * height).fill(90), width, height)

/** Rectangles x, y, width, height, each with the value that it is to have. */
type Box = readonly [x: number, y: number, w: number, h: number]
const boxes: readonly Box[] = [
  [1, 1, 4, 3],
  [8, 2, 5, 5],
  [16, 9, 6, 4]
]

function draw(values: readonly number[], background = 0): Uint8Array {
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const [column, row] = [i % width, Math.floor(i / width)]
    const inside = boxes.findIndex(([x, y, w, h]) => column >= x && column < x + w && row >= y && row < y + h)
    return values[inside] ?? background
  })
}

/** An indexed PNG whose palette has no order, of 8 or 4 bits. */
function palettePng(indices: Uint8Array, depth: 4 | 8): Buffer {
  const rows: Buffer[] = []
  for (let y = 0; y < height; y++) {
    const row = [...indices.subarray(y * width, (y + 1) * width)]
    const packed =
      depth === 8 ? row : row.flatMap((value, x) => (x % 2 === 0 ? [(value << 4) | (row[x + 1] ?? 0)] : []))
    rows.push(Buffer.from([0, ...packed]))
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([depth, 3], 8)
  const palette = Buffer.from(Array.from({ length: 48 }, (_, i) => (i * 97 + 31) % 251))
  const chunk = (type: string, body: Buffer) => {
    const named = Buffer.concat([Buffer.from(type), body])
    const ends = Buffer.alloc(8)
    ends.writeUInt32BE(body.length, 0)
    ends.writeUInt32BE(crc32(named), 4)
    return Buffer.concat([ends.subarray(0, 4), named, ends.subarray(4)])
  }
  const signature = Buffer.from('89504e470d0a1a0a', 'hex')
  const parts = [chunk('IHDR', header), chunk('PLTE', palette), chunk('IDAT', deflateSync(Buffer.concat(rows)))]
  return Buffer.concat([signature, ...parts, chunk('IEND', Buffer.alloc(0))])
}

const size = { width, height }
const grays = draw([3, 7, 9])
const jpeg = (values: Uint8Array) =>
  sharp(values, { raw: { width, height, channels: 1 } })
    .jpeg({ quality: 60 })
    .toBuffer()

const rgba = (pixel: (i: number) => readonly number[]) =>
  sharp(Uint8Array.from(Array.from(grays.keys()).flatMap(pixel)), { raw: { width, height, channels: 4 } })
    .png()
    .toBuffer()

/** The boxes of the cells of the first picture that came in. */
async function found({ target }: { target: string }): Promise<Box[]> {
  const cells = (await cellsOf(target, 1)).map(({ counts }) => rleFromString(counts, height, width))
  return cells
    .map((cell) => {
      const { x, y, width: w, height: h } = rleBox(cell)
      expect(rleArea(cell)).toBe(w * h)
      return [x, y, w, h] as const
    })
    .sort(([a], [b]) => a - b)
}

describe('label images are read as the numbers that are stored', () => {
  test.each<[what: string, name: string, bytes: Uint8Array | Promise<Uint8Array>]>([
    ['by the indices of a palette', 'a.png', palettePng(grays, 8)],
    ['by the indices of a palette of 4 bits', 'a.png', palettePng(grays, 4)],
    [
      'by the indices of a TIFF with a look-up table',
      'a.tif',
      tiffBytes({
        ...size,
        photometric: 3,
        data: grays,
        colourMap: Uint16Array.from({ length: 768 }, (_, i) => (i * 977) % 65_521)
      })
    ],
    ['in a TIFF with an inverting table', 'a.tif', tiffBytes({ ...size, photometric: 0, data: grays })],
    [
      'in floats of 64 bits',
      'a.tif',
      tiffBytes({ ...size, bits: 64, sampleFormat: 3, data: Float64Array.from(grays) })
    ],
    ['by opacity, where the colours draw nothing', 'a.png', rgba((i) => [255, 255, 255, grays[i] ?? 0])],
    [
      'in red alone',
      'a.png',
      encodeRgbPng(
        Uint8Array.from({ length: grays.length * 3 }, (_, i) => (i % 3 === 0 ? (grays[i / 3] ?? 0) : 0)),
        width,
        height
      )
    ]
  ])('%s', async (_, name, bytes) => {
    const taken = await importFiles({ 'images/a.png': picture(), [`labels/${name}`]: await bytes })
    expect(await found(taken)).toEqual(boxes)
    expect((await cellsOf(taken.target, 1)).map(({ id }) => id)).toEqual([3, 7, 9])
  })

  test.each<[what: string, bytes: Uint8Array | Promise<Uint8Array>, reason: RegExp]>([
    ['a JPEG', jpeg(grays), /JPEG, whose lossy packing.*PNG or TIFF/s],
    [
      'a TIFF packed as JPEG',
      sharp(grays, { raw: { width, height, channels: 1 } })
        .tiff({ compression: 'jpeg' })
        .toBuffer(),
      /packed as JPEG, whose lossy packing/
    ],
    [
      'a TIFF packed as faxes are',
      sharp(draw([255, 255, 255]), { raw: { width, height, channels: 1 } })
        .toColourspace('b-w')
        .tiff({ compression: 'ccittfax4', bitdepth: 1 })
        .toBuffer(),
      /packed by the coding of faxes/
    ],
    [
      'floats that are negative',
      tiffBytes({ ...size, bits: 32, sampleFormat: 3, data: Float32Array.from(grays, (value) => value || -1) }),
      /holds -1 where others have 0 for background/
    ],
    [
      'floats that are no numbers',
      tiffBytes({ ...size, bits: 32, sampleFormat: 3, data: Float32Array.from(grays, (value) => value || NaN) }),
      /holds NaN where others have 0 for background/
    ],
    [
      'negative values',
      tiffBytes({ ...size, bits: 32, sampleFormat: 2, data: Int32Array.from(grays, (value) => value - 1) }),
      /negative values.*0 for background/s
    ],
    [
      'floats that 32 bits cannot hold',
      tiffBytes({ ...size, bits: 64, sampleFormat: 3, data: Float64Array.from(grays, (value) => value + 0.1) }),
      /64 bits.*uint16/s
    ]
  ])('and with %s are refused with the way out', async (_, bytes, reason) => {
    const files = {
      'images/a.png': picture(),
      'images/b.png': picture(),
      'labels/a.tif': await bytes,
      'labels/b.tif': tiffBytes({ ...size, data: grays })
    }
    const { dataset, refused } = await importFiles(files)
    expect(dataset).toMatchObject({ images: 1, cells: 3 })
    expect(refused.map(({ reason: text }) => text)).toEqual([expect.stringMatching(reason)])
  })
})

describe('a mask in the place of a label image', () => {
  test.each<[what: string, bytes: Uint8Array]>([
    ['of 0 and 1', tiffBytes({ ...size, data: draw([1, 1, 1]) })],
    ['of 0 and 255', tiffBytes({ ...size, data: draw([255, 255, 255]) })],
    ['that is inverted, as Python writes masks', tiffBytes({ ...size, photometric: 0, data: draw([1, 1, 1]) })]
  ])('%s gives a cell for each piece, with a warning', async (_, bytes) => {
    const taken = await importFiles({ 'images/a.png': picture(), 'labels/a.tif': bytes })
    expect(await found(taken)).toEqual(boxes)
    expect(taken.warnings.some(({ reason }) => /black and white.*3 separate pieces/.test(reason))).toBe(true)
  })

  test('drawn black on white gives what it leaves free, with a warning', async () => {
    const bytes = tiffBytes({ ...size, data: draw([0, 0, 0], 255) })
    const taken = await importFiles({ 'images/a.png': picture(), 'labels/a.tif': bytes })
    expect(await found(taken)).toEqual(boxes)
    expect(taken.warnings.some(({ reason }) => reason.includes('black on white'))).toBe(true)
  })

  test('of classes gives a cell for each piece; two cells of two parts each are two cells', async () => {
    const many = Uint8Array.from({ length: width * height }, (_, i) => {
      const [column, row] = [i % width, Math.floor(i / width)]
      return column % 4 < 2 && row % 4 < 2 ? 1 + (Math.floor(column / 4) % 2) : 0
    })
    const classes = await importFiles({ 'images/a.png': picture(), 'labels/a.tif': tiffBytes({ ...size, data: many }) })
    expect(await found(classes)).toHaveLength(24)
    expect(classes.warnings.some(({ reason }) => reason.includes('the values 1, 2, for 24 separate pieces'))).toBe(true)
    const parts = draw([4, 5, 4])
    const cells = await importFiles({ 'images/a.png': picture(), 'labels/a.tif': tiffBytes({ ...size, data: parts }) })
    expect((await cellsOf(cells.target, 1)).map(({ id }) => id)).toEqual([4, 5])
  })

  test('of any one value with many pieces gives a cell for each; with one piece it is a cell', async () => {
    const many = draw([128, 128, 128])
    const classes = await importFiles({ 'images/a.png': picture(), 'labels/a.tif': tiffBytes({ ...size, data: many }) })
    expect(await found(classes)).toEqual(boxes)
    expect(classes.warnings.some(({ reason }) => reason.includes('for 3 separate pieces'))).toBe(true)
    const one = await importFiles({
      'images/a.png': picture(),
      'labels/a.tif': tiffBytes({ ...size, data: draw([128]) })
    })
    expect(await found(one)).toEqual([boxes[0]])
  })

  test('whose values all have several pieces says so, where they could be classes', async () => {
    const data = Uint8Array.from({ length: width * height }, (_, i) => {
      const [column, row] = [i % width, Math.floor(i / width)]
      return column % 4 < 2 && row % 8 < 3 && column < 16 ? 1 + Math.floor(column / 4) : 0
    })
    const { warnings, dataset } = await importFiles({
      'images/a.png': picture(),
      'labels/a.tif': tiffBytes({ ...size, data })
    })
    expect(dataset.cells).toBe(4)
    expect(warnings.some(({ reason }) => reason.startsWith('Each of its 4 values has several separate'))).toBe(true)
  })

  test('without a 0 has the value around its cells for background, with a warning', async () => {
    const taken = await importFiles({
      'images/a.png': picture(),
      'labels/a.tif': tiffBytes({ ...size, data: draw([3, 7, 9], 1) })
    })
    expect(await found(taken)).toEqual(boxes)
    expect(taken.warnings.some(({ reason }) => reason.includes('the value 1, which covers all its corners'))).toBe(true)
  })

  test('with 255 for borders between cells, as Pascal VOC has it, leaves them out, with a warning', async () => {
    const data = draw([3, 7, 9])
    for (const [x, y, w, h] of boxes) {
      for (let i = -1; i <= w; i++) for (const row of [y - 1, y + h]) data[row * width + x + i] = 255
    }
    const taken = await importFiles({ 'images/a.png': picture(), 'labels/a.tif': tiffBytes({ ...size, data }) })
    expect(await found(taken)).toEqual(boxes)
    expect(taken.warnings.some(({ reason }) => reason.includes('value 255 runs around'))).toBe(true)
  })
})

describe('a mask for each cell', () => {
  const masks = (of: (only: number) => Uint8Array, ending: string) =>
    Object.fromEntries(boxes.map((_, i) => [`1/masks/${i}.${ending}`, of(i)]))
  const one = (only: number, inside = 255, background = 0) =>
    draw(
      boxes.map((_, i) => (i === only ? inside : background)),
      background
    )

  test.each<[what: string, files: Record<string, Uint8Array>, warning: RegExp | undefined]>([
    ['as it is', masks((i) => encodeGrayPng8(one(i), width, height), 'png'), undefined],
    ['of an inverting table', masks((i) => tiffBytes({ ...size, photometric: 0, data: one(i) }), 'tif'), undefined],
    ['drawn black on white', masks((i) => encodeGrayPng8(one(i, 0, 255), width, height), 'png'), /black on white/]
  ])('%s', async (_, files, warning) => {
    const taken = await importFiles({ '1/images/1.png': picture(), ...files })
    expect(taken.dataset.format).toBe('masks')
    expect(await found(taken)).toEqual(boxes)
    const about = taken.warnings.filter(({ file }) => file !== undefined).map(({ reason }) => reason)
    expect(about).toEqual(warning ? boxes.map(() => expect.stringMatching(warning) as string) : [])
  })

  test('drawn by opacity alone is what is opaque', async () => {
    const files = { '1/masks/0.png': await rgba((i) => [255, 255, 255, one(2)[i] ?? 0]) }
    const taken = await importFiles({ '1/images/1.png': picture(), ...files }, { format: 'masks' })
    expect(await found(taken)).toEqual([boxes[2]])
  })

  test('that holds the cells of the whole picture, or of a class, gives a cell for each piece, with a warning', async () => {
    const files = { '1/masks/all.png': encodeGrayPng8(draw([255, 255, 255]), width, height) }
    const taken = await importFiles({ '1/images/1.png': picture(), ...files })
    expect(await found(taken)).toEqual(boxes)
    expect(taken.warnings.some(({ reason }) => reason.includes('3 separate pieces of like size'))).toBe(true)
  })

  test('none of which can be read leaves the picture without annotation, not without cells', async () => {
    const negative = tiffBytes({ ...size, bits: 16, sampleFormat: 2, data: Int16Array.from(one(1), (v) => v - 1) })
    const { images, refused } = await importFiles({ '1/images/1.png': picture(), '1/masks/0.tif': negative })
    expect(images[0]?.annotated).toBe(false)
    expect(refused[0]?.reason).toMatch(/negative values.*0 for background/)
  })

  test('with gray edges is cut at half of its brightest, with a warning', async () => {
    const soft = one(1)
    for (let x = 8; x < 13; x++) {
      soft[1 * width + x] = 60
      soft[2 * width + x] = 200
    }
    const files = { '1/masks/0.png': encodeGrayPng8(soft, width, height) }
    const taken = await importFiles({ '1/images/1.png': picture(), ...files }, { format: 'masks' })
    expect(await found(taken)).toEqual([boxes[1]])
    expect(taken.warnings.some(({ reason }) => reason.includes('half as bright'))).toBe(true)
  })
})
