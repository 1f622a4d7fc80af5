import { z } from 'zod'
import { Synthetic } from './synthetic.ts'

export const PackageFormat = z.enum(['coco', 'labels', 'cellpose', 'stardist', 'imagej', 'qupath', 'yolo', 'tissuenet'])
export type PackageFormat = z.infer<typeof PackageFormat>

export const ManifestEntry = z.object({
  path: z.string(),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/)
})
export type ManifestEntry = z.infer<typeof ManifestEntry>

/** `manifest.json` of a package: everything else in the archive is listed here with size and hash. */
export const Manifest = z.object({
  kind: z.literal('cytoloom-package'),
  version: z.literal(1),
  created: z.string(),
  software: z.string(),
  /** Always true: a package never mixes real pictures in. */
  synthetic: z.literal(true),
  name: z.string(),
  license: z.string(),
  author: z.string(),
  seed: z.int(),
  formats: z.array(PackageFormat),
  images: z.int(),
  cells: z.int(),
  classes: z.array(z.object({ name: z.string(), images: z.int(), cells: z.int() })),
  entries: z.array(ManifestEntry)
})
export type Manifest = z.infer<typeof Manifest>

export const CreatePackageRequest = z.object({
  synthetic: z.string(),
  out: z.string(),
  formats: z.array(PackageFormat).min(1).default(['coco', 'labels']),
  license: z.string().default('not stated'),
  author: z.string().default('not stated')
})
export type CreatePackageRequest = z.infer<typeof CreatePackageRequest>

export const PackageResult = z.object({ file: z.string(), bytes: z.int(), sha256: z.string(), entries: z.int() })
export type PackageResult = z.infer<typeof PackageResult>

export const VerifyResult = z.object({
  verified: z.literal(true),
  entries: z.int(),
  images: z.int(),
  cells: z.int(),
  name: z.string(),
  sha256: z.string()
})
export type VerifyResult = z.infer<typeof VerifyResult>

export const OpenResult = VerifyResult.extend({ synthetic: Synthetic })
export type OpenResult = z.infer<typeof OpenResult>

export const StoredPackage = PackageResult.extend({ created: z.string(), synthetic: z.string() })
export type StoredPackage = z.infer<typeof StoredPackage>
