import { crc32, deflateSync, zstdCompressSync } from 'node:zlib'
import { encodeGrayPng8 } from '../../../src/main/images/png-encode.ts'
import { tiffBytes } from '../picture-files.ts'
import {
  height,
  type Hostile,
  type HostileCase,
  labelPng,
  png,
  sound,
  stemOf,
  together,
  width
} from './hostile-case.ts'

/** A picture of a pair. */
function image(name: string, bytes: Uint8Array | string, says?: RegExp): Hostile {
  return says ? [`images/${name}`, bytes, says] : [`images/${name}`, bytes]
}

interface PngParts {
  readonly width: number
  readonly height: number
  readonly depth?: number
  readonly colour?: number
  readonly interlaced?: boolean
  readonly data?: Uint8Array
}

/** A PNG that may lie about its size. */
export function pngOf({
  width,
  height,
  depth = 8,
  colour = 0,
  interlaced = false,
  data = new Uint8Array()
}: PngParts): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([depth, colour, 0, 0, interlaced ? 1 : 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([signature, chunk('IHDR', header), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))])
}

function chunk(type: string, body: Uint8Array): Buffer {
  const typed = Buffer.concat([Buffer.from(type), body])
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)]
  length.writeUInt32BE(body.length)
  sum.writeUInt32BE(crc32(typed))
  return Buffer.concat([length, typed, sum])
}

const mebi = 2 ** 20
const zeros = (bytes: number) => deflateSync(Buffer.alloc(bytes), { level: 9 })

const pngs: readonly Hostile[] = [
  image('size.png', pngOf({ width: 60_000, height: 60_000 }), /60000×60000 pixels in size; at most 64 million/),
  image('bytes.png', pngOf({ width: 8192, height: 8192, depth: 16, colour: 6 }), /have 8 bytes each/),
  image('nothing.png', pngOf({ width: 0, height: 9 }), /which is not possible/),
  image('few.png', pngOf({ width: 8000, height: 8000, data: zeros(99) }), /fewer pixels than its size says/),
  image('bomb.png', pngOf({ width: 10, height: 10, data: zeros(64 * mebi) }), /do not fit its size/),
  image(
    'large-zeros.png',
    pngOf({ width: 8191, height: 8191, data: zeros(8191 * 8192) }),
    /its annotation is drawn on/
  ),
  image(
    'interlaced.png',
    pngOf({ width: 6000, height: 6000, interlaced: true, data: zeros(36_100_000) }),
    /annotation is drawn on|do not fit/
  ),
  image('cut.png', png.subarray(0, png.length >> 1), /ends before the picture does/),
  image('flipped.png', Buffer.from(png).fill(0xff, 40, 44), /damaged/),
  image('empty.png', '', /the file is empty/),
  image('text.png', 'no picture', /not a PNG, TIFF or JPEG/)
]

/** Changes the value of one field of a TIFF that `tiffBytes` wrote. */
function withField(bytes: Buffer, id: number, value: number, count = 1): Buffer {
  const changed = Buffer.from(bytes)
  const start = changed.readUInt32LE(4)
  for (let at = start + 2; at < start + 2 + 12 * changed.readUInt16LE(start); at += 12) {
    if (changed.readUInt16LE(at) !== id) continue
    changed.writeUInt32LE(count, at + 4)
    changed.writeUInt32LE(value, at + 8)
  }
  return changed
}

const tiff = (packed: Uint8Array = new Uint8Array(2 * width * height)) =>
  tiffBytes({ width, height, bits: 16, data: packed })
const [tagWidth, tagHeight, tagCompression, tagOffsets, tagSamples] = [256, 257, 259, 273, 277]
const [deflate, zstd, lzw, packBits, lerc] = [8, 50_000, 5, 32_773, 34_887]

function bigTiff(entries: bigint): Buffer {
  const bytes = Buffer.alloc(64)
  bytes.set([0x49, 0x49, 43, 0, 8, 0, 0, 0, 16])
  bytes.writeBigUInt64LE(entries, 16)
  return bytes
}

function circle(): Buffer {
  const bytes = tiff()
  const start = bytes.readUInt32LE(4)
  bytes.writeUInt32LE(start, start + 2 + 12 * bytes.readUInt16LE(start))
  return bytes
}

