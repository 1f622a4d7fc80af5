import { readdir, stat } from 'node:fs/promises'
import { basename, extname, join, relative, sep } from 'node:path'
import { AppError, refuse } from '../../shared/errors.ts'
import { explainAccess } from '../../shared/file-access.ts'
import { isPictureName } from '../images/read.ts'

/** A file found below a folder. */
export interface PictureFile {
  readonly path: string
  /** Below the folder that was searched, with `/` between folders. */
  readonly relative: string
  readonly name: string
  /** The name without its extension. */
  readonly stem: string
  readonly folders: readonly string[]
}

/** All picture files below a folder, in the order of their relative names. Hidden files and folders are left out. */
export async function listPictures(folder: string): Promise<PictureFile[]> {
  const files = await listFiles(folder)
  return files.filter((path) => isPictureName(path)).map((path) => describeFile(folder, path))
}

/** The same for files of other kinds, by their endings in lower case: `.json`. */
export async function listByEnding(folder: string, endings: readonly string[]): Promise<PictureFile[]> {
  const files = await listFiles(folder)
  return files
    .filter((path) => endings.some((ending) => path.toLowerCase().endsWith(ending)))
    .map((path) => describeFile(folder, path))
}

/** What systems and network stores leave in folders: thumbnails, copies of names, bins. */
const leavings = new Set([
  '@eadir',
  '__macosx',
  '#recycle',
  '#snapshot',
  '$recycle.bin',
  'lost+found',
  'system volume information',
  '@recycle',
  '@recently-snapshot'
])

function isLeft(part: string): boolean {
  return part.startsWith('.') || leavings.has(part.toLowerCase())
}

/**
 * All files below a folder, not followed through links to folders, in the order of their relative names. Hidden files and
 * what systems leave are left out.
 */
export async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const isHidden = (path: string) => relative(folder, path).split(sep).some(isLeft)
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => !isHidden(path))
    .sort(byName)
}

/** Names by their characters' codes: the same order on every computer and in every language. */
export function byName(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function describeFile(folder: string, path: string): PictureFile {
  const parts = relative(folder, path).split(sep)
  const name = basename(path)
  return { path, relative: parts.join('/'), name, stem: basename(name, extname(name)), folders: parts.slice(0, -1) }
}

/** Whether a path is a folder; `undefined` where there is nothing. */
export async function isFolder(path: string): Promise<boolean | undefined> {
  try {
    return (await stat(path)).isDirectory()
  } catch (thrown) {
    const explained = explainAccess(path, 'picture', thrown)
    if (explained instanceof AppError) return undefined
    throw thrown
  }
}

/** The first of some sub-folders that is there, in these letters or in other capitals. */
export async function findSubfolder(folder: string, names: readonly string[]): Promise<string | undefined> {
  const there = await listFolders(folder)
  for (const name of names) {
    const found =
      there.find((other) => other === name) ?? there.find((other) => other.toLowerCase() === name.toLowerCase())
    if (found !== undefined) return join(folder, found)
  }
  return undefined
}

/** The names of the folders in a folder, links to folders among them; none where it cannot be read. */
export async function listFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => [])
  const folders: string[] = []
  for (const entry of entries) {
    if (isLeft(entry.name)) continue
    if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(join(folder, entry.name)))))
      folders.push(entry.name)
  }
  return folders.sort(byName)
}

/** @throws AppError of kind `input` where there is nothing */
export async function requirePresent(path: string): Promise<void> {
  if ((await isFolder(path)) !== undefined) return
  throw refuse(`${path} is not there.`, { file: path, next: 'Check the name and whether it was moved.' })
}

/** @throws AppError of kind `input` where there is no such folder */
export async function requireFolder(path: string, what: string): Promise<string> {
  if (await isFolder(path)) return path
  throw refuse(`${path} is not a folder, and ${what} should be there.`, {
    file: path,
    next: 'Check the name of the folder.'
  })
}
