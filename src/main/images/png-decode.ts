import { crc32, inflateSync } from 'node:zlib'
import { limits } from '../../shared/limits.ts'
import { checkSize, type Picture, unreadable, type Values } from './picture.ts'

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])

function samplesShown(colour: number): number {
  return colour === palette ? 3 : samplesOf(colour)
}

/**
 * Decodes a PNG exactly: every colour type, 1 to 16 bits, interlaced or not. Gray of less than 8 bits is spread over
 * 0…255, as the format defines it, and palettes are expanded. Colour profiles and gamma are not applied.
 *
 * Values as they are stored are gray of any depth unspread, and the indices of palettes.
 *
 * The size is checked before the pixels are inflated, and inflating stops at the bytes that this size needs.
 *
 * @throws AppError of kind `input` for a file that is damaged, truncated or too large
 */
export function decodePng(path: string, bytes: Uint8Array, values: Values = 'as shown'): Picture {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const header = readIhdr(path, file)
  checkSize(path, header.width, header.height, Math.max(1, (samplesShown(header.colour) * header.depth) / 8))
  const chunks = readChunks(path, file)
  const raw = unfilter(path, header, inflate(path, header, chunks.data))
  const isPacked = header.colour === palette || header.depth < 8
  if (values === 'as stored' && isPacked) {
    return { width: header.width, height: header.height, channels: 1, bits: 8, data: unpack(header, raw) }
  }
  return header.colour === palette ? expandPalette(path, header, raw, chunks) : withDepth(header, raw)
}

interface Ihdr {
  readonly width: number
  readonly height: number
  readonly depth: number
  readonly colour: number
  readonly interlaced: boolean
}

const gray = 0
const rgb = 2
const palette = 3
const grayAlpha = 4
const rgba = 6

/** The bit depths that each colour type may have (PNG specification, table 11.1). */
const depthsOf = new Map([
  [gray, [1, 2, 4, 8, 16]],
  [rgb, [8, 16]],
  [palette, [1, 2, 4, 8]],
  [grayAlpha, [8, 16]],
  [rgba, [8, 16]]
])

function samplesOf(colour: number): 1 | 2 | 3 | 4 {
  if (colour === rgb) return 3
  if (colour === grayAlpha) return 2
  return colour === rgba ? 4 : 1
}

function readIhdr(path: string, file: Buffer): Ihdr {
  if (file.length < 33 || !file.subarray(0, 8).equals(signature)) throw unreadable(path, 'the file ends in its header')
  if (file.toString('latin1', 12, 16) !== 'IHDR') throw unreadable(path, 'it does not begin like a PNG')
  const depth = file[24] ?? 0
  const colour = file[25] ?? 0
  if (!depthsOf.get(colour)?.includes(depth)) {
    throw unreadable(path, `its header names a kind of pixel that PNG does not have (type ${colour}, ${depth} bits)`)
  }
  return {
    width: file.readUInt32BE(16),
    height: file.readUInt32BE(20),
    depth,
    colour,
    interlaced: file[28] === 1
  }
}

interface Chunks {
  readonly data: readonly Buffer[]
  readonly colours: Buffer | undefined
  readonly transparency: Buffer | undefined
}

function readChunks(path: string, file: Buffer): Chunks {
  const data: Buffer[] = []
  let colours: Buffer | undefined
  let transparency: Buffer | undefined
  let at = 8
  for (;;) {
    const { type, body, next } = readChunk(path, file, at)
    if (type === 'IEND') return { data, colours, transparency }
    if (type === 'IDAT') data.push(body)
    else if (type === 'PLTE') colours = body
    else if (type === 'tRNS') transparency = body
    at = next
  }
}

function readChunk(path: string, file: Buffer, at: number): { type: string; body: Buffer; next: number } {
  if (at + 12 > file.length) throw unreadable(path, 'the file ends before the picture does')
  const length = file.readUInt32BE(at)
  const end = at + 8 + length
  if (end + 4 > file.length) throw unreadable(path, 'the file ends before the picture does')
  const type = file.toString('latin1', at + 4, at + 8)
  const isCritical = /^[A-Z]/.test(type)
  if (isCritical && crc32(file.subarray(at + 4, end)) !== file.readUInt32BE(end)) {
    throw unreadable(path, `its ${type} part is damaged (the checksum does not fit)`)
  }
  return { type, body: file.subarray(at + 8, end), next: end + 4 }
}

