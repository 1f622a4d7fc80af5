import { createHash } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { type AppError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { unfitZip, type ZipEntry, type ZipPolicy } from '../files/zip/policy.ts'
import { ZipReader } from '../files/zip/reader.ts'

const { entries, entryBytes, totalBytes } = limits.archive

/** Packs and wheels: of any size, with a few entries that are wanted. */
const packPolicy: ZipPolicy = {
  what: 'zip archive',
  verdict: 'is not accepted',
  next: 'Nothing was taken from it. Download or copy the file again.',
  entries,
  entryBytes,
  totalBytes
}

export function openPackZip(file: string): Promise<ZipReader> {
  return ZipReader.open(file, packPolicy)
}

/** A file that is not taken: which, why, and what now. */
export function unfit(file: string, reason: string): AppError {
  return unfitZip(file, packPolicy, reason)
}

/** Writes an entry to a new file, and returns its SHA-256. */
export async function extract(zip: ZipReader, entry: ZipEntry, to: string, signal: AbortSignal): Promise<string> {
  await mkdir(dirname(to), { recursive: true })
  const hash = createHash('sha256')
  await zip.extract(entry, to, { signal, hash })
  return hash.digest('hex')
}

/** The text of a small entry. */
export async function readText(zip: ZipReader, entry: ZipEntry, maxBytes: number): Promise<string> {
  if (entry.bytes > maxBytes) throw unfit(zip.path, `${entry.name} is larger than it can be`)
  return (await zip.read(entry)).toString('utf8')
}
