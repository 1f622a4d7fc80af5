import { readFile, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { toEightBit, valueRanges } from '../../../../src/main/images/eight-bit.ts'
import { type Picture } from '../../../../src/main/images/picture.ts'
import { decodePicture, readPicture } from '../../../../src/main/images/read.ts'
import { encodeTiff } from '../../../../src/main/images/tiff-encode.ts'
import { PlaneChoice } from '../../../../src/shared/datasets.ts'
import { tiffBytes } from '../../../support/picture-files.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const folder = join(import.meta.dirname, '../../../fixtures/tiff')
const truth = z
  .array(
    z.object({
      file: z.string(),
      choice: PlaneChoice,
      width: z.int(),
      height: z.int(),
      channels: z.int(),
      bits: z.int(),
      kind: z.enum(['integers', 'floats']),
      crc32: z.int()
    })
  )
  .parse(JSON.parse(readFileSync(join(folder, 'truth.json'), 'utf8')))

async function decode(file: string, choice: PlaneChoice = {}) {
  const path = join(folder, file)
  return decodePicture(path, await readFile(path), choice)
}

function bytesOf({ data }: Picture): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
}

describe('the values of TIFF files that tifffile wrote', () => {
  test.each(truth.map((one) => [one.file, JSON.stringify(one.choice), one] as const))(
    '%s %s',
    async (file, _, said) => {
      const { picture, isWhole } = await decode(file, said.choice)
      const { width, height, channels, bits } = said
      expect(picture).toMatchObject({ width, height, channels, bits })
      expect(picture.data instanceof Float32Array).toBe(said.kind === 'floats')
      expect(crc32(bytesOf(picture))).toBe(said.crc32)
      if (isWhole) expect(bytesOf(await readPicture(join(folder, file)))).toEqual(bytesOf(picture))

      // Written anew and read again, they are the same, and so is what the channels are.
      const copy = join(await temporaryFolder(), 'copy.tif')
      await writeFile(copy, encodeTiff(picture, { x: 0.5, y: 0.25 }))
      const again = await readPicture(copy)
      expect({ ...again, data: bytesOf(again) }).toEqual({ ...picture, data: bytesOf(picture) })
      const { x = 0, y = 0 } = (await decodePicture(copy, await readFile(copy))).pixelSize ?? {}
      expect([x, y]).toEqual([0.5, 0.25])
    }
  )

  test('come with the size of a pixel, where the file tells', async () => {
    expect((await decode('ome-tzcyx.tif', { z: 1, t: 1 })).pixelSize).toEqual({ x: 0.325, y: 0.325 })
    const { x = 0 } = (await decode('imagej-tzcyx.tif', { z: 1, t: 1 })).pixelSize ?? {}
    expect(x).toBeCloseTo(0.65, 4)
    expect((await decode('u16-lzw.tif')).pixelSize).toBeUndefined()
  })
})

describe('a stack of which no plane is chosen', () => {
  test.each<[string, PlaneChoice, RegExp, RegExp]>([
    ['plain-pages.tif', {}, /stack of 2 pictures, and does not say what they are/, /depths \(ZYX\)/],
    ['ome-tzcyx.tif', {}, /holds 3 depths, and only one is used/, /depth for all files, from 1 to 3/],
    ['ome-tzcyx.tif', { z: 1 }, /holds 2 times, and only one is used/, /time for all files, from 1 to 2/],
    ['ome-tzcyx.tif', { z: 9, t: 1 }, /depth 9 is not among them/, /depth from 1 to 3/],
    ['ome-tzcyx.tif', { z: 1, t: 1, channels: [3] }, /2 channels \(DAPI, membrane\), and channel 3/, /1 to 2/],
    ['ome-five.tif', {}, /holds 5 channels.*at most three are used/, /“3,1,2”/],
    ['imagej-bare.tif', {}, /holds 5 depths/, /from 1 to 5/]
  ])('%s %o is refused with what there is to choose', async (file, choice, sentence, next) => {
    await expect(decode(file, choice)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(sentence) as string,
      next: expect.stringMatching(next) as string
    })
  })

  test('whose metadata promises planes that are not there is refused', async () => {
    const bytes = await readFile(join(folder, 'ome-five.tif'))
    const lie = Buffer.from(bytes.toString('latin1').replaceAll('SizeC="5"', 'SizeC="9"'), 'latin1')
    await expect(decodePicture('x.tif', lie, { channels: [9] })).rejects.toThrow(/promises a plane/)
  })

  test('finds its planes where the metadata names its file, and says which file has those that it has not', async () => {
    const text = (await readFile(join(folder, 'ome-five.tif'))).toString('latin1')
    const named = (first: string, second: string) => {
      const places = [first, second].map(
        (file, i) =>
          `<TiffData IFD="${i}" FirstC="${1 - i}" PlaneCount="1"><UUID FileName="${file}">urn:uuid:1</UUID></TiffData>`
      )
      const xml = /<OME[\s\S]*<\/OME>/.exec(text)?.[0] ?? ''
      const mine = xml.replace(/<TiffData[\s\S]*?\/>/, places.join('')).replace('SizeC="5"', 'SizeC="2"')
      const pages = new Uint16Array(4).map((_, i) => i + 7)
      return tiffBytes({ width: 2, height: 2, bits: 16, data: pages, pages: 2, description: mine })
    }
    const own = await decodePicture('/somewhere/renamed.tif', named('a.ome.tif', 'a.ome.tif'), { channels: [2] })
    expect([...own.picture.data]).toEqual([7, 8, 9, 10])
    const other = named('a.ome.tif', 'b.ome.tif')
    await expect(decodePicture('/somewhere/b.ome.tif', other, { channels: [2] })).rejects.toThrow(
      /plane is in a\.ome\.tif/
    )
    expect((await decodePicture('/somewhere/b.ome.tif', other, { channels: [1] })).picture.channels).toBe(1)
  })

  test('whose pages follow one another in a circle, or that ends early, is refused in time', async () => {
    const bytes = tiffBytes({ width: 2, height: 2, data: new Uint8Array(4), pages: 3 })
    const first = bytes.readUInt32LE(4)
    const entries = bytes.readUInt16LE(first)
    const circle = Buffer.from(bytes)
    circle.writeUInt32LE(first, first + 2 + 12 * entries)
    await expect(decodePicture('x.tif', circle, {})).rejects.toThrow(/in a circle/)
    const bare = await readFile(join(folder, 'imagej-bare.tif'))
    await expect(decodePicture('x.tif', bare.subarray(0, bare.length - 400), { z: 5 })).rejects.toThrow(/ends before/)
  })
})

