import { createWriteStream } from 'node:fs'
import { mkdir, statfs } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { crc32 } from 'node:zlib'
import { type Entry, openPromise, type ZipFile } from 'yauzl'
import { AppError, refuse } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { checkInputFile } from './input-file.ts'
import { SafeNames } from './safe-names.ts'

export interface UnpackOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

/** The files that a zip says it has, without folders and what systems put beside them. Nothing is inflated. */
export async function listZip(path: string): Promise<string[]> {
  const zip = await openZip(path)
  try {
    return (await plainEntries(path, zip)).map(({ fileName }) => fileName)
  } catch (thrown) {
    throw asRefusal(path, thrown)
  } finally {
    zip.close()
  }
}

/**
 * Unpacks a zip into an empty folder, one file after the other and each as a stream. What it declares is held against
 * the limits and the free disk first, and against what comes out while it is inflated. Names get a form that every
 * system accepts; links, encrypted entries and names that lead out of the folder are refused with the whole archive.
 *
 * @throws AppError of kind `input`, `resources` where the disk is too small, or `stopped`; the folder is then to be removed
 */
export async function unpackZip(path: string, folder: string, options: UnpackOptions = {}): Promise<void> {
  const zip = await openZip(path)
  try {
    const entries = await plainEntries(path, zip)
    await mkdir(folder, { recursive: true })
    await checkSpace(path, folder, entries)
    const names = new SafeNames()
    for (const [i, entry] of entries.entries()) {
      if (options.signal?.aborted) throw new AppError('stopped', 'Stopped while unpacking; nothing was kept.')
      const target = join(folder, names.take(entry.fileName))
      await mkdir(dirname(target), { recursive: true })
      await inflateTo(target, path, zip, entry)
      options.onProgress?.(i + 1, entries.length)
    }
  } catch (thrown) {
    throw asRefusal(path, thrown)
  } finally {
    zip.close()
  }
}

async function openZip(path: string): Promise<ZipFile> {
  await checkInputFile(path, 'zip archive')
  try {
    return await openPromise(path, { lazyEntries: true, autoClose: false, strictFileNames: false })
  } catch (thrown) {
    throw asRefusal(path, thrown)
  }
}

async function plainEntries(path: string, zip: ZipFile): Promise<Entry[]> {
  const { entries: most, totalBytes, ratio, entryBytes } = limits.archive
  if (zip.entryCount > most) throw unfit(path, `it has ${zip.entryCount} entries, and at most ${most} are read`)
  const entries: Entry[] = []
  let [packed, total] = [0, 0]
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName.endsWith('/') || isOfSystem(entry.fileName)) continue
    const problem = entryProblems.find(({ is }) => is(entry))
    if (problem) throw unfit(path, `${JSON.stringify(entry.fileName)} ${problem.says}`)
    if (entry.uncompressedSize > entryBytes) throw unfit(path, `${entry.fileName} would fill ${gibibytes(entryBytes)}`)
    packed += entry.compressedSize
    total += entry.uncompressedSize
    entries.push(entry)
  }
  if (total > totalBytes) throw unfit(path, `it would fill more than ${gibibytes(totalBytes)}`)
  if (total > 2 ** 28 && total > ratio * packed) {
    throw unfit(path, `it would fill more than ${ratio} times what it takes, as pictures never do`)
  }
  return entries
}

/** What macOS adds, and hidden files. */
function isOfSystem(name: string): boolean {
  return name.split('/').some((part) => part === '__MACOSX' || part.startsWith('.'))
}

const longestName = 1000

const entryProblems: readonly { readonly says: string; readonly is: (entry: Entry) => boolean }[] = [
  { says: 'is a link to another file', is: (entry) => unixKind(entry) === 0o120000 },
  { says: 'is neither file nor folder', is: (entry) => ![0, 0o100000].includes(unixKind(entry)) },
  { says: 'is encrypted', is: ({ generalPurposeBitFlag }) => (generalPurposeBitFlag & 1) !== 0 },
  { says: 'holds a control character', is: ({ fileName }) => /\p{Cc}/u.test(fileName) },
  { says: 'has a name that is too long', is: ({ fileName }) => fileName.length > longestName },
  {
    says: 'is packed by a method that is not read here; pack it with deflate',
    is: ({ compressionMethod }) => compressionMethod !== 0 && compressionMethod !== 8
  },
  {
    says: 'declares more bytes than its contents can fill',
    is: ({ uncompressedSize, compressedSize }) => uncompressedSize > compressedSize * limits.deflateRatio + 64
  }
]

function unixKind({ externalFileAttributes }: Entry): number {
  return (externalFileAttributes >>> 16) & 0o170000
}

async function checkSpace(path: string, folder: string, entries: readonly Entry[]): Promise<void> {
  const needed = entries.reduce((sum, { uncompressedSize }) => sum + uncompressedSize, 0)
  const { bavail, bsize } = await statfs(folder)
  if (needed <= bavail * bsize) return
  throw new AppError('resources', `${path} fills ${gibibytes(needed)} unpacked, and the disk has not that much left.`, {
    file: path,
    next: 'Free some space, or unpack it on another disk and import the folder.'
  })
}

/** The stream fails by itself when it holds more, or less, than the archive declares. */
async function inflateTo(target: string, path: string, zip: ZipFile, entry: Entry): Promise<void> {
  const stream: Readable = await zip.openReadStreamPromise(entry)
  let checksum = 0
  const check = new Transform({
    transform(chunk: Buffer, _, done) {
      checksum = crc32(chunk, checksum)
      done(null, chunk)
    }
  })
  await pipeline(stream, check, createWriteStream(target, { flags: 'wx' }))
  if (checksum !== entry.crc32) throw unfit(path, `the checksum of ${entry.fileName} is wrong`)
}

function gibibytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GiB`
}

function unfit(path: string, reason: string, cause?: unknown): AppError {
  return refuse(`${path} is not unpacked: ${reason}.`, {
    file: path,
    next: 'Pack or copy it again. If you trust it, unpack it yourself and import the folder.',
    cause
  })
}

/** What the zip reader and zlib object to is the file's fault; trouble with the disk is not. */
function asRefusal(path: string, thrown: unknown): unknown {
  if (!(thrown instanceof Error) || thrown instanceof AppError || 'syscall' in thrown) return thrown
  const leadsOut = /relative path|absolute path|invalid characters/.test(thrown.message)
  return unfit(
    path,
    leadsOut
      ? `a name in it leads out of its folder (${thrown.message})`
      : `its structure is damaged (${thrown.message})`,
    thrown
  )
}
