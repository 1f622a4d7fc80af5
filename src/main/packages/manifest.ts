import { z } from 'zod'
import { refuse } from '../../shared/errors.ts'
import { placeOf } from '../../shared/issue-words.ts'
import { type Manifest, type ManifestEntry, type PackageFormat, packageVersion } from '../../shared/packages.ts'
import { plainLine } from '../../shared/plain-text.ts'
import { jsonOf } from '../files/json-or-nothing.ts'
import { entryName } from './entry-names.ts'
import { exportSetOf } from './export-set.ts'
import { exportFiles } from './formats/all-formats.ts'
import { type PackageAbout, packedSetOf } from './packed-set.ts'
import { unfit } from './refusal.ts'

export interface PackageOrigin {
  readonly about: PackageAbout
  readonly formats: readonly PackageFormat[]
  readonly license: string
  readonly author: string
  readonly created: Date
  readonly software: string
}

export function makeManifest(origin: PackageOrigin, entries: readonly ManifestEntry[]): Manifest {
  const { kind, name, seed, images, cells, classes } = packedSetOf(origin.about)
  return {
    kind: 'cytoloom-package',
    version: packageVersion,
    created: origin.created.toISOString(),
    software: origin.software,
    synthetic: kind === 'synthetic',
    name,
    license: origin.license,
    author: origin.author,
    ...(seed === undefined ? {} : { seed }),
    formats: [...origin.formats],
    images: images.length,
    cells,
    classes: [...classes],
    entries: [...entries]
  }
}

/** The entries that a package of this set has, in their order; the manifest itself is the first. */
export function expectedEntries(about: PackageAbout, formats: readonly PackageFormat[]): string[] {
  const set = packedSetOf(about)
  const files = set.images.map(({ file }) => file).sort((a, b) => (a < b ? -1 : Number(a > b)))
  return [
    entryName.manifest,
    entryName.readme,
    entryName.about,
    ...(formats.includes('coco') ? [entryName.outlines] : []),
    ...(set.kind === 'dataset' ? files.map((file) => entryName.cells(file)) : []),
    ...files.map((file) => entryName.image(file)),
    ...files.map((file) => entryName.mask(file)),
    ...exportFiles(exportSetOf(set), formats).map(({ path }) => path)
  ]
}

/** Checks that two lists of entries are the same; `says` tells what it means that the archive has one more or less. */
export function compareLists(
  file: string,
  found: readonly string[],
  wanted: readonly string[],
  says: { extra: string; missing: string; order: string }
): void {
  const foundSet = new Set(found)
  const wantedSet = new Set(wanted)
  const extra = found.find((path) => !wantedSet.has(path))
  if (extra !== undefined) throw unfit(file, `${extra} ${says.extra}`)
  const missing = wanted.find((path) => !foundSet.has(path))
  if (missing !== undefined) throw unfit(file, `${missing} ${says.missing}`)
  if (found.length !== wanted.length || found.some((path, i) => path !== wanted[i])) throw unfit(file, says.order)
}

/** Any version of this program has begun its manifest so. */
const Versioned = z.object({ kind: z.literal('cytoloom-package'), version: z.int(), software: z.string().max(200) })

/** @throws AppError of kind `input` where a newer program made the package: its form may be another */
export function requireKnownVersion(file: string, bytes: Uint8Array): void {
  const { data } = Versioned.safeParse(jsonOf(Buffer.from(bytes).toString('utf8')))
  if (data === undefined || data.version <= packageVersion) return
  throw refuse(
    `${file} was made by a newer version of this program (${plainLine(data.software, ' ')}; package version ${data.version}, and this one knows version ${packageVersion}).`,
    {
      file,
      next: 'Nothing was taken from it. Install the newer version, or ask its sender for the pictures in another format.'
    }
  )
}

/** @throws AppError of kind `input` where the bytes are no JSON of this shape */
export function parseJson<Content extends z.ZodType>(
  file: string,
  path: string,
  bytes: Uint8Array,
  schema: Content
): z.output<Content> {
  const parsed = schema.safeParse(readJson(file, path, bytes))
  if (parsed.success) return parsed.data
  throw unfit(file, `${path} does not hold what it should at ${placeOf(parsed.error)}`, parsed.error)
}

function readJson(file: string, path: string, bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (thrown) {
    throw unfit(file, `${path} is not readable JSON`, thrown)
  }
}
