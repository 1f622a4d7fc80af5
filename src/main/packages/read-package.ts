import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { AppError } from '../../shared/errors.ts'
import { Manifest, type VerifyResult } from '../../shared/packages.ts'
import { type SyntheticAbout } from '../../shared/synthetic.ts'
import { sha256 } from '../files/checksum.ts'
import { pngTexts } from '../images/png-decode.ts'
import { encodeLabelPng16 } from '../images/png-encode.ts'
import { Archive, type ArchiveEntry } from './archive.ts'
import { type CheckedImage, type CheckedMask, PackageContents } from './contents.ts'
import { entryName } from './entry-names.ts'
import { packageLimits, type PackageLimits } from './limits.ts'
import { compareLists, expectedEntries, parseJson } from './manifest.ts'
import { OutlineCollector } from './outlines.ts'
import { unfit } from './refusal.ts'
import { checkSeal } from './seal.ts'

export interface PackageOptions {
  readonly onProgress?: (done: number, total: number) => void
  readonly signal?: AbortSignal
  readonly limits?: PackageLimits
}

export interface OpenedPackage {
  readonly about: SyntheticAbout
  readonly verified: VerifyResult
}

/**
 * Checks all of a package: that no byte has changed, that the zip has one reading only, every size and SHA-256, and
 * that pictures, masks, outlines and counts agree. Nothing is written.
 *
 * @throws AppError of kind `input` with the first problem found; of kind `stopped` when `signal` aborts
 */
export async function verifyPackage(file: string, options: PackageOptions = {}): Promise<VerifyResult> {
  const { verified } = await readPackage(file, options)
  return verified
}

/**
 * Does the same and writes the set to `folder` on the way, laid out as in `synthetic/<id>/`. What the package's formats
 * leave out is made again, pixel for pixel: masks from the outlines, outlines from the masks.
 *
 * The folder is one that the caller stages, keeps when this returns, and discards when it throws. Its `about.json`
 * still has the id and name of the computer that it comes from.
 *
 * @throws AppError as `verifyPackage` does
 */
export async function openPackage(file: string, folder: string, options: PackageOptions = {}): Promise<OpenedPackage> {
  for (const name of ['images', 'masks']) await mkdir(join(folder, name), { recursive: true })
  return readPackage(file, options, new FolderWriter(folder))
}

async function readPackage(file: string, options: PackageOptions, writer?: FolderWriter): Promise<OpenedPackage> {
  const { sha256: digest } = await checkSeal(file)
  const archive = await Archive.open(file, options.limits ?? packageLimits)
  try {
    const manifest = await readManifest(file, archive)
    const contents = new PackageContents(file, manifest)
    for (const [i, entry] of archive.entries.entries()) {
      stopIfAsked(options.signal)
      if (entry.place !== 'manifest') await readEntry({ file, archive, manifest, contents }, entry, i, writer)
      options.onProgress?.(i + 1, archive.entries.length)
    }
    await writer?.finish(contents)
    const { images, cells, name } = manifest
    const verified = { verified: true as const, entries: archive.entries.length, images, cells, name, sha256: digest }
    return { about: contents.about, verified }
  } finally {
    archive.close()
  }
}

export function stopIfAsked(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new AppError('stopped', 'Stopped on request. Nothing was left behind.')
}

async function readManifest(file: string, archive: Archive): Promise<Manifest> {
  const [first, ...others] = archive.entries
  if (first?.place !== 'manifest') throw unfit(file, `it does not begin with ${entryName.manifest}`)
  const manifest = parseJson(file, first.path, await archive.read(first), Manifest)
  compareLists(
    file,
    others.map(({ path }) => path),
    manifest.entries.map(({ path }) => path),
    {
      extra: 'is not listed in the manifest',
      missing: 'is listed in the manifest, but not in the package',
      order: 'its entries stand in another order than in the manifest'
    }
  )
  return manifest
}

interface Reading {
  readonly file: string
  readonly archive: Archive
  readonly manifest: Manifest
  readonly contents: PackageContents
}

async function readEntry(reading: Reading, entry: ArchiveEntry, i: number, writer?: FolderWriter): Promise<void> {
  const bytes = await readChecked(reading, entry, i)
  const { contents } = reading
  switch (entry.place) {
    case 'about':
      checkComplete(reading, contents.readAbout(entry.path, bytes))
      break
    case 'outlines':
      contents.readOutlines(entry.path, bytes)
      break
    case 'image': {
      const checked = contents.checkImage(entry, bytes)
      await writer?.restoreMask(checked, bytes)
      break
    }
    case 'mask': {
      const checked = contents.checkMask(entry, bytes)
      writer?.gather(checked, contents)
      break
    }
    case 'manifest':
    case 'readme':
      return // for people; a workspace does not keep them
  }
  await writer?.write(entry.path, bytes)
}

async function readChecked({ file, archive, manifest }: Reading, entry: ArchiveEntry, i: number): Promise<Buffer> {
  const listed = manifest.entries[i - 1]
  const bytes = await archive.read(entry)
  if (listed?.bytes !== bytes.length || listed.sha256 !== sha256(bytes)) {
    throw unfit(file, `${entry.path} does not have the size and SHA-256 that the manifest states`)
  }
  return bytes
}

function checkComplete({ file, archive, manifest }: Reading, about: SyntheticAbout): void {
  const found = archive.entries.map(({ path }) => path)
  compareLists(file, found, expectedEntries(about, manifest.formats), {
    extra: 'is not described in about.json',
    missing: 'is described in about.json, but not in the package',
    order: 'its entries do not stand in the order of a package'
  })
  if (!manifest.formats.includes('coco') && !manifest.formats.includes('labels')) {
    throw unfit(file, 'it holds neither masks nor outlines')
  }
}

/** A PNG text keyword as the format allows it; other ones of a stranger's picture are left behind. */
const plainKeyword = /^[ -~]{1,79}$/

/** Writes entries to a staged folder, and what the package's formats leave out. */
class FolderWriter {
  readonly #folder: string
  #outlines: OutlineCollector | undefined

  constructor(folder: string) {
    this.#folder = folder
  }

  async write(path: string, bytes: Uint8Array | string): Promise<void> {
    await writeFile(join(this.#folder, path), bytes, { flag: 'wx' })
  }

  /** Writes the mask of a picture that comes with outlines alone; it gets the picture's own notes. */
  async restoreMask({ image, restored }: CheckedImage, png: Uint8Array): Promise<void> {
    if (restored === undefined) return
    const notes = Object.fromEntries([...pngTexts(image.file, png)].filter(([key]) => plainKeyword.test(key)))
    await this.write(entryName.mask(image.file), encodeLabelPng16(restored, image.width, image.height, notes))
  }

  /** Takes the outlines from a mask that comes without them. */
  gather({ image, labels }: CheckedMask, contents: PackageContents): void {
    if (contents.outlines !== undefined) return
    this.#outlines ??= new OutlineCollector(contents.about.synthetic.classes.map(({ name }) => name))
    this.#outlines.add(image, labels)
  }

  async finish(contents: PackageContents): Promise<void> {
    if (contents.outlines !== undefined) return
    this.#outlines ??= new OutlineCollector(contents.about.synthetic.classes.map(({ name }) => name))
    await this.write(entryName.outlines, JSON.stringify(this.#outlines.finish()))
  }
}
