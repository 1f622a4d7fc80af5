import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { readLabelImage } from '../../../../src/main/images/label-image.ts'
import { encodeGrayPng8 } from '../../../../src/main/images/png-encode.ts'
import { decodePicture, describeMislabelling, readPicture } from '../../../../src/main/images/read.ts'
import { decodeTiff, openTiff } from '../../../../src/main/images/tiff.ts'
import { RandomStream } from '../../../../src/shared/random.ts'
import { type TiffContent, tiffBytes } from '../../../support/picture-files.ts'
import { dataPath, hasSharedData, withoutSharedData } from '../../../support/shared-data.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

async function file(name: string, bytes: Uint8Array | string): Promise<string> {
  const path = join(await temporaryFolder(), name)
  await writeFile(path, bytes)
  return path
}

describe('reading TIFF', () => {
  const cases: { name: string; content: TiffContent; channels: number; bits: number; values: number[] }[] = [
    {
      name: '16-bit gray',
      content: { width: 2, height: 2, bits: 16, data: Uint16Array.of(0, 1, 4095, 65535) },
      channels: 1,
      bits: 16,
      values: [0, 1, 4095, 65535]
    },
    {
      name: '32-bit labels',
      content: { width: 2, height: 1, bits: 32, data: Uint32Array.of(70000, 4294967295) },
      channels: 1,
      bits: 32,
      values: [70000, 4294967295]
    },
    {
      name: 'signed labels',
      content: { width: 2, height: 1, bits: 32, sampleFormat: 2, data: Int32Array.of(0, 70000) },
      channels: 1,
      bits: 32,
      values: [0, 70000]
    },
    {
      name: 'labels of 64 bits',
      content: { width: 2, height: 2, bits: 64, sampleFormat: 2, data: BigInt64Array.of(0n, 70000n, 1n, 4294967295n) },
      channels: 1,
      bits: 32,
      values: [0, 70000, 1, 4294967295]
    },
    {
      name: 'floats',
      content: { width: 2, height: 1, bits: 32, sampleFormat: 3, data: Float32Array.of(0.5, 1e6) },
      channels: 1,
      bits: 32,
      values: [0.5, 1e6]
    },
    {
      name: 'white-is-zero gray',
      content: { width: 2, height: 1, photometric: 0, data: Uint8Array.of(0, 200) },
      channels: 1,
      bits: 8,
      values: [255, 55]
    },
    {
      name: '16-bit RGB',
      content: { width: 1, height: 1, bits: 16, samples: 3, photometric: 2, data: Uint16Array.of(1, 2, 65535) },
      channels: 3,
      bits: 16,
      values: [1, 2, 65535]
    },
    {
      name: 'RGB and alpha',
      content: { width: 1, height: 1, samples: 4, photometric: 2, data: Uint8Array.of(1, 2, 3, 255) },
      channels: 4,
      bits: 8,
      values: [1, 2, 3, 255]
    },
    {
      name: 'palette',
      content: {
        width: 2,
        height: 1,
        photometric: 3,
        data: Uint8Array.of(1, 0),
        colourMap: Uint16Array.from({ length: 768 }, (_, i) => (i === 1 ? 65535 : i === 256 ? 0x8000 : 0))
      },
      channels: 3,
      bits: 8,
      values: [255, 0, 0, 0, 128, 0]
    }
  ]

  test.each(cases)('gives exactly the samples of $name', async ({ content, channels, bits, values }) => {
    const path = await file('x.tif', tiffBytes(content))
    const picture = await readPicture(path)
    expect({ ...picture, data: [...picture.data] }).toEqual({
      width: content.width,
      height: content.height,
      channels,
      bits,
      data: values
    })
    expect((await decodePicture(path, await readFile(path))).format).toBe('tiff')
  })

  test.each([
    ['negative', BigInt64Array.of(1n, -1n), {}],
    ['too large', BigInt64Array.of(1n, 2n ** 32n), {}],
    ['inverted', BigInt64Array.of(1n, 2n), { photometric: 0 }]
  ])('refuses %s integers of 64 bits with what to save instead', async (_, data, more) => {
    const path = await file('x.tif', tiffBytes({ width: 2, height: 1, bits: 64, sampleFormat: 2, data, ...more }))
    await expect(readPicture(path)).rejects.toMatchObject({
      kind: 'input',
      file: path,
      message: expect.stringMatching(/holds 64-bit integers/) as string,
      next: expect.stringMatching(/Save it as uint16 or uint32/) as string
    })
  })

  test('reads compressed strips, tiles and big-endian files as libvips wrote them', async () => {
    const random = new RandomStream(3, 'tiff')
    const pixels = Uint16Array.from({ length: 300 * 200 }, () => random.integer(65536))
    const raw = sharp(pixels, { raw: { width: 300, height: 200, channels: 1 } }).toColourspace('grey16')
    const variants = [
      { compression: 'lzw' },
      { compression: 'deflate', predictor: 'horizontal' },
      { compression: 'lzw', tile: true, tileWidth: 64, tileHeight: 64 }
    ] as const
    for (const variant of variants) {
      const picture = await readPicture(await file('x.tif', await raw.clone().tiff(variant).toBuffer()))
      expect(Buffer.from(picture.data.buffer, picture.data.byteOffset).equals(Buffer.from(pixels.buffer))).toBe(true)
    }
  })

  test.each([
    ['a size of 100,000×100,000', { width: 100_000, height: 100_000, data: Uint8Array.of(1) }, /100000×100000/],
    [
      'several pages',
      { width: 1, height: 1, data: Uint8Array.of(1), pages: 3 },
      /a stack of 3 pictures, and does not say what they are/
    ],
    [
      'an ImageJ stack',
      { width: 1, height: 1, data: Uint8Array.of(1), description: 'ImageJ=1.53t\nimages=40\nslices=40\n' },
      /holds 40 depths, and only one is used/
    ],
    ['fewer pixels than it says', { width: 50, height: 50, bits: 16, data: Uint8Array.of(1, 2) }, /ends before/],
    ['negative values', { width: 2, height: 1, bits: 16, sampleFormat: 2, data: Int16Array.of(-1, 5) }, /negative/],
    ['no size', { width: 0, height: 5, data: Uint8Array.of(1) }, /0×5/]
  ] as [string, TiffContent, RegExp][])('refuses %s within a second', async (_, content, sentence) => {
    const path = await file('bad.tif', tiffBytes(content))
    const start = performance.now()
    await expect(readPicture(path)).rejects.toThrow(sentence)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})

describe('reading any picture', () => {
  const pixels = Uint8Array.from({ length: 64 * 48 }, (_, i) => i % 251)

  test('goes by the content, whatever the extension, and says so', async () => {
    const path = await file('labelled.tif', encodeGrayPng8(pixels, 64, 48))
    expect((await readPicture(path)).data).toEqual(pixels)
    expect((await decodePicture(path, await readFile(path))).format).toBe('png')
    expect(describeMislabelling(path, 'png')).toMatch(/ends in \.tif, but the content is PNG/)
    expect(describeMislabelling('x.tiff', 'tiff')).toBeUndefined()
  })

  test('reads JPEG, gray as one channel and colour as three', async () => {
    const gray = await sharp(pixels, { raw: { width: 64, height: 48, channels: 1 } })
      .toColourspace('b-w')
      .jpeg()
      .toBuffer()
    expect(await readPicture(await file('g.jpg', gray))).toMatchObject({ width: 64, height: 48, channels: 1, bits: 8 })
    const colour = await sharp({ create: { width: 30, height: 20, channels: 3, background: '#c02040' } })
      .jpeg()
      .toBuffer()
    const path = await file('c.jpeg', colour)
    expect(await readPicture(path)).toMatchObject({ width: 30, height: 20, channels: 3 })
    expect((await decodePicture(path, colour)).format).toBe('jpeg')
    await expect(readPicture(await file('cut.jpg', colour.subarray(0, colour.length / 2)))).rejects.toThrow(
      /cannot be read/
    )
  })

  test('leaves the values of a JPEG as they are stored, whatever profile it carries', async () => {
    const image = sharp({ create: { width: 30, height: 20, channels: 3, background: '#c02040' } })
    const withProfile = await image.withIccProfile('p3').jpeg().toBuffer()
    const without = withoutProfile(withProfile)
    expect(without.length).toBeLessThan(withProfile.length)
    const { data } = await readPicture(await file('profile.jpg', withProfile))
    expect(data).toEqual((await readPicture(await file('plain.jpg', without))).data)
  })

  test('says for each file what is wrong and what to do', async () => {
    const folder = await temporaryFolder()
    await mkdir(join(folder, 'folder.png'))
    await expect(readPicture(join(folder, 'none.png'))).rejects.toThrow(/none\.png is not there/)
    await expect(readPicture(join(folder, 'folder.png'))).rejects.toThrow(/is a folder/)
    await expect(readPicture(await file('empty.png', ''))).rejects.toThrow(/the file is empty/)
    await expect(readPicture(await file('text.png', 'hello'))).rejects.toThrow(/not a PNG, TIFF or JPEG/)
    await expect(readPicture(await file('x.png', ''))).rejects.toMatchObject({
      kind: 'input',
      next: expect.any(String) as string
    })
  })

  test('any damaged bytes end as a picture or as a sentence, never as a defect', async () => {
    const tiff = tiffBytes({ width: 40, height: 30, bits: 16, data: new Uint16Array(1200).fill(7) })
    const lzw = await sharp(pixels, { raw: { width: 64, height: 48, channels: 1 } })
      .tiff({ compression: 'lzw' })
      .toBuffer()
    const jpeg = await sharp(pixels, { raw: { width: 64, height: 48, channels: 1 } })
      .jpeg()
      .toBuffer()
    const originals = [tiff, lzw, jpeg, Buffer.from(encodeGrayPng8(pixels, 64, 48))]
    const random = new RandomStream(5, 'damage')
    const path = await file('x.tif', '')
    const outcomes = { read: 0, refused: 0 }
    for (let i = 0; i < 240; i++) {
      const bytes = Buffer.from(originals[i % originals.length] ?? tiff)
      for (let flips = 0; flips <= random.integer(6); flips++) bytes[random.integer(bytes.length)] = random.integer(256)
      await writeFile(path, random.integer(3) === 0 ? bytes.subarray(0, random.integer(bytes.length)) : bytes)
      await readPicture(path).then(
        () => outcomes.read++,
        (thrown: unknown) => {
          expect(thrown).toMatchObject({ name: 'AppError', kind: 'input' })
          outcomes.refused++
        }
      )
    }
    expect(outcomes.read + outcomes.refused).toBe(240)
    expect(outcomes.refused).toBeGreaterThan(30)
  })
})

describe.skipIf(!hasSharedData)(`real pictures${withoutSharedData}`, () => {
  test('LIVECell through libvips and through geotiff are the same, pixel by pixel', async () => {
    const folder = dataPath('livecell-mini/images/livecell_test_images')
    for (const name of (await readdir(folder)).slice(0, 4)) {
      const path = join(folder, name)
      const quick = await readPicture(path)
      const exact = await decodeTiff(path, await openTiff(path, await readFile(path)))
      expect(exact && Buffer.from(quick.data as Uint8Array).equals(Buffer.from(exact.data as Uint8Array))).toBe(true)
    }
  })

  test('label images of 16 bits keep their numbers', async () => {
    const { labels } = await readLabelImage(dataPath('label-tiff/masks/nuclei-512.tif'))
    expect(new Set(labels).size - 1).toBe(125)
    const eight = await readPicture(dataPath('usiigaci-set46/raw.tif'))
    expect(eight).toMatchObject({ width: 1024, height: 1022, channels: 1, bits: 16 })
  })
})

/** The same JPEG without its segments of the kind (APP2) that hold colour profiles. */
function withoutProfile(jpeg: Buffer): Buffer {
  const parts = [jpeg.subarray(0, 2)]
  let at = 2
  for (; jpeg[at + 1] !== 0xda; at += 2 + jpeg.readUInt16BE(at + 2)) {
    if (jpeg[at + 1] !== 0xe2) parts.push(jpeg.subarray(at, at + 2 + jpeg.readUInt16BE(at + 2)))
  }
  return Buffer.concat([...parts, jpeg.subarray(at)])
}
