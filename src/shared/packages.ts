import { z } from 'zod'
import { Dataset } from './datasets.ts'
import { Synthetic } from './synthetic.ts'
import { tending, thingId } from './things.ts'

/** Packages are zips of a name of their own, so that a double-click opens them here. */
export const packageEnding = '.cytoloom'

export const PackageFormat = z.enum([
  'coco',
  'labels',
  'tiff',
  'cellpose',
  'stardist',
  'imagej',
  'qupath',
  'yolo',
  'tissuenet'
])
export type PackageFormat = z.infer<typeof PackageFormat>

export const ManifestEntry = z.object({
  path: z.string(),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/)
})
export type ManifestEntry = z.infer<typeof ManifestEntry>

/** Of the form that packages have: a newer one is refused. */
export const packageVersion = 1

/** `manifest.json` of a package: everything else in the archive is listed here with size and hash. */
export const Manifest = z.object({
  kind: z.literal('cytoloom-package'),
  version: z.literal(packageVersion),
  created: z.string(),
  software: z.string(),
  /** Whether its pictures were made by a network. A package never mixes them with those of a data set. */
  synthetic: z.boolean(),
  name: z.string(),
  license: z.string(),
  author: z.string(),
  /** Of a synthetic set. */
  seed: z.int().optional(),
  formats: z.array(PackageFormat),
  images: z.int(),
  cells: z.int(),
  classes: z.array(z.object({ name: z.string(), images: z.int(), cells: z.int() })),
  entries: z.array(ManifestEntry)
})
export type Manifest = z.infer<typeof Manifest>

export const CreatePackageRequest = z.object({
  /** Name or id of a synthetic set or of a data set. */
  set: z.string(),
  out: z.string(),
  formats: z.array(PackageFormat).min(1).default(['coco', 'labels']),
  license: z.string().default('not stated'),
  author: z.string().default('not stated')
})
export type CreatePackageRequest = z.infer<typeof CreatePackageRequest>

export const PackageResult = z.object({
  file: z.string(),
  bytes: z.int(),
  sha256: z.string(),
  entries: z.int(),
  /** What is in the set and not in the package, or not to be seen in its masks. */
  warnings: z.array(z.string())
})
export type PackageResult = z.infer<typeof PackageResult>

/** What a package holds: a set that a network made, or a data set. */
export const PackageKind = z.enum(['synthetic', 'dataset'])
export type PackageKind = z.infer<typeof PackageKind>

/** What a package says of where it comes from. */
const PackageOrigin = Manifest.pick({ author: true, license: true, created: true, software: true, classes: true })

export const VerifyResult = z.object({
  verified: z.literal(true),
  kind: PackageKind,
  entries: z.int(),
  images: z.int(),
  cells: z.int(),
  name: z.string(),
  sha256: z.string(),
  origin: PackageOrigin.optional(),
  /** Copies for other programs that could not be compared with the set, as another version made them. */
  unchecked: z.array(z.string()).default([])
})
export type VerifyResult = z.infer<typeof VerifyResult>

/** With what it has become here, by its kind. */
export const OpenResult = VerifyResult.extend({ synthetic: Synthetic.optional(), dataset: Dataset.optional() })
export type OpenResult = z.infer<typeof OpenResult>

export const PackageId = thingId.brand('PackageId')
export type PackageId = z.infer<typeof PackageId>

/** A package that was made here. Its name is at first that of its file. */
export const StoredPackage = PackageResult.omit({ warnings: true }).extend({
  id: PackageId,
  name: z.string(),
  created: z.string(),
  /** Id of the set that was packed, of either kind. */
  synthetic: z.string().optional(),
  dataset: z.string().optional(),
  ...tending
})
export type StoredPackage = z.infer<typeof StoredPackage>
