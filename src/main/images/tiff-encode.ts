import { deflateSync } from 'node:zlib'
import { type Picture, type PixelSize } from './picture.ts'

/**
 * Writes a picture as a TIFF of one page with its exact samples: little-endian, deflated, one strip. Stains are channels
 * that follow black-is-zero, with "unspecified" for those beyond the first, as tifffile writes them. The same input gives
 * the same bytes.
 */
export function encodeTiff(picture: Picture, pixelSize?: PixelSize): Uint8Array {
  const strip = deflateSync(littleEndian(picture.data), { level: 3 })
  const fields = fieldsOf(picture, strip.length, pixelSize)
  const directoryLength = 2 + 12 * fields.length + 4
  const outside = fields.map(({ values }) => (values.length > 4 ? values : Buffer.alloc(0)))
  const outsideStart = headerLength + strip.length + (strip.length % 2)
  const directoryStart = outsideStart + outside.reduce((sum, { length }) => sum + length, 0)

  const directory = Buffer.alloc(directoryLength)
  directory.writeUInt16LE(fields.length, 0)
  let at = outsideStart
  for (const [i, { tag, type, count, values }] of fields.entries()) {
    directory.writeUInt16LE(tag, 2 + 12 * i)
    directory.writeUInt16LE(type, 4 + 12 * i)
    directory.writeUInt32LE(count, 6 + 12 * i)
    if (values.length > 4) directory.writeUInt32LE(at, 10 + 12 * i)
    else values.copy(directory, 10 + 12 * i)
    at += outside[i]?.length ?? 0
  }
  const header = Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0])
  header.writeUInt32LE(directoryStart, 4)
  return Buffer.concat([header, strip, Buffer.alloc(strip.length % 2), ...outside, directory])
}

const headerLength = 8

interface Field {
  readonly tag: number
  readonly type: number
  readonly count: number
  readonly values: Buffer
}

/** Tags in ascending order (TIFF 6.0, §8). */
function fieldsOf(picture: Picture, stripBytes: number, pixelSize: PixelSize | undefined): Field[] {
  const { width, height, channels, data, stains } = picture
  const perSample = (value: number) => Array.from({ length: channels }, () => value)
  const isColour = channels >= 3 && stains !== true
  const extra = channels - (isColour ? 3 : 1)
  const alpha = 2
  return [
    longs(256, width),
    longs(257, height),
    shorts(258, perSample(data.BYTES_PER_ELEMENT * 8)),
    shorts(259, [8]),
    shorts(262, [isColour ? 2 : 1]),
    ...(pixelSize ? [text(270, 'ImageJ=1.54f\nunit=micron\n')] : []),
    longs(273, headerLength),
    shorts(277, [channels]),
    longs(278, height),
    longs(279, stripBytes),
    ...(pixelSize ? [ratio(282, 1 / pixelSize.x), ratio(283, 1 / pixelSize.y)] : []),
    shorts(284, [1]),
    ...(pixelSize ? [shorts(296, [1])] : []),
    ...(extra > 0
      ? [
          shorts(
            338,
            Array.from({ length: extra }, () => (stains === true ? 0 : alpha))
          )
        ]
      : []),
    shorts(339, perSample(data instanceof Float32Array ? 3 : 1))
  ]
}

function littleEndian(data: Picture['data']): Buffer {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength)
}

function shorts(tag: number, values: readonly number[]): Field {
  return { tag, type: 3, count: values.length, values: Buffer.from(Uint16Array.from(values).buffer) }
}

function longs(tag: number, value: number): Field {
  return { tag, type: 4, count: 1, values: Buffer.from(Uint32Array.of(value).buffer) }
}

/** Millionths, as precise as 32 bits allow. */
function ratio(tag: number, value: number): Field {
  const under = value < 4000 ? 1_000_000 : 1
  return { tag, type: 5, count: 1, values: Buffer.from(Uint32Array.of(Math.round(value * under), under).buffer) }
}

function text(tag: number, value: string): Field {
  const values = Buffer.from(`${value}\0${value.length % 2 === 0 ? '\0' : ''}`, 'latin1')
  return { tag, type: 2, count: values.length, values }
}
