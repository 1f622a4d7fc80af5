import { AppError } from '../../shared/errors.ts'
import { Manifest, type PackageKind, type VerifyResult } from '../../shared/packages.ts'
import { sha256 } from '../files/checksum.ts'
import { Archive, type ArchiveEntry } from './archive.ts'
import { entryName, type Place } from './entry-names.ts'
import { packageLimits, type PackageLimits } from './limits.ts'
import { compareLists, expectedEntries, parseJson } from './manifest.ts'
import { type PackageAbout } from './packed-set.ts'
import { unfit } from './refusal.ts'
import { checkSeal } from './seal.ts'
import { SetCheck } from './set-check.ts'

export interface PackageOptions {
  readonly onProgress?: (done: number, total: number) => void
  readonly signal?: AbortSignal
  readonly limits?: PackageLimits
}

export interface ReadPackage {
  readonly about: PackageAbout
  readonly manifest: Manifest
  readonly verified: VerifyResult
}

type Take = (path: string, bytes: Uint8Array) => Promise<void>

/**
 * Reads all of a package and checks it on the way: that no byte has changed, that the zip has one reading only, every
 * size and SHA-256, and that pictures, masks, outlines and counts agree.
 *
 * @param take gets every entry of the set itself (not manifest and README), each after it was checked
 * @throws AppError of kind `input` with the first problem found; of kind `stopped` when `signal` aborts
 */
export async function readPackage(file: string, options: PackageOptions, take?: Take): Promise<ReadPackage> {
  const { sha256: digest } = await checkSeal(file)
  const archive = await Archive.open(file, options.limits ?? packageLimits)
  try {
    const manifest = await readManifest(file, archive)
    const contents = new SetCheck(file, manifest)
    for (const [i, entry] of archive.entries.entries()) {
      stopIfAsked(options.signal)
      if (entry.place !== 'manifest') await readEntry({ file, archive, manifest, contents }, entry, i, take)
      options.onProgress?.(i + 1, archive.entries.length)
    }
    const { images, cells, name } = manifest
    const counts = { entries: archive.entries.length, images, cells, name }
    const verified = { verified: true as const, kind: kindOf(manifest), ...counts, sha256: digest }
    return { about: contents.about, manifest, verified }
  } finally {
    archive.close()
  }
}

export interface PackageExtent {
  readonly kind: PackageKind
  /** What the set takes on the disk when it is opened. */
  readonly bytes: number
}

const kept: ReadonlySet<Place> = new Set<Place>(['about', 'outlines', 'cells', 'image', 'mask'])

/** What a package says that it holds, and how much; nothing else of it is checked. */
export async function packageExtent(file: string): Promise<PackageExtent> {
  await checkSeal(file)
  const archive = await Archive.open(file, packageLimits)
  try {
    const entries = archive.entries.filter(({ place }) => kept.has(place))
    return {
      kind: kindOf(await readManifest(file, archive)),
      bytes: entries.reduce((sum, { bytes }) => sum + bytes, 0)
    }
  } finally {
    archive.close()
  }
}

function kindOf({ synthetic }: Manifest): PackageKind {
  return synthetic ? 'synthetic' : 'dataset'
}

export function stopIfAsked(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AppError('stopped', 'Stopped on request. Nothing was left behind.')
}

async function readManifest(file: string, archive: Archive): Promise<Manifest> {
  const [first, ...others] = archive.entries
  const places = archive.entries.slice(0, 3).map(({ place }) => place)
  if (first === undefined || places.join() !== 'manifest,readme,about') {
    throw unfit(file, `it does not begin with ${entryName.manifest}, ${entryName.readme} and ${entryName.about}`)
  }
  const manifest = parseJson(file, first.path, await archive.read(first), Manifest)
  compareLists(
    file,
    others.map(({ path }) => path),
    manifest.entries.map(({ path }) => path),
    {
      extra: 'is not listed in the manifest',
      missing: 'is listed in the manifest, but not in the package',
      order: 'its entries are in a different order from the manifest'
    }
  )
  return manifest
}

interface Reading {
  readonly file: string
  readonly archive: Archive
  readonly manifest: Manifest
  readonly contents: SetCheck
}

async function readEntry(reading: Reading, entry: ArchiveEntry, i: number, take?: Take): Promise<void> {
  const bytes = await readChecked(reading, entry, i)
  const { contents } = reading
  switch (entry.place) {
    case 'about':
      checkComplete(reading, contents.readAbout(entry.path, bytes))
      break
    case 'outlines':
      contents.readOutlines(entry.path, bytes)
      break
    case 'cells':
      contents.readCells(entry.path, bytes)
      break
    case 'image':
      await contents.checkImage(entry, bytes)
      break
    case 'mask':
      await contents.checkMask(entry, bytes)
      break
    case 'manifest':
    case 'readme':
    case 'copy':
      return // for people and other programs; a workspace does not keep them
  }
  await take?.(entry.path, bytes)
}

async function readChecked({ file, archive, manifest }: Reading, entry: ArchiveEntry, i: number): Promise<Buffer> {
  const listed = manifest.entries[i - 1]
  const bytes = await archive.read(entry)
  if (listed?.bytes !== bytes.length || listed.sha256 !== sha256(bytes)) {
    throw unfit(file, `${entry.path} does not have the size and SHA-256 that the manifest states`)
  }
  return bytes
}

function checkComplete({ file, archive, manifest }: Reading, about: PackageAbout): void {
  const found = archive.entries.map(({ path }) => path)
  compareLists(file, found, expectedEntries(about, manifest.formats), {
    extra: 'is not described in about.json',
    missing: 'is described in about.json, but not in the package',
    order: 'its entries are not in the order of a package'
  })
}
