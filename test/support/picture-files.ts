/** What a TIFF for a test says of itself; everything else is fixed: little-endian, uncompressed, one strip. */
export interface TiffContent {
  readonly width: number
  readonly height: number
  readonly samples?: number
  readonly bits?: 8 | 16 | 32 | 64
  /** 1 unsigned, 2 signed, 3 float. */
  readonly sampleFormat?: 1 | 2 | 3
  /** 0 white is zero, 1 black is zero, 2 RGB, 3 palette. */
  readonly photometric?: number
  readonly data: ArrayBufferView
  readonly colourMap?: Uint16Array
  readonly description?: string
  /** How often the directory occurs. */
  readonly pages?: number
  readonly orientation?: number
  /** Regions of ImageJ's overlay, each the bytes of a `.roi` file. */
  readonly overlay?: readonly Buffer[]
  /** Instead of the overlay's true lengths. */
  readonly overlayLengths?: readonly number[]
}

/** Writes a TIFF (TIFF 6.0) byte by byte, so that tests do not depend on what a library would write. */
export function tiffBytes(content: TiffContent): Buffer {
  const pixels = Buffer.from(content.data.buffer, content.data.byteOffset, content.data.byteLength)
  const fields = fieldsOf(content, pixels.length)
  const directoryLength = 2 + fields.length * 12 + 4
  const pages = content.pages ?? 1

  // Values that do not fit into a field's four bytes stand behind the pixels.
  const outside = fields.map(({ values }) => (values.length > 4 ? values : Buffer.alloc(0)))
  const outsideStart = pixelStart + pixels.length
  const directoryStart = outsideStart + outside.reduce((sum, { length }) => sum + length, 0)
  let at = outsideStart
  const tags = fields.map(({ id, type, count, values }, i) => {
    const isOutside = values.length > 4
    const bytes = tag(id, type, count, isOutside ? at : Buffer.concat([values, Buffer.alloc(4)]).readUInt32LE(0))
    at += outside[i]?.length ?? 0
    return bytes
  })
  const directories = Array.from({ length: pages }, (_, page) => {
    const directory = Buffer.alloc(directoryLength)
    directory.writeUInt16LE(tags.length, 0)
    directory.set(Buffer.concat(tags), 2)
    directory.writeUInt32LE(page + 1 < pages ? directoryStart + (page + 1) * directoryLength : 0, directoryLength - 4)
    return directory
  })
  const header = Buffer.from([0x49, 0x49, 42, 0, 0, 0, 0, 0])
  header.writeUInt32LE(directoryStart, 4)
  return Buffer.concat([header, pixels, ...outside, ...directories])
}

const pixelStart = 8

interface Field {
  readonly id: number
  readonly type: number
  readonly count: number
  readonly values: Buffer
}

function fieldsOf(content: TiffContent, pixelBytes: number): Field[] {
  const { width, height, samples = 1, bits = 8, sampleFormat = 1, photometric = 1, colourMap, description } = content
  const perSample = (value: number) => Array.from({ length: samples }, () => value)
  return [
    longs(256, width),
    longs(257, height),
    shorts(258, perSample(bits)),
    shorts(259, [1]),
    shorts(262, [photometric]),
    ...(description === undefined ? [] : [text(270, description)]),
    longs(273, pixelStart),
    ...(content.orientation === undefined ? [] : [shorts(274, [content.orientation])]),
    shorts(277, [samples]),
    longs(278, height),
    longs(279, pixelBytes),
    ...(colourMap ? [shorts(320, [...colourMap])] : []),
    shorts(339, perSample(sampleFormat)),
    ...(content.overlay ? overlayFields(content.overlay, content.overlayLengths) : [])
  ]
}

/** ImageJ's notes: a list of what they are, and the regions one after the other. */
function overlayFields(
  regions: readonly Buffer[],
  lengths: readonly number[] = [12, ...regions.map(({ length }) => length)]
): Field[] {
  const header = Buffer.alloc(12)
  header.write('JIJIrevo', 'latin1') // numbers, little-endian
  header.writeUInt32LE(regions.length, 8)
  const notes = Buffer.concat([header, ...regions])
  return [
    { id: 50838, type: 4, count: lengths.length, values: Buffer.from(Uint32Array.from(lengths).buffer) },
    { id: 50839, type: 1, count: notes.length, values: notes }
  ]
}

function shorts(id: number, values: readonly number[]): Field {
  return { id, type: 3, count: values.length, values: Buffer.from(Uint16Array.from(values).buffer) }
}

function longs(id: number, value: number): Field {
  return { id, type: 4, count: 1, values: Buffer.from(Uint32Array.of(value).buffer) }
}

function text(id: number, value: string): Field {
  const values = Buffer.from(`${value}\0${value.length % 2 === 0 ? '\0' : ''}`, 'latin1')
  return { id, type: 2, count: values.length, values }
}

function tag(id: number, type: number, count: number, value: number): Buffer {
  const bytes = Buffer.alloc(12)
  bytes.writeUInt16LE(id, 0)
  bytes.writeUInt16LE(type, 2)
  bytes.writeUInt32LE(count, 4)
  bytes.writeUInt32LE(value, 8)
  return bytes
}
