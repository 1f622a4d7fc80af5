import { lstat, readdir } from 'node:fs/promises'
import { join, relative } from 'node:path'

/**
 * The first link at or below a folder, by its path there: whoever follows it reads or writes somewhere else. Pipes and devices
 * count as well, since what reads them waits for ever.
 */
export async function firstLink(folder: string): Promise<string | undefined> {
  if (await isLink(folder)) return '.'
  const entries = await readdir(folder, { withFileTypes: true, recursive: true }).catch(() => []) // there is none
  const link = entries.find((entry) => !entry.isFile() && !entry.isDirectory())
  return link && relative(folder, join(link.parentPath, link.name))
}

export async function isLink(path: string): Promise<boolean> {
  return (await lstat(path).catch(() => undefined))?.isSymbolicLink() === true
}
