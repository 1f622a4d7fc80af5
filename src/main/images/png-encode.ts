import { constants, crc32, deflateSync } from 'node:zlib'
import { invariant } from '../../shared/errors.ts'

/** Text to store in a PNG, by keyword (1…79 Latin letters). Any language: entries are written as iTXt where needed. */
export type PngTexts = Readonly<Record<string, string>>

/** A gray PNG of 8 bits; `pixels` holds width × height values. The same input gives the same bytes. */
export function encodeGrayPng8(pixels: Uint8Array, width: number, height: number, texts: PngTexts = {}): Uint8Array {
  return encode({ rows: pixels, width, height, colourType: 0, depth: 8, texts, content: 'photo' })
}

/** An image of labels 0…255: a gray PNG of 8 bits. The same input gives the same bytes. */
export function encodeLabelPng8(labels: Uint8Array, width: number, height: number): Uint8Array {
  return encode({ rows: labels, width, height, colourType: 0, depth: 8, texts: {}, content: 'labels' })
}

/** A colour PNG of 8 bits; `pixels` holds width × height × 3 values. The same input gives the same bytes. */
export function encodeRgbPng(pixels: Uint8Array, width: number, height: number, texts: PngTexts = {}): Uint8Array {
  return encode({ rows: pixels, width, height, colourType: 2, depth: 8, texts, content: 'photo' })
}

/**
 * A label image: gray PNG of 16 bits, 0 is background, each object has its number. The same input gives the same bytes.
 *
 * @param labels 0…65535, row by row
 */
export function encodeLabelPng16(
  labels: Uint16Array | Uint32Array,
  width: number,
  height: number,
  texts: PngTexts = {}
): Uint8Array {
  const rows = new Uint8Array(labels.length * 2)
  for (let i = 0; i < labels.length; i++) {
    const label = labels[i] ?? 0
    invariant(label <= 0xffff, 'a 16-bit label image has labels up to 65535')
    rows[2 * i] = label >> 8
    rows[2 * i + 1] = label & 0xff
  }
  return encode({ rows, width, height, colourType: 0, depth: 16, texts, content: 'labels' })
}

interface Raster {
  /** Samples as bytes, big-endian. */
  readonly rows: Uint8Array
  readonly width: number
  readonly height: number
  readonly colourType: 0 | 2
  readonly depth: 8 | 16
  readonly texts: PngTexts
  readonly content: 'photo' | 'labels'
}

function encode(raster: Raster): Uint8Array {
  const { rows, width, height, colourType, depth, texts } = raster
  const stride = ((colourType === 2 ? 3 : 1) * depth) / 8
  invariant(rows.length === width * height * stride, 'a picture has one sample for each pixel and channel')
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([depth, colourType, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    ...Object.entries(texts).map(([key, text]) => textChunk(key, text)),
    chunk('IDAT', compress(raster, stride)),
    chunk('IEND', Buffer.alloc(0))
  ])
}

/**
 * Noisy pictures hold no repeats worth searching for: on microscopy, runs of filtered rows come out smaller than zlib's
 * level 6, in a third of the time. Label images are nothing but repeats.
 */
function compress({ rows, width, height, content }: Raster, stride: number): Buffer {
  if (content === 'labels') return deflateSync(unfilteredRows(rows, width * stride, height), { level: 6 })
  return deflateSync(filterRows(rows, width * stride, height, stride), { level: 6, strategy: constants.Z_RLE })
}

function chunk(type: string, body: Uint8Array): Buffer {
  const result = Buffer.alloc(12 + body.length)
  result.writeUInt32BE(body.length, 0)
  result.write(type, 4, 'latin1')
  result.set(body, 8)
  result.writeUInt32BE(crc32(result.subarray(4, 8 + body.length)), 8 + body.length)
  return result
}

function textChunk(key: string, text: string): Buffer {
  invariant(/^[\x20-\x7e]{1,79}$/.test(key), 'a PNG keyword has 1 to 79 plain characters')
  const isPlain = /^[\x20-\x7e\n]*$/.test(text)
  return isPlain
    ? chunk('tEXt', Buffer.from(`${key}\0${text}`, 'latin1'))
    : chunk('iTXt', Buffer.from(`${key}\0\0\0\0\0${text}`, 'utf8'))
}

function unfilteredRows(rows: Uint8Array, length: number, height: number): Uint8Array {
  const result = new Uint8Array((length + 1) * height)
  for (let y = 0; y < height; y++) result.set(rows.subarray(y * length, (y + 1) * length), y * (length + 1) + 1)
  return result
}

/**
 * Puts each row's filter byte before it. A row is stored as it is, or as differences to the left or to the row above:
 * whichever has the smallest sum of absolute values (the rule of thumb in the PNG specification, §12.8).
 */
function filterRows(rows: Uint8Array, length: number, height: number, stride: number): Uint8Array {
  const result = new Uint8Array((length + 1) * height)
  for (let y = 0, at = 0; y < height; y++) {
    const row = rows.subarray(y * length, (y + 1) * length)
    const above = y === 0 ? new Uint8Array(length) : rows.subarray((y - 1) * length, y * length)
    const filter = cheapestFilter(row, above, stride)
    result[at++] = filter
    for (let x = 0; x < length; x++, at++) {
      const less = filter === 0 ? 0 : filter === 1 ? (row[x - stride] ?? 0) : (above[x] ?? 0)
      result[at] = (row[x] ?? 0) - less
    }
  }
  return result
}

/** 0 for the row as it is, 1 for differences to the left, 2 for those to the row above; of equally cheap ones the first. */
function cheapestFilter(row: Uint8Array, above: Uint8Array, stride: number): 0 | 1 | 2 {
  let [asItIs, toLeft, toAbove] = [0, 0, 0]
  for (let x = 0; x < row.length; x++) {
    const value = row[x] ?? 0
    asItIs += cost(value)
    toLeft += cost(value - (x < stride ? 0 : (row[x - stride] ?? 0)))
    toAbove += cost(value - (above[x] ?? 0))
  }
  if (toAbove < toLeft && toAbove < asItIs) return 2
  return toLeft < asItIs ? 1 : 0
}

/** |v| with the lowest byte read as a signed number. */
function cost(value: number): number {
  return Math.abs((value << 24) >> 24)
}
