import { z } from 'zod'

/** A file or folder as a person who looks for pictures wants to know it. */
export const ListedFile = z.object({
  name: z.string(),
  /** Where it is on this computer. */
  path: z.string(),
  kind: z.enum(['folder', 'picture', 'annotation', 'archive', 'package', 'model', 'foreign', 'other']),
  /** Of a file. */
  bytes: z.number().optional(),
  /** It may not be opened. */
  isLocked: z.literal(true).optional()
})
export type ListedFile = z.infer<typeof ListedFile>

export const ListFiles = z.object({
  /** Where nothing is named, the home folder. */
  folder: z.string().max(4096).optional()
})

export const FileList = z.object({
  folder: z.string(),
  /** The folders that lead there, the outermost first. */
  way: z.array(z.object({ name: z.string(), path: z.string() })),
  /** Where to begin: home, drives. */
  places: z.array(z.object({ name: z.string(), path: z.string() })),
  /** Folders first, by name. */
  files: z.array(ListedFile),
  /** How many of each kind there are, also of those that the list leaves out. */
  counts: z.record(ListedFile.shape.kind, z.int()),
  /** How many the list leaves out, as there are too many. */
  more: z.int()
})
export type FileList = z.infer<typeof FileList>
