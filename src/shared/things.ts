import { z } from 'zod'

/** What whoever tends a workspace gives its things, of every kind. */
export const tending = {
  note: z.string().optional(),
  /** When it was put into the trash; absent from what is in use. Its folder stays where it is until the trash is emptied. */
  trashed: z.string().optional()
}
