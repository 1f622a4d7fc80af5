import { opendir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { AppError } from '../../shared/errors.ts'

/**
 * A drive that was unplugged, or a folder that was moved, takes along all that was found in it a moment ago. Then nothing
 * is taken: what could be read before would pass for the whole.
 *
 * @param file one that could not be read any more
 * @param inside the folders that the user named
 * @throws AppError of kind `resources` where its folder, or one of those, is gone
 */
export async function requireStillThere(file: string, inside: readonly string[]): Promise<void> {
  for (const folder of new Set([...inside, dirname(file)])) {
    if (await hasContents(folder)) continue
    throw new AppError(
      'resources',
      `${folder} was there a moment ago and is gone: its drive was unplugged, or it was moved. ${file} could not be read.`,
      {
        file,
        next: 'Nothing was taken in, and nothing half-written stays. Plug the drive in again, or put the folder back, and start again.'
      }
    )
  }
}

/** Where a drive was, an empty folder may stay. */
async function hasContents(folder: string): Promise<boolean> {
  try {
    const opened = await opendir(folder)
    try {
      return (await opened.read()) !== null
    } finally {
      await opened.close()
    }
  } catch {
    return false
  }
}
