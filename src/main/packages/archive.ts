import { invariant } from '../../shared/errors.ts'
import { type ZipEntry } from '../files/zip/policy.ts'
import { ZipReader } from '../files/zip/reader.ts'
import { entryName, nameProblem, type Place, placeOf } from './entry-names.ts'
import { entryLimit, type PackageLimits } from './limits.ts'
import { refusal } from './refusal.ts'
import { sealBytes } from './seal.ts'

export interface ArchiveEntry {
  readonly path: string
  readonly place: Place
  /** Inflated. */
  readonly bytes: number
  readonly inZip: ZipEntry
}

/**
 * The zip of a package, read strictly: entries that stand one after another without gaps or overlaps, with names that
 * have a place in a package, and with local headers that say the same as the directory.
 */
export class Archive {
  readonly entries: readonly ArchiveEntry[]
  readonly #zip: ZipReader

  private constructor(zip: ZipReader) {
    this.#zip = zip
    this.entries = zip.entries.map((inZip) => ({
      path: inZip.name,
      place: requirePlace(inZip.name),
      bytes: inZip.bytes,
      inZip
    }))
  }

  static async open(file: string, { entries, totalBytes, ratio, ...limits }: PackageLimits): Promise<Archive> {
    const zip = await ZipReader.open(file, {
      ...refusal,
      what: 'package',
      entries,
      totalBytes,
      entryRatio: ratio,
      entryBytes: (name) => entryLimit(limits, requirePlace(name)),
      skips: () => false,
      nameProblem,
      sameNames: 'refused in either case',
      strict: { commentBytes: sealBytes }
    })
    return new Archive(zip)
  }

  /** The manifest of a file that this program may not know how to read otherwise. */
  static async manifestOf(
    file: string,
    { entries, totalBytes, textBytes }: PackageLimits
  ): Promise<Buffer | undefined> {
    const skips = (name: string): boolean => name !== entryName.manifest
    const policy = { ...refusal, what: 'package', entries, totalBytes, entryBytes: textBytes, skips }
    const zip = await ZipReader.open(file, policy)
    try {
      const [manifest] = zip.entries
      return manifest && (await zip.read(manifest))
    } finally {
      zip.close()
    }
  }

  /** Inflates an entry. Stops as soon as there is more of it than the directory declares. */
  read({ inZip }: ArchiveEntry): Promise<Buffer> {
    return this.#zip.read(inZip)
  }

  close(): void {
    this.#zip.close()
  }
}

function requirePlace(name: string): Place {
  const place = placeOf(name)
  invariant(place !== undefined, 'names without a place are refused before')
  return place
}
