import { type CellPart, type Ring } from './cell-rings.ts'

const [composite, traced] = [1, 8]
const version = 228
const headerBytes = 64
const moreHeaderBytes = 64
const [moveTo, lineTo, close] = [0, 1, 4]

/**
 * One cell as an ImageJ region (ImageJ's RoiEncoder, big-endian): a traced outline where one ring tells all, else a
 * composite of all rings, which ImageJ fills by even and odd.
 */
export function encodeRoi(name: string, parts: readonly CellPart[]): Buffer {
  const rings = parts.flatMap(({ outer, holes }) => [outer, ...holes])
  const [only] = rings
  const body = only !== undefined && rings.length === 1 ? pointsOf(only, boxOf(rings)) : pathOf(rings)
  const header = headerOf(rings, headerBytes + body.length)
  return Buffer.concat([header, body, moreHeader(name, headerBytes + body.length), utf16(name)])
}

interface Box {
  readonly left: number
  readonly top: number
  readonly right: number
  readonly bottom: number
}

function headerOf(rings: readonly Ring[], moreHeaderAt: number): Buffer {
  const { left, top, right, bottom } = boxOf(rings)
  const header = Buffer.alloc(headerBytes)
  header.write('Iout', 'latin1')
  header.writeInt16BE(version, 4)
  header.writeUInt8(rings.length === 1 ? traced : composite, 6)
  // 16 bits that wrap beyond 32,767, as ImageJ's own do.
  for (const [i, value] of [top, left, bottom, right].entries()) header.writeUInt16BE(value & 0xffff, 8 + 2 * i)
  if (rings.length > 1) header.writeInt32BE(pathLength(rings), 36)
  else writeCount(header, (rings[0]?.length ?? 0) / 2)
  header.writeInt32BE(moreHeaderAt, 60)
  return header
}

/** Beyond 65,535 points the count stands in 32 bits behind a zero. */
function writeCount(header: Buffer, count: number): void {
  if (count <= 0xffff) header.writeUInt16BE(count, 16)
  else header.writeInt32BE(count, 18)
}

/** All x, then all y, from the corner of the box. */
function pointsOf(ring: Ring, { left, top }: Box): Buffer {
  const count = ring.length / 2
  const body = Buffer.alloc(4 * count)
  for (let i = 0; i < count; i++) {
    body.writeUInt16BE((ring[2 * i] ?? 0) - left, 2 * i)
    body.writeUInt16BE((ring[2 * i + 1] ?? 0) - top, 2 * (count + i))
  }
  return body
}

/** A move, lines and a close for each ring, as floats of 32 bits. */
function pathOf(rings: readonly Ring[]): Buffer {
  const body = Buffer.alloc(4 * pathLength(rings))
  let at = 0
  const put = (...values: readonly number[]) => {
    for (const value of values) at = body.writeFloatBE(value, at)
  }
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) put(i === 0 ? moveTo : lineTo, ring[i] ?? 0, ring[i + 1] ?? 0)
    put(close)
  }
  return body
}

function pathLength(rings: readonly Ring[]): number {
  return rings.reduce((sum, { length }) => sum + (length / 2) * 3 + 1, 0)
}

function moreHeader(name: string, start: number): Buffer {
  const header = Buffer.alloc(moreHeaderBytes)
  header.writeInt32BE(start + moreHeaderBytes, 16)
  header.writeInt32BE(name.length, 20)
  return header
}

function utf16(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16()
}

function boxOf(rings: readonly Ring[]): Box {
  const [x, y] = [0, 1].map((axis) => rings.flatMap((ring) => ring.filter((_, i) => i % 2 === axis))) as [
    number[],
    number[]
  ]
  const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b), Infinity)
  const greatest = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b), 0)
  return { left: least(x), top: least(y), right: greatest(x), bottom: greatest(y) }
}
