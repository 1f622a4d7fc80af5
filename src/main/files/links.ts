import { readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'

/** The first link below a folder, by its path there: whoever follows it reads or writes somewhere else. */
export async function firstLink(folder: string): Promise<string | undefined> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []) // there is none
  const link = entries.find((entry) => entry.isSymbolicLink())
  return link && relative(folder, join(link.parentPath, link.name))
}
