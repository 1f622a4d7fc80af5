import { z } from 'zod'

/** What a workspace holds. A model is a run that has learned. */
export const ThingKind = z.enum(['dataset', 'prepared', 'run', 'segmenter', 'synthetic', 'package', 'study'])
export type ThingKind = z.infer<typeof ThingKind>

/** It is also the name of a thing's folder, so wherever it comes from, it can lead nowhere else. */
export const thingId = z.string().regex(/^[\w-]{1,80}$/, 'An id has only letters, digits, - and _.')

/** A path below a thing's folder, as this program writes them: it can lead nowhere else either. */
export const InnerPath = z.string().refine(isInnerPath, 'A path below its folder is needed, of plain names.')

function isInnerPath(path: string): boolean {
  return !/[\\:\p{Cc}]/u.test(path) && path.split('/').every((part) => !['', '.', '..'].includes(part))
}

/** What a workspace knows of its things beside what they are, of every kind. */
export const tending = {
  note: z.string().optional(),
  /** When it was put into the trash; absent from what is in use. Its folder stays where it is until the trash is emptied. */
  trashed: z.string().optional(),
  /** Its files were taken away from outside. It is shown, and can be removed or its files put back. */
  missing: z.boolean().optional(),
  /** The folder, archive or package that it came from, as a path on this computer. */
  source: z.string().optional()
}

/** What things of every kind have in common. */
export const ThingSummary = z.object({
  kind: ThingKind,
  id: z.string(),
  name: z.string(),
  created: z.string(),
  ...tending
})
export type ThingSummary = z.infer<typeof ThingSummary>

const homeFields = ['note', 'trashed', 'missing', 'source', 'run'] as const
type HomeField = (typeof homeFields)[number]

/** A set without what only its own workspace knows of it: as it goes into a package, and as it comes out of one. */
export function withoutHome<Set extends object>(set: Set): Omit<Set, HomeField> {
  const fields = Object.entries(set).filter(([field]) => !homeFields.some((name) => name === field))
  return Object.fromEntries(fields) as Omit<Set, HomeField> // the same fields but these
}
