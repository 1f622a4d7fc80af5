import { z } from 'zod'
import { hasUnseen } from './plain-text.ts'
import { Name } from './datasets.ts'
import { InnerPath, tending, ThingKind, ThingSummary } from './things.ts'

const Note = z
  .string()
  .trim()
  .max(2000, 'A note can have at most 2,000 characters.')
  .refine((note) => !hasUnseen(note.replaceAll('\n', '')), 'A note must not contain control characters.')

/** A thing as people call it: by its name or its id, with its kind where the name is that of several. */
const called = { thing: z.string(), kind: ThingKind.optional() }

export const RenameRequest = z.object({ ...called, name: Name })
export const NoteRequest = z.object({ ...called, /** Empty: it has none any more. */ note: Note })
export const ThingResult = z.object({ thing: ThingSummary })

export const TrashRequest = z.object({
  things: z.array(z.string()).min(1),
  kind: ThingKind.optional(),
  /** What becomes of the things that need these: nothing is done and they are named, they go along, or they stay. */
  needing: z.enum(['ask', 'take', 'leave']).default('ask')
})
export const TrashResult = z.object({
  /** What is in the trash now; nothing where there is something to be asked first. */
  trashed: z.array(ThingSummary),
  /** What needs these things, and was not named itself. */
  needed: z.array(ThingSummary).optional()
})
export type TrashResult = z.infer<typeof TrashResult>

export const OneThing = z.object(called)

/** A thing's folder, the file of a package, or a file below a thing's folder. */
export const PlaceRequest = OneThing.extend({ file: InnerPath.optional() })
export const PlaceResult = z.object({
  /** A full path on the computer that the app runs on. */
  path: z.string()
})

export const RestoreResult = ThingResult.extend({
  /** What it needs, and was in the trash as well. */
  along: z.array(ThingSummary)
})
export const TrashContents = z.object({
  /** What was put there last comes first. */
  things: z.array(
    ThingSummary.extend({
      bytes: z.number(),
      /** What is in use and cannot be worked with as before once this is gone. */
      neededBy: z.array(ThingSummary)
    })
  )
})
export type TrashContents = z.infer<typeof TrashContents>

export const EmptyTrashResult = z.object({
  removed: z.array(ThingSummary),
  /** Bytes that are free now. */
  bytes: z.number(),
  /** Files of packages outside the workspace: they belong to whoever put them there. */
  kept: z.array(z.string())
})

export const StorageResult = z.object({
  /** By kind, without what is in the trash; `other` is the catalogue and what belongs to no thing. */
  bytes: z.object({
    total: z.number(),
    datasets: z.number(),
    prepared: z.number(),
    runs: z.number(),
    synthetic: z.number(),
    packages: z.number(),
    studies: z.number(),
    segmenters: z.number(),
    trash: z.number(),
    other: z.number(),
    free: z.number()
  }),
  /** The largest first. */
  things: z.array(ThingSummary.extend({ bytes: z.number() }))
})
export type StorageResult = z.infer<typeof StorageResult>

/** Something that a thing was made from or is used by. A built-in model and a file of the user are no things of the workspace. */
export const OriginEntry = z.object({
  kind: z.enum([...ThingKind.options, 'built-in', 'file']),
  id: z.string().optional(),
  name: z.string(),
  created: z.string().optional(),
  trashed: tending.trashed,
  /** It is no longer there, or its files are not. */
  missing: z.boolean().optional()
})
export type OriginEntry = z.infer<typeof OriginEntry>

export const OriginResult = z.object({
  thing: ThingSummary,
  origin: z.object({
    /** What it was made from, the nearest first. */
    from: z.array(OriginEntry),
    /** What was made from it, the nearest first. */
    usedBy: z.array(OriginEntry)
  })
})
