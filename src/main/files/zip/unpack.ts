import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { AppError } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { requireSpace } from '../disk-space.ts'
import { SafeNames } from '../safe-names.ts'
import { type ZipPolicy } from './policy.ts'
import { ZipReader } from './reader.ts'

export interface UnpackOptions {
  readonly signal?: AbortSignal | undefined
  readonly onProgress?: ((done: number, total: number) => void) | undefined
}

const { entries, entryBytes, totalBytes, ratio } = limits.archive

/** A zip of pictures and annotations, from anybody. */
const unpacked: ZipPolicy = {
  what: 'zip archive',
  verdict: 'is not unpacked',
  next: 'Pack or copy it again. If you trust it, unpack it yourself and import the folder.',
  entries,
  entryBytes,
  totalBytes,
  totalRatio: ratio,
  skips: (name) => name.endsWith('/') || isOfSystem(name)
}

/** What macOS adds, and hidden files. */
function isOfSystem(name: string): boolean {
  return name.split('/').some((part) => part === '__MACOSX' || (part.startsWith('.') && part !== '.' && part !== '..'))
}

/** The files that a zip says it has, without folders and what systems put beside them. Nothing is inflated. */
export async function listZip(path: string): Promise<string[]> {
  const zip = await ZipReader.open(path, unpacked)
  zip.close()
  return zip.entries.map(({ name }) => name)
}

/**
 * Unpacks a zip into an empty folder, one file after the other and each as a stream. Names get a form that every system
 * accepts; what is not accepted costs the whole archive.
 *
 * @throws AppError of kind `input`, `resources` where the disk is too small, or `stopped`; the folder is then to be removed
 */
export async function unpackZip(path: string, folder: string, options: UnpackOptions = {}): Promise<void> {
  const zip = await ZipReader.open(path, unpacked)
  try {
    await mkdir(folder, { recursive: true })
    const needed = zip.entries.reduce((sum, { bytes }) => sum + bytes, 0)
    const next = 'Free some space, or unpack it on another disk and import the folder.'
    await requireSpace(folder, needed, `${path}, unpacked,`, { file: path, next })
    const names = new SafeNames()
    for (const [i, entry] of zip.entries.entries()) {
      if (options.signal?.aborted) throw new AppError('stopped', 'Stopped while unpacking; nothing was kept.')
      const target = join(folder, names.take(entry.name))
      await mkdir(dirname(target), { recursive: true })
      await zip.extract(entry, target)
      options.onProgress?.(i + 1, zip.entries.length)
    }
  } finally {
    zip.close()
  }
}
