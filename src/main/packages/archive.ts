import { type Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { AppError, invariant } from '../../shared/errors.ts'
import { nameProblem, type Place, placeOf } from './entry-names.ts'
import { entryLimit, type PackageLimits } from './limits.ts'
import { unfit } from './refusal.ts'
import { sealBytes } from './seal.ts'

export interface ArchiveEntry {
  readonly path: string
  readonly place: Place
  /** Inflated. */
  readonly bytes: number
  readonly record: Entry
}

const endRecordBytes = 22
/** The end record and its locator that a zip of more than 4 GiB or 65,534 entries has in addition. */
const zip64EndBytes = 56 + 20
const localHeaderBytes = 30
const utf8Names = 0x0800
const [stored, deflated] = [0, 8]
const zip64Field = 1

/**
 * A zip read strictly: entries that stand one after another without gaps or overlaps, with harmless names, and with
 * local headers that say the same as the directory, so that no two readers can see two different archives in it.
 *
 * Every problem is thrown as an AppError of kind `input`.
 */
export class Archive {
  readonly entries: readonly ArchiveEntry[]
  readonly #file: string
  readonly #zip: ZipFile

  private constructor(file: string, zip: ZipFile, entries: readonly ArchiveEntry[]) {
    this.#file = file
    this.#zip = zip
    this.entries = entries
  }

  static async open(file: string, limits: PackageLimits): Promise<Archive> {
    let zip: ZipFile | undefined
    try {
      // Names stay bytes here: they are judged before anything interprets them.
      zip = await openPromise(file, { lazyEntries: true, autoClose: false, decodeStrings: false })
      return new Archive(file, zip, await readDirectory(file, zip, limits))
    } catch (thrown) {
      zip?.close()
      throw asRefusal(file, thrown)
    }
  }

  /** Inflates an entry. Stops as soon as there is more of it than the directory declares. */
  async read(entry: ArchiveEntry): Promise<Buffer> {
    try {
      await this.#checkLocalHeader(entry)
      const bytes = await collect(await this.#zip.openReadStreamPromise(entry.record))
      if (bytes.length !== entry.bytes || crc32(bytes) !== entry.record.crc32) {
        throw unfit(this.#file, `${entry.path} does not have the size and checksum that the archive states`)
      }
      return bytes
    } catch (thrown) {
      throw asRefusal(this.#file, thrown)
    }
  }

  close(): void {
    this.#zip.close()
  }

  async #checkLocalHeader({ path, record }: ArchiveEntry): Promise<void> {
    const local = await this.#zip.readLocalFileHeaderPromise(record)
    const agrees =
      local.fileName.equals(record.fileNameRaw) &&
      local.extraFieldLength === 0 &&
      local.generalPurposeBitFlag === record.generalPurposeBitFlag &&
      local.compressionMethod === record.compressionMethod &&
      local.crc32 === record.crc32 &&
      local.compressedSize === record.compressedSize &&
      local.uncompressedSize === record.uncompressedSize
    if (!agrees) throw unfit(this.#file, `${path} is described in two different ways`)
  }
}

async function readDirectory(file: string, zip: ZipFile, limits: PackageLimits): Promise<ArchiveEntry[]> {
  if (zip.entryCount > limits.entries) {
    throw unfit(file, `it has ${zip.entryCount} entries, and at most ${limits.entries} are read`)
  }
  const directoryStart = position(zip)
  const entries: ArchiveEntry[] = []
  const seen = new Set<string>()
  let total = 0
  for await (const record of zip.eachEntry()) {
    const entry = toEntry(file, record, limits)
    if (seen.has(entry.path.toLowerCase())) throw unfit(file, `${entry.path} is in it twice`)
    seen.add(entry.path.toLowerCase())
    total += entry.bytes
    if (total > limits.totalBytes) throw unfit(file, `it would fill more than ${inMebibytes(limits.totalBytes)}`)
    entries.push(entry)
  }
  checkLayout(file, zip, entries, directoryStart)
  return entries
}

/** Where the directory is read next; the type declarations of the library call this number a boolean. */
function position(zip: ZipFile): number {
  const cursor: unknown = zip.readEntryCursor
  invariant(typeof cursor === 'number', 'the zip reader says where it is')
  return cursor
}

function toEntry(file: string, record: Entry, limits: PackageLimits): ArchiveEntry {
  const path = record.fileNameRaw.toString('latin1')
  const problem = nameProblem(path)
  const place = placeOf(path)
  if (problem !== undefined || place === undefined) {
    throw unfit(file, `the entry ${JSON.stringify(path)} ${problem ?? 'has no place in a package'}`)
  }
  const kind = kindProblems.find(({ is }) => is(record))
  if (kind !== undefined) throw unfit(file, `${path} ${kind.says}`)

  const { compressedSize, uncompressedSize } = record
  const limit = entryLimit(limits, place)
  if (uncompressedSize > limit) throw unfit(file, `${path} would fill more than ${inMebibytes(limit)}`)
  if (uncompressedSize > 2 ** 20 && uncompressedSize > limits.ratio * compressedSize) {
    throw unfit(file, `${path} claims to be more than ${limits.ratio} times as large as it is packed`)
  }
  return { path, place, bytes: uncompressedSize, record }
}

/** Each way in which an entry can be more than a plain file that everybody reads alike. */
const kindProblems: readonly { readonly says: string; readonly is: (record: Entry) => boolean }[] = [
  { says: 'is a link to another file', is: (record) => unixKind(record) === 0o120000 },
  { says: 'is not a plain file', is: (record) => unixKind(record) !== 0 && unixKind(record) !== 0o100000 },
  { says: 'is a folder', is: ({ externalFileAttributes }) => (externalFileAttributes & 0x10) !== 0 },
  { says: 'is encrypted', is: ({ generalPurposeBitFlag }) => (generalPurposeBitFlag & 1) !== 0 },
  { says: 'uses a rare form of zip', is: ({ generalPurposeBitFlag }) => (generalPurposeBitFlag & ~utf8Names) !== 0 },
  {
    says: 'is packed by another method',
    is: ({ compressionMethod: method }) => method !== stored && method !== deflated
  },
  { says: 'carries hidden fields', is: ({ extraFields }) => extraFields.some(({ id }) => id !== zip64Field) },
  { says: 'carries a comment', is: ({ fileCommentLength }) => fileCommentLength > 0 }
]

function unixKind(record: Entry): number {
  return (record.externalFileAttributes >>> 16) & 0o170000
}

function checkLayout(file: string, zip: ZipFile, entries: readonly ArchiveEntry[], directoryStart: number): void {
  let end = 0
  for (const { path, record } of entries) {
    if (record.relativeOffsetOfLocalHeader !== end) {
      throw unfit(file, `there are bytes before ${path} that belong to no entry, or to two`)
    }
    end += localHeaderBytes + record.fileNameLength + record.compressedSize
  }
  const tail = zip.fileSize - position(zip) - endRecordBytes - sealBytes
  if (end !== directoryStart || (tail !== 0 && tail !== zip64EndBytes)) {
    throw unfit(file, 'there are bytes in it that belong to no entry')
  }
}

async function collect(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  // The stream yields buffers, and fails by itself when their total leaves the declared size.
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}

function inMebibytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`
}

/** What the zip reader and zlib object to is the file's fault; trouble with the disk is not. */
function asRefusal(file: string, thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown instanceof AppError || 'syscall' in thrown) return thrown
  return unfit(file, `its zip structure is damaged (${thrown.message})`, thrown)
}
