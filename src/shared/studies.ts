import { z } from 'zod'
import { tending, thingId } from './things.ts'

export const StudyId = thingId.brand('StudyId')
export type StudyId = z.infer<typeof StudyId>

/** A comparison of trainings, as a thing of the workspace: it has a name and a folder, and is tended like the others. */
export const Study = z.object({
  id: StudyId,
  name: z.string(),
  created: z.string(),
  ...tending
})
export type Study = z.infer<typeof Study>
