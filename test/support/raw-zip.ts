import { createHash } from 'node:crypto'
import { crc32, deflateRawSync, inflateRawSync } from 'node:zlib'

/** One entry of a zip, in which every field may be a lie. Without lies it is what a zip program writes. */
export interface RawEntry {
  readonly name: string
  readonly bytes: Uint8Array
  readonly method?: number
  readonly flags?: number
  readonly attributes?: number
  readonly crc?: number
  /** Declared inflated size. */
  readonly size?: number
  readonly packed?: Uint8Array
  readonly comment?: string
  readonly extra?: Uint8Array
  readonly localName?: string
  readonly localExtra?: Uint8Array
  readonly localCrc?: number
  /** Bytes that stand before the local header and belong to nothing. */
  readonly gap?: Uint8Array
  /** Take the data of the entry of this number instead of writing any. */
  readonly sameDataAs?: number
}

export interface RawZip {
  readonly before?: Uint8Array
  readonly after?: Uint8Array
  readonly betweenDataAndDirectory?: Uint8Array
  readonly declaredEntries?: number
  /** Whether the seal is made to fit, so that only the other rules can object. */
  readonly sealed?: boolean
}

const plainFile = 0o100644 << 16
const sealText = 'CytoLoom package. SHA-256 of all that stands before this number: '

const nothing = Buffer.alloc(0)
const honest = { before: nothing, betweenDataAndDirectory: nothing, after: nothing, sealed: true }

/** Builds a zip byte by byte: hostile archives are not what zip libraries make. */
export function rawZip(entries: readonly RawEntry[], options: RawZip = {}): Buffer {
  const { before, betweenDataAndDirectory, after, declaredEntries, sealed } = { ...honest, ...options }
  const parts: Uint8Array[] = [before]
  const length = () => parts.reduce((sum, part) => sum + part.length, 0)
  const offsets: number[] = []
  for (const entry of entries) {
    if (entry.gap !== undefined) parts.push(entry.gap)
    offsets.push(offsets[entry.sameDataAs ?? -1] ?? length())
    if (entry.sameDataAs === undefined) parts.push(localHeader(entry), packedBytes(entry))
  }
  parts.push(betweenDataAndDirectory)
  const directoryStart = length()
  parts.push(...entries.map((entry, i) => directoryRecord(entry, offsets[i] ?? 0)))
  parts.push(endRecord(declaredEntries ?? entries.length, length() - directoryStart, directoryStart), after)
  return sealed ? seal(Buffer.concat(parts)) : Buffer.concat(parts)
}

/** Makes the last 64 bytes fit to all before them. */
export function seal(zip: Buffer): Buffer {
  const covered = zip.subarray(0, zip.length - 64)
  return Buffer.concat([covered, Buffer.from(createHash('sha256').update(covered).digest('hex'))])
}

/** The entries of a zip without data descriptors, in their order. */
export function readRawZip(zip: Buffer): { name: string; bytes: Buffer }[] {
  const entries: { name: string; bytes: Buffer }[] = []
  let at = 0
  while (zip.readUInt32LE(at) === 0x04034b50) {
    const dataStart = at + 30 + zip.readUInt16LE(at + 26) + zip.readUInt16LE(at + 28)
    const data = zip.subarray(dataStart, dataStart + zip.readUInt32LE(at + 18))
    const name = zip.toString('utf8', at + 30, at + 30 + zip.readUInt16LE(at + 26))
    entries.push({ name, bytes: zip.readUInt16LE(at + 8) === 8 ? inflateRawSync(data) : Buffer.from(data) })
    at = dataStart + data.length
  }
  return entries
}

function packedBytes(entry: RawEntry): Uint8Array {
  if (entry.packed !== undefined) return entry.packed
  return entry.method === 8 ? deflateRawSync(entry.bytes) : entry.bytes
}

function localHeader(entry: RawEntry): Buffer {
  const name = Buffer.from(entry.localName ?? entry.name, 'latin1')
  const extra = entry.localExtra ?? nothing
  const header = Buffer.alloc(30)
  header.writeUInt32LE(0x04034b50, 0)
  header.writeUInt16LE(20, 4)
  header.writeUInt16LE(entry.flags ?? 0x0800, 6)
  header.writeUInt16LE(entry.method ?? 0, 8)
  header.writeUInt16LE(0x21, 12) // 1 January 1980
  header.writeUInt32LE(entry.localCrc ?? entry.crc ?? crc32(entry.bytes), 14)
  header.writeUInt32LE(packedBytes(entry).length, 18)
  header.writeUInt32LE(entry.size ?? entry.bytes.length, 22)
  header.writeUInt16LE(name.length, 26)
  header.writeUInt16LE(extra.length, 28)
  return Buffer.concat([header, name, extra])
}

function directoryRecord(entry: RawEntry, offset: number): Buffer {
  const name = Buffer.from(entry.name, 'latin1')
  const extra = entry.extra ?? nothing
  const comment = Buffer.from(entry.comment ?? '')
  const record = Buffer.alloc(46)
  record.writeUInt32LE(0x02014b50, 0)
  record.writeUInt16LE((3 << 8) | 63, 4)
  record.writeUInt16LE(20, 6)
  record.writeUInt16LE(entry.flags ?? 0x0800, 8)
  record.writeUInt16LE(entry.method ?? 0, 10)
  record.writeUInt16LE(0x21, 14)
  record.writeUInt32LE(entry.crc ?? crc32(entry.bytes), 16)
  record.writeUInt32LE(packedBytes(entry).length, 20)
  record.writeUInt32LE(entry.size ?? entry.bytes.length, 24)
  record.writeUInt16LE(name.length, 28)
  record.writeUInt16LE(extra.length, 30)
  record.writeUInt16LE(comment.length, 32)
  record.writeUInt32LE((entry.attributes ?? plainFile) >>> 0, 38)
  record.writeUInt32LE(offset, 42)
  return Buffer.concat([record, name, extra, comment])
}

function endRecord(entries: number, directoryBytes: number, directoryStart: number): Buffer {
  const comment = Buffer.from(sealText + '0'.repeat(64))
  const record = Buffer.alloc(22)
  record.writeUInt32LE(0x06054b50, 0)
  record.writeUInt16LE(entries, 8)
  record.writeUInt16LE(entries, 10)
  record.writeUInt32LE(directoryBytes, 12)
  record.writeUInt32LE(directoryStart, 16)
  record.writeUInt16LE(comment.length, 20)
  return Buffer.concat([record, comment])
}