interface Pass {
  readonly width: number
  readonly height: number
  readonly x: number
  readonly y: number
  readonly dx: number
  readonly dy: number
}

/** The seven grids of Adam7, or the one of a picture that is not interlaced. */
function passesOf({ width, height, interlaced }: Ihdr): Pass[] {
  if (!interlaced) return [{ width, height, x: 0, y: 0, dx: 1, dy: 1 }]
  const grids: [number, number, number, number][] = [
    [0, 0, 8, 8],
    [4, 0, 8, 8],
    [0, 4, 4, 8],
    [2, 0, 4, 4],
    [0, 2, 2, 4],
    [1, 0, 2, 2],
    [0, 1, 1, 2]
  ]
  return grids
    .map(([x, y, dx, dy]) => ({
      x,
      y,
      dx,
      dy,
      width: Math.ceil((width - x) / dx),
      height: Math.ceil((height - y) / dy)
    }))
    .filter((pass) => pass.width > 0 && pass.height > 0)
}

function rowBytes(header: Ihdr, width: number): number {
  return Math.ceil((width * samplesOf(header.colour) * header.depth) / 8)
}

function inflate(path: string, header: Ihdr, data: readonly Buffer[]): Buffer {
  const needed = passesOf(header).reduce((sum, pass) => sum + pass.height * (1 + rowBytes(header, pass.width)), 0)
  const packed = Buffer.concat(data)
  const tooFew = 'it holds fewer pixels than its size says'
  if (needed > limits.deflateRatio * packed.length + 64) throw unreadable(path, tooFew)
  let bytes: Buffer
  try {
    // One piece, as pieces would be joined into a second copy.
    bytes = inflateSync(packed, { maxOutputLength: needed, chunkSize: Math.max(64, needed + 1) })
  } catch (cause) {
    throw unreadable(path, 'its compressed pixels are damaged or do not fit its size', cause)
  }
  if (bytes.length < needed) throw unreadable(path, tooFew)
  return bytes
}

/**
 * Undoes the row filters and the interlacing; returns samples as bytes, rows padded to whole bytes. They are written over
 * the bytes they come from, each row before its place there.
 */
function unfilter(path: string, header: Ihdr, bytes: Buffer): Uint8Array {
  const stride = Math.max(1, (samplesOf(header.colour) * header.depth) / 8)
  let at = 0
  const decoded = passesOf(header).map((pass) => {
    const length = rowBytes(header, pass.width)
    const rows = new Uint8Array(bytes.buffer, bytes.byteOffset + at, length * pass.height)
    // Both rows have one pixel of zeros before them, which the predictors take for what lies beyond the edge.
    let above = new Uint8Array(stride + length)
    let row = new Uint8Array(stride + length)
    for (let y = 0; y < pass.height; y++) {
      const filter = bytes[at] ?? 0
      if (filter > 4) throw unreadable(path, `row ${y} has a filter that PNG does not have`)
      row.set(bytes.subarray(at + 1, at + 1 + length), stride)
      unfilterRow(filter, row, above, stride)
      rows.set(row.subarray(stride), y * length)
      ;[above, row] = [row, above]
      at += 1 + length
    }
    return { pass, rows }
  })
  const [first] = decoded
  return !header.interlaced && first ? first.rows : weave(header, decoded)
}

function unfilterRow(filter: number, row: Uint8Array, above: Uint8Array, stride: number): void {
  if (filter === 1) {
    for (let i = stride; i < row.length; i++) row[i] = byte(row, i) + byte(row, i - stride)
  } else if (filter === 2) {
    for (let i = stride; i < row.length; i++) row[i] = byte(row, i) + byte(above, i)
  } else if (filter === 3) {
    for (let i = stride; i < row.length; i++) row[i] = byte(row, i) + ((byte(row, i - stride) + byte(above, i)) >> 1)
  } else if (filter === 4) {
    for (let i = stride; i < row.length; i++) {
      row[i] = byte(row, i) + paeth(byte(row, i - stride), byte(above, i), byte(above, i - stride))
    }
  }
}

