import { type Hash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { pipeline as pipe, type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import { type Entry, fromBufferPromise, getFileNameLowLevel, openPromise, type ZipFile } from 'yauzl'
import { AppError, invariant } from '../../../shared/errors.ts'
import { checkInputFile } from '../input-file.ts'
import { layoutProblem, type Placed, strictLayoutProblem } from './layout.ts'
import { readUnstatedNames } from './names.ts'
import { entryProblem, totalProblem, unfitZip, type ZipEntry, type ZipPolicy } from './policy.ts'

/** Names stay bytes until it is known how they are written; what an archive declares holds for what comes out of it. */
const options = { lazyEntries: true, autoClose: false, decodeStrings: false, validateEntrySizes: true } as const

/**
 * The one reader of zips. What an archive declares is held against a policy before anything is inflated, and against what
 * comes out while it is. Links, encrypted entries and entries that share bytes are refused everywhere: of shared bytes,
 * a few hundred kilobytes can become gigabytes.
 *
 * Every problem is thrown as an AppError of kind `input`, in the words of the policy.
 */
export class ZipReader {
  readonly path: string
  /** In the order of the directory, without what the policy passes over. */
  readonly entries: readonly ZipEntry[]
  readonly #zip: ZipFile
  readonly #policy: ZipPolicy
  readonly #records: ReadonlyMap<ZipEntry, Entry>
  readonly #byName: ReadonlyMap<string, ZipEntry>

  private constructor(path: string, zip: ZipFile, policy: ZipPolicy, records: ReadonlyMap<ZipEntry, Entry>) {
    this.path = path
    this.entries = [...records.keys()]
    this.#zip = zip
    this.#policy = policy
    this.#records = records
    this.#byName = new Map(this.entries.map((entry) => [entry.name, entry]))
  }

  static async open(path: string, policy: ZipPolicy): Promise<ZipReader> {
    await checkInputFile(path, policy.what)
    return ZipReader.#over(path, policy, () => openPromise(path, options))
  }

  /** @param path what to call it */
  static ofBytes(bytes: Buffer, path: string, policy: ZipPolicy): Promise<ZipReader> {
    return ZipReader.#over(path, policy, () => fromBufferPromise(bytes, options))
  }

  static async #over(path: string, policy: ZipPolicy, open: () => Promise<ZipFile>): Promise<ZipReader> {
    let zip: ZipFile | undefined
    try {
      zip = await open()
      return new ZipReader(path, zip, policy, await readDirectory(path, zip, policy))
    } catch (thrown) {
      zip?.close()
      throw asRefusal(path, policy, thrown)
    }
  }

  find(name: string): ZipEntry | undefined {
    return this.#byName.get(name)
  }

  /** An entry in memory of its own. */
  async read(entry: ZipEntry): Promise<Buffer<ArrayBuffer>> {
    try {
      const bytes = Buffer.from(new ArrayBuffer(entry.bytes))
      let filled = 0
      for await (const chunk of (await this.#open(entry)) as AsyncIterable<Buffer>) {
        bytes.set(chunk, filled)
        filled += chunk.byteLength
      }
      return bytes
    } catch (thrown) {
      throw this.asRefusal(thrown)
    }
  }

  /** An entry piece by piece. What its stream fails with is put into words by `asRefusal`. */
  async stream(entry: ZipEntry): Promise<Readable> {
    try {
      return await this.#open(entry)
    } catch (thrown) {
      throw this.asRefusal(thrown)
    }
  }

  /**
   * Writes an entry to a file that must not be there yet, never through memory as a whole.
   *
   * @param hash is fed with what is written
   */
  async extract(entry: ZipEntry, to: string, watch: { signal?: AbortSignal; hash?: Hash } = {}): Promise<void> {
    const { signal, hash } = watch
    try {
      const stream = await this.#open(entry)
      stream.on('data', (chunk: Buffer) => hash?.update(chunk))
      await pipeline(stream, createWriteStream(to, { flags: 'wx' }), { signal })
    } catch (thrown) {
      throw signal?.aborted === true ? thrown : this.asRefusal(thrown)
    }
  }

  asRefusal(thrown: unknown): unknown {
    return asRefusal(this.path, this.#policy, thrown)
  }

  close(): void {
    this.#zip.close()
  }

  /** Fails by itself when there is more, less or something else than the archive declares. */
  async #open(entry: ZipEntry): Promise<Readable> {
    const record = this.#records.get(entry)
    invariant(record !== undefined, 'an entry is one of this archive')
    if (this.#policy.strict !== undefined) await this.#checkLocalHeader(entry, record)
    const checked = new Checked(record.crc32, () =>
      unfitZip(this.path, this.#policy, `the checksum of ${entry.name} is wrong`)
    )
    pipe(await this.#zip.openReadStreamPromise(record), checked, () => undefined) // told by the stream itself
    return checked
  }

  async #checkLocalHeader({ name }: ZipEntry, record: Entry): Promise<void> {
    const local = await this.#zip.readLocalFileHeaderPromise(record)
    const agrees =
      local.fileName.equals(record.fileNameRaw) &&
      local.extraFieldLength === 0 &&
      local.generalPurposeBitFlag === record.generalPurposeBitFlag &&
      local.compressionMethod === record.compressionMethod &&
      local.crc32 === record.crc32 &&
      local.compressedSize === record.compressedSize &&
      local.uncompressedSize === record.uncompressedSize
    if (!agrees) throw unfitZip(this.path, this.#policy, `${name} is described in two different ways`)
  }
}

/** The entries of a small zip in memory, one after the other. */
export async function* readZip(path: string, policy: ZipPolicy): AsyncGenerator<{ name: string; bytes: Buffer }> {
  const zip = await ZipReader.open(path, policy)
  try {
    for (const entry of zip.entries) yield { name: entry.name, bytes: await zip.read(entry) }
  } finally {
    zip.close()
  }
}

class Checked extends Transform {
  readonly #expected: number
  readonly #wrong: () => Error
  #checksum = 0

  constructor(expected: number, wrong: () => Error) {
    super()
    this.#expected = expected
    this.#wrong = wrong
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: (error: null, data: Buffer) => void): void {
    this.#checksum = crc32(chunk, this.#checksum)
    done(null, chunk)
  }

  override _flush(done: (error: Error | null) => void): void {
    done(this.#checksum === this.#expected ? null : this.#wrong())
  }
}

async function readDirectory(path: string, zip: ZipFile, policy: ZipPolicy): Promise<Map<ZipEntry, Entry>> {
  const refused = (reason: string | undefined): void => {
    if (reason !== undefined) throw unfitZip(path, policy, reason)
  }
  const { entryCount } = zip
  const { entries: most, skips = isFolder } = policy
  refused(entryCount > most ? `it has ${entryCount} entries, and at most ${most} are read` : undefined)
  const directoryStart = position(zip)
  const records: Entry[] = []
  for await (const record of zip.eachEntry()) records.push(record)
  const names = namesOf(records, policy)
  const taken = new Map<ZipEntry, Entry>()
  for (const [i, record] of records.entries()) {
    const entry = describe(names[i] ?? '', record)
    if (skips(entry.name)) continue
    refused(entryProblem(entry, record, policy))
    taken.set(entry, record)
  }
  const entries = [...taken.keys()]
  refused(sameNameProblem(entries, policy))
  refused(placeProblem(zip, records, names, policy, directoryStart))
  refused(totalProblem(entries, policy))
  return taken
}

function isFolder(name: string): boolean {
  return name.endsWith('/')
}

/** Where the directory is read next; the type declarations of the library call this number a boolean. */
function position(zip: ZipFile): number {
  const cursor: unknown = zip.readEntryCursor
  invariant(typeof cursor === 'number', 'the zip reader says where it is')
  return cursor
}

const utf8Flag = 0x0800
/** Info-ZIP's field with the name in UTF-8. */
const unicodePath = 0x7075

/** Strictly, a name is its bytes; else it is what they mean. */
function namesOf(records: readonly Entry[], { strict }: ZipPolicy): string[] {
  if (strict !== undefined) return records.map(({ fileNameRaw }) => fileNameRaw.toString('latin1'))
  const names = records.map(({ generalPurposeBitFlag: flags, fileNameRaw: raw, extraFields }) =>
    getFileNameLowLevel(flags, raw, extraFields, false)
  )
  const isUnstated = ({ generalPurposeBitFlag, extraFields }: Entry): boolean =>
    (generalPurposeBitFlag & utf8Flag) === 0 && extraFields.every(({ id }) => id !== unicodePath)
  const unstated = records.flatMap((record, i) =>
    isUnstated(record) ? [{ i, raw: record.fileNameRaw, standard: names[i] ?? '' }] : []
  )
  const read = readUnstatedNames(unstated)
  // Some programs for Windows write `\` between folders.
  for (const [position, { i }] of unstated.entries()) names[i] = (read[position] ?? '').replaceAll('\\', '/')
  return names
}

function describe(name: string, { uncompressedSize, compressedSize, compressionMethod }: Entry): ZipEntry {
  return { name, bytes: uncompressedSize, packedBytes: compressedSize, isStored: compressionMethod === 0 }
}

function sameNameProblem(entries: readonly ZipEntry[], { sameNames = 'refused' }: ZipPolicy): string | undefined {
  if (sameNames === 'accepted') return undefined
  const seen = new Set<string>()
  for (const { name } of entries) {
    const key = sameNames === 'refused' ? name : name.toLowerCase()
    if (seen.has(key)) return `${name} is in it twice`
    seen.add(key)
  }
  return undefined
}

/** Of all entries, also those that are passed over. */
function placeProblem(
  zip: ZipFile,
  records: readonly Entry[],
  names: readonly string[],
  { strict }: ZipPolicy,
  directoryStart: number
): string | undefined {
  const placed: Placed[] = records.map((record, i) => ({
    name: names[i] ?? '',
    start: record.relativeOffsetOfLocalHeader,
    nameBytes: record.fileNameLength,
    packedBytes: record.compressedSize
  }))
  if (strict === undefined) return layoutProblem(placed, directoryStart)
  return strictLayoutProblem(placed, directoryStart, zip.fileSize - position(zip) - strict.commentBytes)
}

/** What the zip library and zlib object to is the file's fault; trouble with the disk is not. */
function asRefusal(path: string, policy: ZipPolicy, thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown instanceof AppError || 'syscall' in thrown) return thrown
  const reason = reasons.find(([said]) => said.test(thrown.message))?.[1] ?? 'its zip structure is damaged'
  return unfitZip(path, policy, reason, thrown)
}

const reasons: readonly (readonly [said: RegExp, reason: string])[] = [
  [/^End of central directory record signature not found/, 'it is not a zip archive, or its end is missing'],
  [/^strong encryption/, 'it is encrypted'],
  [/^(?:too many|not enough) bytes|size mismatch/, 'an entry does not have the size that is stated for it']
]
