import { deflateSync } from 'node:zlib'
import { decode, encode } from 'fast-png'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { decodePng } from '../../../../src/main/images/png-decode.ts'
import { pngTexts } from '../../../support/png-texts.ts'
import { encodeGrayPng8, encodeLabelPng16, encodeRgbPng } from '../../../../src/main/images/png-encode.ts'
import { RandomStream } from '../../../../src/shared/random.ts'

const [width, height] = [37, 23]

function noise(count: number, top: number): number[] {
  const random = new RandomStream(1, 'png')
  return Array.from({ length: count }, () => random.integer(top + 1))
}

describe('reading PNG', () => {
  // What fast-png and libvips write is read here; what is written here, they read.
  test.each([
    { channels: 1, depth: 8 as const },
    { channels: 2, depth: 8 as const },
    { channels: 3, depth: 8 as const },
    { channels: 4, depth: 8 as const },
    { channels: 1, depth: 16 as const },
    { channels: 3, depth: 16 as const }
  ])('gives exactly the samples that fast-png wrote, $channels channels of $depth bits', ({ channels, depth }) => {
    const values = noise(width * height * channels, 2 ** depth - 1)
    const data = depth === 8 ? Uint8Array.from(values) : Uint16Array.from(values)
    for (const interlace of ['null', 'Adam7'] as const) {
      const picture = decodePng('x.png', encode({ width, height, channels, depth, data }, { interlace }))
      expect({ ...picture, data: [...picture.data] }).toEqual({ width, height, channels, bits: depth, data: values })
    }
  })

  test('gives what libvips gives, with all of its row filters', async () => {
    const smooth = Uint8Array.from({ length: 200 * 100 * 3 }, (_, i) => 128 + 100 * Math.sin(i / 500) + (i % 7))
    const bytes = await sharp(smooth, { raw: { width: 200, height: 100, channels: 3 } })
      .png({ adaptiveFiltering: true, compressionLevel: 9 })
      .toBuffer()
    expect(Buffer.from(decodePng('x.png', bytes).data as Uint8Array).equals(Buffer.from(smooth))).toBe(true)
  })

  test('spreads 1, 2 and 4 bits over the range and expands palettes', async () => {
    const gray = decodePng(
      'x.png',
      encode({ width: 3, height: 1, channels: 1, depth: 1, data: Uint8Array.of(0b10100000) })
    )
    expect([...gray.data]).toEqual([255, 0, 255])
    const indexed = await sharp(Buffer.from([255, 0, 0, 0, 0, 255, 255, 0, 0]), {
      raw: { width: 3, height: 1, channels: 3 }
    })
      .png({ palette: true })
      .toBuffer()
    expect([...decodePng('x.png', indexed).data]).toEqual([255, 0, 0, 0, 0, 255, 255, 0, 0])
  })

  const good = encodeGrayPng8(Uint8Array.from(noise(width * height, 255)), width, height)

  test.each([
    ['its header is cut', good.subarray(0, 20), /ends in its header/],
    ['its pixels are cut', good.subarray(0, 300), /ends before the picture does/],
    ['its end is missing', good.subarray(0, -12), /ends before the picture does/],
    ['a byte is flipped', Buffer.from(good).fill(~(good[200] ?? 0), 200, 201), /damaged/]
  ])('refuses a file when %s', (_, bytes, sentence) => {
    expect(() => decodePng('x.png', bytes)).toThrow(sentence)
  })

  test('never inflates more than the size needs', () => {
    // 100 MB of zeros behind a header of 37 × 23 pixels
    const bomb = withIdat(good, deflateSync(Buffer.alloc(100_000_000)))
    expect(() => decodePng('x.png', bomb)).toThrow(/do not fit its size/)
  })

  test('refuses a size beyond the limit before it takes memory', () => {
    const huge = Buffer.from(good)
    huge.writeUInt32BE(100_000, 16)
    huge.writeUInt32BE(100_000, 20)
    expect(() => decodePng('x.png', huge)).toThrow(/100000×100000.*at most 64 million/)
  })
})

describe('writing PNG', () => {
  test('other programs read the same pixels', async () => {
    const gray = Uint8Array.from(noise(width * height, 255))
    expect([...decode(encodeGrayPng8(gray, width, height), { checkCrc: true }).data]).toEqual([...gray])
    const rgb = Uint8Array.from(noise(width * height * 3, 255))
    expect([
      ...(await sharp(encodeRgbPng(rgb, width, height))
        .raw()
        .toBuffer())
    ]).toEqual([...rgb])
    const labels = Uint32Array.from(noise(width * height, 65535))
    const read = decode(encodeLabelPng16(labels, width, height), { checkCrc: true })
    expect(read.depth).toBe(16)
    expect([...read.data]).toEqual([...labels])
  })

  test('keeps texts, in any language', () => {
    const texts = { Source: 'synthetic', Description: 'class «Größe», 合成' }
    const bytes = encodeGrayPng8(Uint8Array.of(1), 1, 1, texts)
    expect(Object.fromEntries(pngTexts(bytes))).toEqual(texts)
    expect(decode(bytes).text).toEqual({ Source: 'synthetic' }) // iTXt is not fast-png's
  })

  test('the same picture gives the same bytes', () => {
    const pixels = Uint8Array.from(noise(width * height, 255))
    expect(Buffer.from(encodeGrayPng8(pixels, width, height)).equals(encodeGrayPng8(pixels, width, height))).toBe(true)
  })

  test('a label beyond 16 bits is a defect, not a wrong number', () => {
    expect(() => encodeLabelPng16(Uint32Array.of(65536), 1, 1)).toThrow(/65535/)
  })
})

/** The file with other compressed pixels and a fitting checksum. */
function withIdat(png: Uint8Array, data: Buffer): Buffer {
  const carrier = Buffer.from(encode({ width: 1, height: 1, channels: 1, data: Uint8Array.of(0) }))
  const start = 33
  const length = carrier.readUInt32BE(start)
  const chunk = Buffer.alloc(12 + data.length)
  chunk.writeUInt32BE(data.length, 0)
  chunk.write('IDAT', 4, 'latin1')
  chunk.set(data, 8)
  chunk.writeUInt32BE(crc(chunk.subarray(4, -4)), 8 + data.length)
  return Buffer.concat([png.subarray(0, start), chunk, carrier.subarray(start + 12 + length)])
}

/** CRC-32 as the PNG specification gives it (annex D), bit by bit. */
function crc(bytes: Uint8Array): number {
  let value = 0xffffffff
  for (const byte of bytes) {
    value ^= byte
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1
  }
  return ~value >>> 0
}