/** Of left, above and above-left, the one nearest to left + above − above-left (Paeth 1991). */
function paeth(left: number, above: number, corner: number): number {
  const toLeft = Math.abs(above - corner)
  const toAbove = Math.abs(left - corner)
  const toCorner = Math.abs(left + above - 2 * corner)
  if (toLeft <= toAbove && toLeft <= toCorner) return left
  return toAbove <= toCorner ? above : corner
}

function byte(bytes: Uint8Array, index: number): number {
  return bytes[index] ?? 0
}

/** Puts the pixels of the interlaced passes where they belong. */
function weave(header: Ihdr, decoded: readonly { pass: Pass; rows: Uint8Array }[]): Uint8Array {
  const length = rowBytes(header, header.width)
  const whole = new Uint8Array(length * header.height)
  const bits = samplesOf(header.colour) * header.depth
  for (const { pass, rows } of decoded) {
    const passLength = rowBytes(header, pass.width)
    for (let y = 0; y < pass.height; y++) {
      const from = y * passLength
      const to = (pass.y + y * pass.dy) * length
      for (let x = 0; x < pass.width; x++)
        copyBits(rows, from * 8 + x * bits, whole, to * 8 + (pass.x + x * pass.dx) * bits, bits)
    }
  }
  return whole
}

function copyBits(from: Uint8Array, fromBit: number, to: Uint8Array, toBit: number, bits: number): void {
  if (bits >= 8) {
    for (let i = 0; i < bits / 8; i++) to[toBit / 8 + i] = from[fromBit / 8 + i] ?? 0
    return
  }
  const mask = (1 << bits) - 1
  const value = ((from[fromBit >> 3] ?? 0) >> (8 - bits - (fromBit & 7))) & mask
  to[toBit >> 3] = (to[toBit >> 3] ?? 0) | (value << (8 - bits - (toBit & 7)))
}

/** One number a sample: small depths are unpacked, the bytes of 16 bits change places. */
function withDepth(header: Ihdr, raw: Uint8Array): Picture {
  const { width, height, depth } = header
  const channels = samplesOf(header.colour)
  if (depth === 8) return { width, height, channels, bits: 8, data: raw }
  if (depth === 16) {
    const samples = raw.byteOffset % 2 === 0 ? raw : Uint8Array.from(raw)
    Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength).swap16()
    const data = new Uint16Array(samples.buffer, samples.byteOffset, samples.byteLength / 2)
    return { width, height, channels, bits: 16, data }
  }
  const spread = 255 / ((1 << depth) - 1)
  return { width, height, channels, bits: 8, data: unpack(header, raw).map((value) => value * spread) }
}

function unpack({ width, height, depth }: Ihdr, raw: Uint8Array): Uint8Array {
  if (depth === 8) return raw
  const length = Math.ceil((width * depth) / 8)
  const values = new Uint8Array(width * height)
  const mask = (1 << depth) - 1
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth
      values[y * width + x] = ((raw[y * length + (bit >> 3)] ?? 0) >> (8 - depth - (bit & 7))) & mask
    }
  }
  return values
}

function expandPalette(path: string, header: Ihdr, raw: Uint8Array, { colours, transparency }: Chunks): Picture {
  if (colours === undefined) throw unreadable(path, 'its table of colours is missing')
  const indices = unpack(header, raw)
  const channels = transparency === undefined ? 3 : 4
  const data = new Uint8Array(indices.length * channels)
  for (let i = 0; i < indices.length; i++) {
    const index = indices[i] ?? 0
    if (index * 3 + 3 > colours.length) throw unreadable(path, `it uses colour ${index}, which its table lacks`)
    data.set(colours.subarray(index * 3, index * 3 + 3), i * channels)
    if (transparency !== undefined) data[i * channels + 3] = transparency[index] ?? 255
  }
  return { width: header.width, height: header.height, channels, bits: 8, data }
}
