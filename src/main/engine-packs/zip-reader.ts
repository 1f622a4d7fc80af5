import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { AppError, refuse } from '../../shared/errors.ts'
import { checkInputFile } from '../files/input-file.ts'

export interface ZipEntry {
  readonly path: string
  /** Inflated. */
  readonly bytes: number
  readonly record: Entry
}

/** What came out of a zip: its size and SHA-256. */
export interface Extracted {
  readonly bytes: number
  readonly sha256: string
}

/**
 * A zip of any size, of which a few entries are wanted: they go to disk as they are inflated, never through memory as
 * a whole. Links, encrypted entries, names that lead elsewhere and names that stand twice are refused.
 */
export class ZipReader {
  readonly file: string
  readonly entries: ReadonlyMap<string, ZipEntry>
  readonly #zip: ZipFile

  private constructor(file: string, zip: ZipFile, entries: ReadonlyMap<string, ZipEntry>) {
    this.file = file
    this.#zip = zip
    this.entries = entries
  }

  static async open(file: string): Promise<ZipReader> {
    let zip: ZipFile | undefined
    try {
      await checkInputFile(file, 'zip archive')
      zip = await openPromise(file, { lazyEntries: true, autoClose: false, strictFileNames: true })
      return new ZipReader(file, zip, await readDirectory(file, zip))
    } catch (thrown) {
      zip?.close()
      throw asRefusal(file, thrown)
    }
  }

  close(): void {
    this.#zip.close()
  }

  /** Writes one entry to a file that must not be there yet. */
  async extract(entry: ZipEntry, to: string, signal: AbortSignal): Promise<Extracted> {
    try {
      const meter = new Meter()
      const stream = await this.#zip.openReadStreamPromise(entry.record)
      await pipeline(stream, meter, createWriteStream(to, { flags: 'wx' }), { signal })
      return meter.result()
    } catch (thrown) {
      throw signal.aborted ? thrown : asRefusal(this.file, thrown)
    }
  }

  /** The text of a small entry. */
  async text(entry: ZipEntry, maxBytes: number): Promise<string> {
    if (entry.bytes > maxBytes) throw unfit(this.file, `${entry.path} is larger than it can be`)
    try {
      const chunks: Buffer[] = []
      const stream = await this.#zip.openReadStreamPromise(entry.record)
      // The stream yields buffers, and fails by itself when there is more than the directory declares.
      for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
      return Buffer.concat(chunks).toString('utf8')
    } catch (thrown) {
      throw asRefusal(this.file, thrown)
    }
  }
}

/** A file that is not taken: which, why, and what now. */
export function unfit(file: string, reason: string, cause?: unknown): AppError {
  return refuse(`${file} is not accepted: ${reason}.`, {
    file,
    next: 'Nothing was taken from it. Fetch or copy the file again.',
    cause
  })
}

class Meter extends Transform {
  readonly #hash = createHash('sha256')
  #bytes = 0

  override _transform(chunk: Buffer, _: BufferEncoding, done: (error: null, data: Buffer) => void): void {
    this.#hash.update(chunk)
    this.#bytes += chunk.length
    done(null, chunk)
  }

  result(): Extracted {
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') }
  }
}

async function readDirectory(file: string, zip: ZipFile): Promise<Map<string, ZipEntry>> {
  const entries = new Map<string, ZipEntry>()
  for await (const record of zip.eachEntry()) {
    const path = record.fileName
    if (path.endsWith('/')) continue
    if (entries.has(path)) throw unfit(file, `${path} is in it twice`)
    const kind = (record.externalFileAttributes >>> 16) & 0o170000
    if (kind !== 0 && kind !== 0o100000) throw unfit(file, `${path} is not a plain file`)
    if (record.isEncrypted()) throw unfit(file, `${path} is encrypted`)
    entries.set(path, { path, bytes: record.uncompressedSize, record })
  }
  return entries
}

/** What the zip reader and zlib object to is the file's fault; trouble with the disk is not. */
function asRefusal(file: string, thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown instanceof AppError) return thrown
  if ('syscall' in thrown) return thrown
  return unfit(file, `it is no whole zip file (${thrown.message})`, thrown)
}
