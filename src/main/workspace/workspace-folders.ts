import { access, constants, mkdir, readdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { type AppError, refuse } from '../../shared/errors.ts'
import { isLink } from '../files/links.ts'
import { sweepPartials } from '../files/partials.ts'

/** The folders of a workspace whose things carry an id. */
export const collections = ['datasets', 'prepared', 'runs', 'segmenters', 'synthetic', 'packages', 'studies'] as const
export type Collection = (typeof collections)[number]

/** Where things stand in a workspace. All paths follow from the root, so it can be moved. */
export class WorkspaceFolders {
  readonly root: string

  constructor(root: string) {
    this.root = root
  }

  get catalog(): string {
    return join(this.root, 'catalog.sqlite')
  }

  folder(collection: Collection, id = ''): string {
    return join(this.root, collection, id)
  }

  /** The names of the folders of things. */
  async ids(collection: Collection): Promise<string[]> {
    const entries = await readdir(this.folder(collection), { withFileTypes: true }).catch(emptyIfAbsent)
    return entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('.')).map(({ name }) => name)
  }

  /** Clears what interrupted work left behind. */
  async sweep(): Promise<void> {
    for (const collection of collections) await sweepPartials(this.folder(collection))
  }
}

function emptyIfAbsent(thrown: unknown): [] {
  if (codeOf(thrown) === 'ENOENT') return [] // in a workspace that can only be read
  throw thrown
}

/**
 * Makes the folders where they are missing, readable for their owner alone.
 *
 * @returns whether something can be written there
 * @throws AppError of kind `input` for a place where no workspace can be
 */
export async function openFolders(root: string): Promise<{ folders: WorkspaceFolders; mayWrite: boolean }> {
  const folders = new WorkspaceFolders(root)
  requireShortPath(folders)
  try {
    await makeFolder(resolve(root), root)
    await access(root, constants.W_OK)
    for (const collection of collections) await makeFolder(resolve(folders.folder(collection)), root)
    await requireOwnPlaces(folders)
    return { folders, mayWrite: true }
  } catch (thrown) {
    if (!unwritable.has(codeOf(thrown))) throw thrown
    if (await isFile(folders.catalog)) return { folders, mayWrite: false }
    throw noPlace(root, 'cannot be written to', thrown)
  }
}

/** A workspace may come from a stranger: what leads out of it would be written, swept and emptied there. */
async function requireOwnPlaces(folders: WorkspaceFolders): Promise<void> {
  const { root, catalog } = folders
  const places = [catalog, `${catalog}-wal`, `${catalog}-shm`, ...collections.map((each) => folders.folder(each))]
  for (const place of places) {
    if (!(await isLink(place))) continue
    throw refuse(`${place} is a link to another place. A workspace keeps everything in its own folder.`, {
      file: place,
      next: `Put what it leads to in its place, or move all of ${root} to where there is room.`,
      remedies: [{ action: 'choose-workspace' }]
    })
  }
}

const unwritable = new Set(['EROFS', 'EACCES', 'EPERM'])

/** Where SQLite's own names of files end, with the longest ending that it adds. */
const longestPath = 504 // bytes

function requireShortPath({ root, catalog }: WorkspaceFolders): void {
  const bytes = Buffer.byteLength(resolve(catalog))
  if (process.platform === 'win32' || bytes <= longestPath) return
  throw refuse(`The path of the workspace is too long: with the catalogue's name it has ${bytes} bytes.`, {
    file: root,
    next: `The database of the catalogue takes paths of at most ${longestPath} bytes: use a folder nearer to the top.`,
    remedies: [{ action: 'choose-workspace' }]
  })
}

/** Level by level: Node's own way never ends where a system lets no folder be made, as below /proc. */
async function makeFolder(path: string, root: string): Promise<void> {
  try {
    if ((await stat(path)).isDirectory()) return
    throw noPlace(root, path === resolve(root) ? 'is a file, not a folder' : `cannot be made: ${path} is a file`)
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOTDIR') await makeFolder(dirname(path), root) // which names the file on the way
    if (codeOf(thrown) !== 'ENOENT') throw asSentence(thrown, root)
  }
  await makeFolder(dirname(path), root)
  try {
    await mkdir(path, { mode: 0o700 })
  } catch (thrown) {
    if (codeOf(thrown) !== 'EEXIST') throw asSentence(thrown, root) // another process made it
  }
}

const placeProblems: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'cannot be made: this system lets no folder be made there'],
  ['ENAMETOOLONG', 'has a longer name than this system allows'],
  ['ELOOP', 'is a link that leads back to itself'],
  ['ERR_INVALID_ARG_VALUE', 'has a name that no folder can have']
])

function asSentence(thrown: unknown, root: string): unknown {
  const says = placeProblems.get(codeOf(thrown))
  return says === undefined ? thrown : noPlace(root, says, thrown)
}

function noPlace(root: string, says: string, cause?: unknown): AppError {
  return refuse(`The workspace ${root} ${says}.`, { file: root, remedies: [{ action: 'choose-workspace' }], cause })
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() === true
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : ''
}