/** A TIFF of 1×1 tiles, all of them the same byte. */
function tiny(side: number): Buffer {
  const bytes = tiffBytes({ width: side, height: side, data: new Uint8Array(8) })
  const rowsPerStrip = 278
  return withField(bytes, rowsPerStrip, 1)
}

const tiffs: readonly Hostile[] = [
  image('size.tif', withField(withField(tiff(), tagWidth, 65_535), tagHeight, 65_535), /65535×65535 pixels in size/),
  image('rows.tif', withField(tiff(), tagHeight, 300_000), /damaged|ends before/),
  image('samples.tif', withField(tiff(), tagSamples, 60_000), /damaged|channels|bytes each|ends before/),
  image('bomb-deflate.tif', withField(tiff(zeros(64 * mebi)), tagCompression, deflate), /damaged/),
  image('bomb-zstd.tif', withField(tiff(zstdCompressSync(Buffer.alloc(64 * mebi))), tagCompression, zstd), /damaged/),
  image('cut-lzw.tif', withField(tiff(), tagCompression, lzw), /damaged|ends before/),
  image('cut-packbits.tif', withField(tiff(), tagCompression, packBits)),
  image('lerc.tif', withField(tiff(), tagCompression, lerc), /packed by LERC/),
  image('offset.tif', withField(tiff(), tagOffsets, 0xfffffff0), /damaged|ends before/),
  image('circle.tif', circle(), /in a circle/),
  image('pieces.tif', tiny(8000), /damaged|ends before|pieces/),
  image('entries.tif', bigTiff(2n ** 60n), /damaged|ends before/),
  image('directory.tif', Buffer.from([0x49, 0x49, 42, 0, 0xff, 0xff, 0xff, 0x7f]), /damaged|ends before/),
  image(
    'words.tif',
    tiffBytes({
      width,
      height,
      data: new Uint8Array(width * height),
      description: `<OME ${'<TiffData '.repeat(20_000)}`
    })
  )
]

/** Declares a size and ends. */
function jpegHeaderOf(side: number): Buffer {
  const bytes = Buffer.from('ffd8ffc0001108000000000301220002110103110100000000', 'hex')
  bytes.writeUInt16BE(side, 7)
  bytes.writeUInt16BE(side, 9)
  return bytes
}

const jpegs: readonly Hostile[] = [
  image('size.jpg', jpegHeaderOf(65_500), /65500×65500 pixels in size/),
  image('cut.jpg', jpegHeaderOf(5000), /damaged, or the file ends/)
]

/** A number of its own for nearly every pixel. */
function noise(side: number): Buffer {
  const data = Buffer.alloc(side * (2 * side + 1))
  for (let i = 0; i < data.length; i++) data[i] = i % (2 * side + 1) === 0 ? 0 : (i * 2_654_435_761) >>> 24
  return pngOf({ width: side, height: side, depth: 16, data: deflateSync(data, { level: 1 }) })
}

const labels: readonly HostileCase[] = [
  together(
    'labels',
    [
      ['labels/noise.png', noise(4096), /more objects/],
      ['labels/size.png', pngOf({ width: 9, height: 9, data: zeros(90) }), /annotation is drawn on 9×9/],
      ['labels/bomb.png', pngOf({ width: 9, height: 9, data: zeros(64 * mebi) }), /do not fit its size/],
      ['labels/text.png', 'x', /not a PNG/]
    ],
    (file) => ({
      ...sound,
      [`images/${stemOf(file)}.png`]: file.includes('noise')
        ? encodeGrayPng8(new Uint8Array(4096 * 4096), 4096, 4096)
        : png
    })
  ),
  {
    name: 'masks: one of them a bomb',
    door: 'import',
    files: {
      's/images/a.png': png,
      's/masks/1.png': labelPng,
      's/masks/2.png': pngOf({ width: 60_000, height: 9 }),
      's/masks/3.png': pngOf({ width, height, data: zeros(64 * mebi) })
    },
    says: /cannot be read|do not fit|ends before|has 60000/
  }
]

const withLabels = (file: string) => ({ ...sound, [`labels/${stemOf(file)}.png`]: labelPng })

export const hostilePictures: readonly HostileCase[] = [
  together('pictures: PNG', pngs, withLabels),
  together('pictures: TIFF', tiffs, withLabels),
  together('pictures: JPEG', jpegs, withLabels),
  ...labels
]
