import { statfs } from 'node:fs/promises'
import { AppError, type ErrorDetails } from '../../shared/errors.ts'
import { waysToSpace } from '../../shared/system-errors.ts'

/**
 * Looks whether there is room for what is about to be written, before anything is.
 *
 * @param what needs it, as the beginning of a sentence
 * @throws AppError of kind `resources` where there is less
 */
export async function requireSpace(
  folder: string,
  bytes: number,
  what: string,
  { next = 'Free some space and try again: nothing was written.', file }: Pick<ErrorDetails, 'next' | 'file'> = {}
): Promise<void> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  if (bytes <= free) return
  const message = `${what} needs ${megabytes(bytes)} of disk, and ${megabytes(free)} are free.`
  throw new AppError('resources', message, { file, next, remedies: waysToSpace })
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6).toLocaleString('en')} MB`
}
