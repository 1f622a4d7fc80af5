import { type Readable } from 'node:stream'
import { crc32 } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { AppError, refuse } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { checkInputFile } from './input-file.ts'

/** What a zip may be, before any of it is inflated. */
export interface ZipLimits {
  readonly entries: number
  /** Bytes of one entry, inflated. */
  readonly entryBytes: number
  /** Bytes of all entries together, inflated. */
  readonly totalBytes: number
}

export interface ZipContent {
  /** As the archive says it: a label, never a path to write to. */
  readonly name: string
  readonly bytes: Buffer
}

/**
 * Gives the entries of a small zip one after the other, in their order. Folders are passed over.
 *
 * @param most what the archive may be
 * @param isWanted by name; others are not inflated
 * @throws AppError of kind `input` for an archive that is damaged, or larger than it may be
 */
export async function* readZipEntries(
  path: string,
  most: ZipLimits,
  isWanted: (name: string) => boolean
): AsyncGenerator<ZipContent> {
  const zip = await open(path)
  let total = 0
  try {
    if (zip.entryCount > most.entries) {
      throw unfit(path, `it has ${zip.entryCount} entries, and at most ${most.entries} are read`)
    }
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName.endsWith('/') || !isWanted(entry.fileName)) continue
      total += entry.uncompressedSize
      if (entry.uncompressedSize > most.entryBytes || total > most.totalBytes) {
        throw unfit(path, `${entry.fileName} would fill more memory than such an archive needs`)
      }
      if (entry.uncompressedSize > entry.compressedSize * limits.deflateRatio + 64) {
        throw unfit(path, `${entry.fileName} declares more bytes than its contents can fill`)
      }
      yield { name: entry.fileName, bytes: await inflate(path, zip, entry) }
    }
  } catch (thrown) {
    throw asRefusal(path, thrown)
  } finally {
    zip.close()
  }
}

async function open(path: string): Promise<ZipFile> {
  await checkInputFile(path, 'zip archive')
  try {
    return await openPromise(path, { lazyEntries: true, autoClose: false, strictFileNames: false })
  } catch (thrown) {
    throw asRefusal(path, thrown)
  }
}

/** The stream fails by itself when it holds more, or less, than the archive declares. */
async function inflate(path: string, zip: ZipFile, entry: Entry): Promise<Buffer> {
  const stream: Readable = await zip.openReadStreamPromise(entry)
  const chunks: Buffer[] = []
  for await (const chunk of stream as AsyncIterable<Buffer>) chunks.push(chunk)
  const bytes = Buffer.concat(chunks)
  if (crc32(bytes) !== entry.crc32) throw unfit(path, `the checksum of ${entry.fileName} is wrong`)
  return bytes
}

function unfit(path: string, reason: string, cause?: unknown): AppError {
  return refuse(`${path} cannot be read as a zip archive: ${reason}.`, {
    file: path,
    next: 'Save it again with the program that made it, or copy it again.',
    cause
  })
}

/** What the zip reader and zlib object to is the file's fault; trouble with the disk is not. */
function asRefusal(path: string, thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown instanceof AppError) return thrown
  if ('syscall' in thrown) return thrown
  return unfit(path, `its structure is damaged (${thrown.message})`, thrown)
}
