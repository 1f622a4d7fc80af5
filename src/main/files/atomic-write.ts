import { link, lstat, mkdir, open, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { type AppError, refuse } from '../../shared/errors.ts'
import { beatIn, partialPath, whole } from './partials.ts'

/**
 * Writes a file whole or not at all: a reader, or the next start after a power cut, sees the old bytes or the new ones.
 *
 * The bytes go to a hidden sibling, are synced, and take the name by a rename; then the folder is synced, because a
 * rename is not on disk before that.
 */
export async function writeFileAtomic(path: string, bytes: Uint8Array | string): Promise<void> {
  const partial = partialPath(path)
  try {
    const file = await open(partial, 'wx')
    try {
      await file.writeFile(bytes)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(partial, path)
  } catch (thrown) {
    await rm(partial, { force: true })
    throw thrown
  }
  await syncFolder(dirname(path))
}

/**
 * The same for a file that a person names: nothing is ever overwritten.
 *
 * @throws AppError of kind `input` when something has that name
 */
export async function writeNewFile(path: string, bytes: Uint8Array): Promise<void> {
  await requireFreePath(path)
  const staged = await stageFolder(path)
  try {
    const file = join(staged.path, basename(path))
    await writeFileAtomic(file, bytes)
    await moveToFreePath(file, path)
  } finally {
    await staged.discard()
  }
}

/** Makes a file, whole, where there is none; tells whether it did. Of several at once one succeeds. */
export async function createFile(path: string, bytes: string): Promise<boolean> {
  const partial = partialPath(path)
  try {
    await writeFile(partial, bytes, { flag: 'wx' })
    await link(partial, path).catch(async (thrown: unknown) => {
      if (hasCode(thrown, 'EEXIST')) throw thrown
      await writeFile(path, bytes, { flag: 'wx' }) // sticks and network drives often know no second names
    })
    return true
  } catch (thrown) {
    if (hasCode(thrown, 'EEXIST')) return false
    throw thrown
  } finally {
    await rm(partial, { force: true })
  }
}

/** A folder that is filled out of sight and takes its name when it is complete. */
export interface StagedFolder {
  /** Write here. */
  readonly path: string
  /** The name that it takes. */
  readonly finalPath: string
  /**
   * Syncs all that was written and gives the folder its name.
   *
   * @throws AppError of kind `input` when something has that name by now
   */
  commit(): Promise<void>
  /** Removes the folder and all that was written; does nothing after `commit`. */
  discard(): Promise<void>
}

/** Makes a hidden sibling of `finalPath` to fill. Its parent folders are made where they are missing. */
export async function stageFolder(finalPath: string): Promise<StagedFolder> {
  const path = partialPath(finalPath)
  await mkdir(path, { recursive: true })
  const endBeat = beatIn(path)
  return {
    path,
    finalPath,
    async commit() {
      await endBeat()
      await syncTree(path)
      await renameToFree(path, finalPath)
      await syncFolder(dirname(finalPath))
    },
    async discard() {
      await endBeat()
      await rm(path, whole)
    }
  }
}

/** Removes a folder that may be absent. It loses its name first: wherever this is cut off, nothing half-removed is found. */
export async function removeFolder(path: string): Promise<void> {
  const hidden = partialPath(path)
  try {
    await rename(path, hidden)
  } catch (thrown) {
    if (hasCode(thrown, 'ENOENT')) return
    throw thrown
  }
  await rm(hidden, whole)
}

/** One step, so that nothing ever has the name but the whole folder. Two makers at once: the second finds it filled. */
async function renameToFree(from: string, to: string): Promise<void> {
  await requireFreePath(to) // a rename would replace an empty folder without a word
  try {
    await rename(from, to)
  } catch (thrown) {
    throw hasCode(thrown, 'EEXIST') || hasCode(thrown, 'ENOTEMPTY') ? taken(to, thrown) : thrown
  }
}

/**
 * Gives a finished file its name, and syncs its folder. A second name is given before the first is taken away: unlike a
 * rename, that never replaces a file.
 *
 * @throws AppError of kind `input` when something has that name by now
 */
export async function moveToFreePath(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (thrown) {
    if (hasCode(thrown, 'EEXIST')) throw taken(to, thrown)
    // Sticks and network drives often know no second names.
    await requireFreePath(to)
    await rename(from, to)
  }
  await rm(from, { force: true })
  await syncFolder(dirname(to))
}

/** @throws AppError of kind `input` when something has that name */
export async function requireFreePath(path: string): Promise<void> {
  if (await isThere(path)) throw taken(path)
}

function taken(path: string, cause?: unknown): AppError {
  return refuse(`${path} exists already.`, {
    file: path,
    next: 'Choose another name: nothing is ever overwritten.',
    cause
  })
}

/** Also a link that leads nowhere is there. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (thrown) {
    if (hasCode(thrown, 'ENOENT') || hasCode(thrown, 'ENOTDIR')) return false
    throw thrown
  }
}

async function syncTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true })
  for (const entry of entries) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await syncTree(path)
    else if (entry.isFile()) await syncFile(path)
  }
  await syncFolder(folder)
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** What was made, renamed or removed in a folder is on the disk after it. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return // folders cannot be opened there, and NTFS journals the rename
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

function hasCode(thrown: unknown, code: string): boolean {
  return thrown instanceof Error && 'code' in thrown && thrown.code === code
}
