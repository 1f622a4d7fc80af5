import { AppError } from '../../shared/errors.ts'
import type { Manifest } from '../../shared/packages.ts'
import { ZipReader } from '../files/zip/reader.ts'
import type { ZipPolicy } from '../files/zip/policy.ts'
import { decodePicture } from '../images/read.ts'
import { productName } from '../product.ts'
import { entryName } from './entry-names.ts'
import { exportSetOf } from './export-set.ts'
import { exportFiles } from './formats/all-formats.ts'
import type { LoadPicture } from './formats/format.ts'
import { type PackageAbout, packedSetOf } from './packed-set.ts'
import { readmeText } from './readme.ts'
import { refusal, unfit } from './refusal.ts'

/**
 * Holds the README and the copies for other programs against what is made anew from the set: a copy that shows other
 * cells would mislead whoever opens that alone. What another version of this program made may differ in its form, and
 * cannot be told from a change.
 */
export class CopyCheck {
  readonly #file: string
  readonly #manifest: Manifest
  readonly #about: PackageAbout
  readonly #makers: ReadonlyMap<string, () => Promise<Uint8Array>>
  readonly #unchecked: string[] = []

  constructor(file: string, manifest: Manifest, about: PackageAbout, load: LoadPicture) {
    if (Number.isNaN(Date.parse(manifest.created))) throw unfit(file, 'its manifest has a date that cannot be used')
    this.#file = file
    this.#manifest = manifest
    this.#about = about
    const copies = exportFiles(exportSetOf(packedSetOf(about)), manifest.formats)
    this.#makers = new Map([
      [entryName.readme, () => Promise.resolve(Buffer.from(this.#readme()))],
      ...copies.map(({ path, make }) => [path, () => make(load)] as const)
    ])
  }

  /** Entries that could not be compared. */
  get unchecked(): readonly string[] {
    return this.#unchecked
  }

  /** @throws AppError of kind `input` where it says something else than the set */
  async compare(path: string, bytes: Buffer): Promise<void> {
    const made = await this.#makers.get(path)?.()
    if (made !== undefined && (await saysTheSame(path, bytes, made))) return
    if (this.#manifest.software !== productName) this.#unchecked.push(path)
    else throw unfit(this.#file, `${path} does not say the same as the set that it comes with`)
  }

  #readme(): string {
    const { formats, license, author, created, software } = this.#manifest
    return readmeText({ about: this.#about, formats, license, author, created: new Date(created), software })
  }
}

/** Compressed bytes can differ from one computer to the next; what is in them may not. */
async function saysTheSame(path: string, found: Buffer, made: Uint8Array): Promise<boolean> {
  if (found.equals(made)) return true
  try {
    if (/\.(?:png|tif)$/.test(path)) return await showTheSame(path, found, made)
    if (/\.(?:zip|npz)$/.test(path)) return await holdTheSame(path, found, made)
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.kind !== 'input') throw thrown // else it is no such file at all
  }
  return false
}

async function showTheSame(path: string, found: Buffer, made: Uint8Array): Promise<boolean> {
  const [a, b] = [(await decodePicture(path, found)).picture, (await decodePicture(path, made)).picture]
  const hasSameForm = a.width === b.width && a.height === b.height && a.channels === b.channels && a.bits === b.bits
  return hasSameForm && a.data.every((value, i) => Object.is(value, b.data[i]))
}

async function holdTheSame(path: string, found: Buffer, made: Uint8Array): Promise<boolean> {
  const policy = policyFor(made.length)
  const ours = await ZipReader.ofBytes(Buffer.from(made), path, policy)
  const theirs = await ZipReader.ofBytes(found, path, policy)
  const names = ({ entries }: ZipReader): string => JSON.stringify(entries.map(({ name, bytes }) => [name, bytes]))
  if (names(ours) !== names(theirs)) return false
  for (const [i, entry] of ours.entries.entries()) {
    const other = theirs.entries[i]
    if (other === undefined || !(await theirs.read(other)).equals(await ours.read(entry))) return false
  }
  return true
}

/** As large as what this program makes, inflated as far as deflate goes. */
function policyFor(packedBytes: number): ZipPolicy {
  const most = 2 ** 10 * (packedBytes + 2 ** 10)
  return {
    ...refusal,
    what: 'zip archive',
    entries: 2 ** 16,
    entryBytes: most,
    totalBytes: most,
    strict: { commentBytes: 0 }
  }
}
