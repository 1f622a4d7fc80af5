import { type ExportSet } from './formats/format.ts'
import { type PackedSet } from './packed-set.ts'

/** A set as the writers of other formats take it. */
export function exportSetOf({ classes, images, statement }: PackedSet): ExportSet {
  return { classes: classes.map(({ name }) => name), images, statement }
}
