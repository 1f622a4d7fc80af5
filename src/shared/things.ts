import { z } from 'zod'

/** What a workspace holds. A model is a run that has learned. */
export const ThingKind = z.enum(['dataset', 'prepared', 'run', 'synthetic', 'package'])
export type ThingKind = z.infer<typeof ThingKind>

/** It is also the name of a thing's folder, so wherever it comes from, it can lead nowhere else. */
export const thingId = z.string().regex(/^[\w-]{1,80}$/, 'An id has only letters, digits, - and _.')

/** A path below a thing's folder, as this program writes them: it can lead nowhere else either. */
export const InnerPath = z.string().refine(isInnerPath, 'A path below its folder is needed, of plain names.')

function isInnerPath(path: string): boolean {
  return !/[\\:\p{Cc}]/u.test(path) && path.split('/').every((part) => !['', '.', '..'].includes(part))
}

/** What whoever tends a workspace gives its things, of every kind. */
export const tending = {
  note: z.string().optional(),
  /** When it was put into the trash; absent from what is in use. Its folder stays where it is until the trash is emptied. */
  trashed: z.string().optional()
}
