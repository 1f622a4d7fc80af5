import { z } from 'zod'

/** What a pack computes with: the processor, or a graphics card by NVIDIA. */
export const PackKind = z.enum(['native-cpu', 'native-gpu'])
export type PackKind = z.infer<typeof PackKind>

const Sha256 = z.string().regex(/^[\da-f]{64}$/)

/** A file of a pack, below its folder: TensorFlow's own at the top, NVIDIA's and the licences in folders. */
export const PackPath = z
  .string()
  .max(160)
  .regex(/^(?:nvidia\/|licences\/)?[A-Za-z\d_][\w.+-]*$/)
  .refine((path) => path !== 'pack.json' && path !== 'ready', 'a pack does not list its own description')

/** `pack.json`: what an acceleration pack is, file by file, and what it was made of. */
export const PackDescription = z.object({
  format: z.literal(1),
  name: z.string().regex(/^[a-z\d][\w.-]{0,80}$/),
  kind: PackKind,
  /** As Node spells them: `linux`, `x64`. */
  platform: z.string(),
  arch: z.string(),
  library: z.string(),
  version: z.string(),
  /** Major version of CUDA that the library was built for; only in packs for graphics cards. */
  cuda: z.int().optional(),
  /** The text under which the library may be passed on. */
  licence: PackPath,
  files: z.array(z.object({ path: PackPath, bytes: z.int().nonnegative(), sha256: Sha256 })).min(1),
  /** The Python wheels that the files were taken from. */
  sources: z.array(z.object({ file: z.string(), sha256: Sha256 }))
})
export type PackDescription = z.infer<typeof PackDescription>

/** A pack that an engine can be started with. */
export const InstalledPack = z.object({
  name: z.string(),
  kind: PackKind,
  library: z.string(),
  version: z.string(),
  bytes: z.int(),
  folder: z.string(),
  /** Where it came from: taken or built by this program, or left by the install script of @tensorflow/tfjs-node-gpu. */
  origin: z.enum(['pack', 'tfjs-node-gpu']),
  cuda: z.int().optional(),
  /** What is wrong with it, as a sentence; a pack with a problem is not used. */
  problem: z.string().optional()
})
export type InstalledPack = z.infer<typeof InstalledPack>

const Packs = z.object({ packs: z.array(InstalledPack) })

/** SHA-256 of files whose makers the person trusts, beside those that this program knows. */
const trust = z.array(Sha256).default([])

export const BuildPackRequest = z.object({
  gpu: z.boolean().default(false),
  /** Wheels at hand; what is missing is downloaded. */
  wheels: z.array(z.string()).default([]),
  /** Where to write the pack as one file for a computer without internet. */
  archive: z.string().optional(),
  trust,
  /** Builds it anew although it is there. */
  force: z.boolean().default(false)
})
export type BuildPackRequest = z.output<typeof BuildPackRequest>

export const BuildPackResult = Packs.extend({
  built: z.string(),
  archive: z.object({ file: z.string(), bytes: z.int(), sha256: Sha256 }).optional()
})
export const InstallPackRequest = z.object({ files: z.array(z.string()).min(1), trust })

/** A file with programs whose maker is not known. */
const StrangerFile = z.object({
  file: z.string(),
  sha256: Sha256,
  /** What it says that it is. */
  says: z.string()
})
export type StrangerFile = z.infer<typeof StrangerFile>

export const LookAtPackRequest = z.object({ files: z.array(z.string()).min(1) })
export const LookAtPackResult = z.object({ strangers: z.array(StrangerFile) })
export const InstallPackResult = Packs.extend({ installed: z.string() })
export const RemovePackResult = Packs.extend({ removed: z.string() })
export const ListPacksResult = Packs
