import { rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { AppError, invariant, refuse } from '../../shared/errors.ts'
import { type ManifestEntry, PackageFormat, type PackageResult } from '../../shared/packages.ts'
import { withoutHome } from '../../shared/things.ts'
import { sha256 } from '../files/checksum.ts'
import { isThere, moveToFreePath, requireFreePath, stageFolder } from '../files/atomic-write.ts'
import { sweepPartials } from '../files/partials.ts'
import { entryName, pictureName } from './entry-names.ts'
import { EntrySpool, type Spooled } from './entry-spool.ts'
import { exportSetOf } from './export-set.ts'
import { exportFiles } from './formats/all-formats.ts'
import { packageLimits } from './limits.ts'
import { expectedEntries, makeManifest, type PackageOrigin } from './manifest.ts'
import { packDataset } from './pack-dataset.ts'
import { type PackageAbout, packedSetOf } from './packed-set.ts'
import { readmeText } from './readme.ts'
import { type PackageOptions, stopIfAsked } from './package-reader.ts'
import { verifyPackage } from './read-package.ts'
import { datasetFiles, type SetFiles, syntheticFiles } from './set-files.ts'
import { type ArchiveContent, writeArchive } from './write-archive.ts'

export interface PackageSource {
  /** `synthetic/<id>` with images, masks and outlines, or `datasets/<id>` with images and cells. */
  readonly folder: string
  readonly about: PackageAbout
  /** Path of the package to make. */
  readonly out: string
  /** The masks are always packed: they are what a package is checked by and opened from. */
  readonly formats: readonly PackageFormat[]
  readonly license: string
  readonly author: string
  readonly now: Date
  /** Name and version of this program. */
  readonly software: string
}

export interface CreateOptions extends PackageOptions {
  /** Called when the package is whole, before it has its name: whoever lists packages must know of it by then. */
  readonly announce?: (made: PackageResult) => Promise<void>
}

/**
 * Packs a synthetic set or a data set as one file for a colleague. It is written beside its place, synced, checked by reading all of
 * it back, and only then gets its name. The same set, time and formats give the same bytes.
 *
 * @throws AppError of kind `input` when `out` exists or cannot be made there, or when the set's files do not fit together
 */
export async function createPackage(source: PackageSource, options: CreateOptions = {}): Promise<PackageResult> {
  await requireFreePlace(source.out)
  await sweepPartials(dirname(source.out))
  const plan = makePlan(source)
  const staged = await stageFolder(source.out)
  try {
    const partial = join(staged.path, basename(source.out))
    await writeAll(partial, plan, options)
    const { sha256: digest, entries } = await checkAgain(partial, source, plan, options)
    const { size } = await stat(partial)
    const made = { file: source.out, bytes: size, sha256: digest, entries, warnings: plan.files.warnings() }
    await options.announce?.(made)
    await moveToFreePath(partial, source.out)
    return made
  } finally {
    await staged.discard()
  }
}

interface Plan {
  readonly origin: PackageOrigin
  readonly files: SetFiles
  /** How the files for other programs come about, by their paths. */
  readonly exports: ReadonlyMap<string, () => Promise<Uint8Array>>
  /** All entries but the manifest, in their order. */
  readonly paths: readonly string[]
  /** Steps in all: each entry is made, packed and read back. */
  readonly steps: number
}

function makePlan(source: PackageSource): Plan {
  const formats = PackageFormat.options.filter((format) => format === 'labels' || source.formats.includes(format))
  const { about, files } = aboutAndFiles(source)
  const set = packedSetOf(about)
  const unsafe = set.images.find(({ file }) => !pictureName.test(file))
  invariant(unsafe === undefined, 'pictures of a set to be packed have plain names')
  const [, ...paths] = expectedEntries(about, formats)
  checkExtent(set.name, { pictures: set.images.length, cells: set.cells, entries: paths.length + 1 }, formats)
  const made = exportFiles(exportSetOf(set), formats)
  const { license, author, now, software } = source
  return {
    origin: { about, formats, license, author, created: now, software },
    files,
    exports: new Map(made.map(({ path, make }) => [path, () => make(files.load)])),
    paths,
    steps: 3 * paths.length
  }
}

function aboutAndFiles({ folder, about }: PackageSource): { about: PackageAbout; files: SetFiles } {
  if (about.kind === 'synthetic') {
    return { about: { ...about, synthetic: withoutHome(about.synthetic) }, files: syntheticFiles(folder, about) }
  }
  const packed = packDataset(about)
  return { about: packed.about, files: datasetFiles(folder, packed) }
}

/** Cells in one COCO file: a file of more would be larger than a package may hold and other programs like to read. */
const cocoCells = 200_000

function checkExtent(
  name: string,
  { pictures, cells, entries }: { readonly pictures: number; readonly cells: number; readonly entries: number },
  formats: readonly PackageFormat[]
): void {
  if (entries > packageLimits.entries) {
    throw refuse(
      `"${name}" has too many pictures for one package: ${pictures}, which makes ${entries} entries of at most ${packageLimits.entries}.`,
      { next: 'Pack it in fewer formats, or in smaller sets.' }
    )
  }
  if (cells > cocoCells && formats.includes('coco')) {
    throw refuse(`"${name}" has ${cells} cells, too many for the COCO files of a package (at most ${cocoCells}).`, {
      next: 'Leave out the COCO format. The package contains the cells as run-length masks anyway.',
      remedies: [{ action: 'set-option', option: 'formats', value: 'labels' }]
    })
  }
}

async function writeAll(partial: string, plan: Plan, options: PackageOptions): Promise<void> {
  const path = `${partial}.entries`
  const spool = await EntrySpool.create(path)
  try {
    await writeArchive(partial, contentsOf(plan, spool, options))
  } finally {
    await spool.close()
    await rm(path, { force: true })
  }
}

/** Makes each entry once; the manifest, which stands before them, has the checksum of each. */
async function* contentsOf(
  plan: Plan,
  spool: EntrySpool,
  { signal, onProgress }: PackageOptions
): AsyncGenerator<ArchiveContent> {
  let done = 0
  const step = (): void => {
    stopIfAsked(signal)
    onProgress?.(++done, plan.steps)
  }
  const entries: (ManifestEntry & Spooled)[] = []
  for (const path of plan.paths) {
    const bytes = await bytesOf(plan, path)
    entries.push({ path, ...(await spool.add(bytes)), sha256: sha256(bytes) })
    step()
  }
  const listed = entries.map(({ path, bytes, sha256: digest }) => ({ path, bytes, sha256: digest }))
  yield { path: entryName.manifest, bytes: toJson(makeManifest(plan.origin, listed)) }
  for (const entry of entries) {
    yield { path: entry.path, bytes: await spool.read(entry) }
    step()
  }
}

async function bytesOf({ origin, files, exports }: Plan, path: string): Promise<Uint8Array> {
  if (path === entryName.readme) return Buffer.from(readmeText(origin))
  if (path === entryName.about) return toJson(origin.about)
  const make = exports.get(path) ?? (() => files.bytes(path))
  return make()
}

function toJson(value: unknown): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 1)}\n`)
}

const remedies = {
  synthetic: 'Generate the set again with the same seed.',
  dataset: 'Import the data set again from its source.'
}

async function checkAgain(partial: string, source: PackageSource, plan: Plan, options: PackageOptions) {
  try {
    return await verifyPackage(partial, {
      ...options,
      copies: 'as made',
      onProgress: (done) => options.onProgress?.(Math.min(plan.steps, 2 * plan.paths.length + done), plan.steps)
    })
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.kind !== 'input') throw thrown
    const reason = thrown.message.replaceAll(partial, source.out)
    const { name, kind } = packedSetOf(source.about)
    throw refuse(`The files of "${name}" do not fit together: ${reason}`, {
      file: source.folder,
      next: `They were changed since they were made. ${remedies[kind]}`,
      cause: thrown
    })
  }
}

async function requireFreePlace(out: string): Promise<void> {
  await requireFreePath(out)
  if (await isThere(dirname(out))) return
  throw refuse(`There is no folder ${dirname(out)}.`, { file: out, next: 'Create it, or choose another folder.' })
}
