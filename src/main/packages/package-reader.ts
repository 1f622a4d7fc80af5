import { AppError, invariant } from '../../shared/errors.ts'
import { Manifest, type PackageKind, type VerifyResult } from '../../shared/packages.ts'
import { sha256 } from '../files/checksum.ts'
import { Archive, type ArchiveEntry } from './archive.ts'
import { CopyCheck } from './copy-check.ts'
import { entryName, type Place } from './entry-names.ts'
import { packageLimits, type PackageLimits } from './limits.ts'
import { compareLists, expectedEntries, parseJson, requireKnownVersion } from './manifest.ts'
import { type PackageAbout } from './packed-set.ts'
import { unfit } from './refusal.ts'
import { checkSeal } from './seal.ts'
import { SetCheck } from './set-check.ts'
import { packedPictures } from './set-files.ts'

export interface PackageOptions {
  readonly onProgress?: (done: number, total: number) => void
  readonly signal?: AbortSignal
  readonly limits?: PackageLimits
  /** Whether the README and the files for other programs are held against the set, or are just made of it. */
  readonly copies?: 'compared' | 'as made'
}

export interface ReadPackage {
  readonly about: PackageAbout
  readonly manifest: Manifest
  readonly verified: VerifyResult
}

type Take = (path: string, bytes: Uint8Array) => Promise<void>

/**
 * Reads all of a package and checks it on the way: that no byte has changed, that the zip has one reading only, every
 * size and SHA-256, that pictures, masks, outlines and counts agree, and that the copies for other programs say the same.
 *
 * @param take gets every entry of the set itself (not manifest and README), each after it was checked
 * @throws AppError of kind `input` with the first problem found; of kind `stopped` when `signal` aborts
 */
export async function readPackage(file: string, options: PackageOptions, take?: Take): Promise<ReadPackage> {
  const { sha256: digest } = await checkSeal(file)
  const archive = await openArchive(file, options.limits ?? packageLimits)
  try {
    const manifest = await readManifest(file, archive)
    const reading = { file, archive, manifest, contents: new SetCheck(file, manifest) }
    const isTrusted = options.copies === 'as made'
    let done = 0
    const step = (): void => {
      stopIfAsked(options.signal)
      options.onProgress?.(++done, archive.entries.length)
    }
    for (const [i, entry] of archive.entries.entries()) {
      if (entry.place !== 'manifest') await readEntry(reading, entry, i, take)
      if (isTrusted || !isCopy(entry)) step()
    }
    const unchecked = isTrusted ? [] : await checkCopies(reading, step)
    const { images, cells, name, author, license, created, software, classes } = manifest
    const origin = { author, license, created, software, classes }
    const counts = { entries: archive.entries.length, images, cells, name, unchecked, origin }
    const verified = { verified: true as const, kind: kindOf(manifest), ...counts, sha256: digest }
    return { about: reading.contents.about, manifest, verified }
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
  const archive = await openArchive(file, packageLimits)
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

/** What a newer program packs may have entries that this one does not know: that it is newer is said first. */
async function openArchive(file: string, limits: PackageLimits): Promise<Archive> {
  try {
    return await Archive.open(file, limits)
  } catch (thrown) {
    const manifest = await Archive.manifestOf(file, limits).catch(() => undefined)
    if (manifest !== undefined) requireKnownVersion(file, manifest)
    throw thrown
  }
}

async function readManifest(file: string, archive: Archive): Promise<Manifest> {
  const [first, ...others] = archive.entries
  const places = archive.entries.slice(0, 3).map(({ place }) => place)
  if (first === undefined || places.join() !== 'manifest,readme,about') {
    throw unfit(file, `it does not begin with ${entryName.manifest}, ${entryName.readme} and ${entryName.about}`)
  }
  const bytes = await archive.read(first)
  requireKnownVersion(file, bytes)
  const manifest = parseJson(file, first.path, bytes, Manifest)
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

/** For people and other programs; a workspace does not keep them. */
function isCopy({ place }: ArchiveEntry): boolean {
  return place === 'readme' || place === 'copy'
}

/** @returns those that could not be compared */
async function checkCopies(
  { file, archive, manifest, contents: { about } }: Reading,
  step: () => void
): Promise<string[]> {
  const byPath = new Map(archive.entries.map((entry) => [entry.path, entry]))
  const read = (path: string): Promise<Uint8Array> => {
    const entry = byPath.get(path)
    invariant(entry !== undefined, 'entries were compared with about.json before they are read')
    return archive.read(entry)
  }
  const check = new CopyCheck(file, manifest, about, packedPictures(about, read))
  for (const entry of archive.entries.filter(isCopy)) {
    await check.compare(entry.path, await archive.read(entry))
    step()
  }
  return [...check.unchecked]
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
      return // see checkCopies
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