describe('stains in 8 bits', () => {
  const stains: Picture = {
    width: 3,
    height: 1,
    channels: 2,
    bits: 16,
    data: Uint16Array.of(0, 100, 400, 220, 1000, 300),
    stains: true
  }

  test('are stretched each by itself and shown in green and blue', () => {
    const ranges = [
      { low: 0, high: 1000 },
      { low: 100, high: 300 }
    ]
    expect([...toEightBit(stains, ranges, 'rgb')]).toEqual([0, 0, 0, 0, 102, 153, 0, 255, 255])
    expect([...toEightBit(stains, ranges, 'gray')]).toEqual([0, 128, 255])
    const said = valueRanges(stains, 'percentiles')
    expect(said.map(({ low, high }) => [low, high].map(Math.round))).toEqual([
      [8, 998],
      [102, 300]
    ])
    expect(toEightBit(stains, 'percentiles', 'rgb')).toEqual(toEightBit(stains, said, 'rgb'))
  })

  test('colours keep one range for all', () => {
    const colours: Picture = { width: 1, height: 1, channels: 3, bits: 16, data: Uint16Array.of(0, 10, 20) }
    expect(valueRanges(colours, 'full')).toEqual([{ low: 0, high: 65535 }])
  })
})

describe('a packed block that is damaged is refused, and none is left to fail later', () => {
  const sizes = { channelCount: 277, resolutionUnit: 296, planes: 284 }

  /** A TIFF of one block that cannot be unpacked, whose directory is changed: each entry is found by its tag. */
  function damaged(change: (entry: (tag: number) => DataView) => void): Uint8Array {
    const data = Uint16Array.from({ length: 14 * 12 }, (_, i) => i)
    const bytes = Uint8Array.from(encodeTiff({ width: 14, height: 12, channels: 1, bits: 16, data }))
    const view = new DataView(bytes.buffer)
    const at = view.getUint32(4, true)
    const places = Array.from({ length: view.getUint16(at, true) }, (_, i) => at + 2 + 12 * i)
    const entry = (tag: number) => {
      const place = places.find((each) => view.getUint16(each, true) === tag)
      return new DataView(bytes.buffer, place, 12)
    }
    bytes.fill(0xff, entry(273).getUint32(8, true), entry(273).getUint32(8, true) + 8)
    change(entry)
    return bytes
  }

  test.each<[string, RegExp, (entry: (tag: number) => DataView) => void]>([
    ['by itself', /its directory or pixels are damaged/, () => undefined],
    [
      'with no number of channels',
      /its number of channels is damaged/,
      (entry) => entry(sizes.channelCount).setUint32(4, 0, true)
    ],
    [
      'with planes of which only the first has a size',
      / cannot be read: /,
      (entry) => {
        entry(sizes.channelCount).setUint16(8, 3, true)
        const unit = entry(sizes.resolutionUnit)
        unit.setUint16(0, sizes.planes, true)
        unit.setUint16(8, 2, true)
      }
    ]
  ])('%s', async (_, sentence, change) => {
    await expect(decodePicture('a.tif', damaged(change))).rejects.toThrow(sentence)
    await new Promise((resolve) => setTimeout(resolve, 50)) // what was left to fail would fail the run here
  })
})
