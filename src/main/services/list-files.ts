import { access, constants, lstat, readdir, realpath, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { dirname, extname, isAbsolute, join, parse, resolve } from 'node:path'
import type { Output, ParsedInput } from '../../shared/api.ts'
import { type AppError, refuse } from '../../shared/errors.ts'
import type { FileList, ListedFile } from '../../shared/file-list.ts'

/** A page has no use for more. */
const mostListed = 2000

/**
 * What is in a folder, for a page that has no dialog of the system: names, sizes and kinds, never contents. Hidden files
 * are left out.
 *
 * @throws AppError of kind `input` for a folder that is not there or may not be read
 */
export async function listFiles({ folder = homedir() }: ParsedInput<'files.list'>): Promise<Output<'files.list'>> {
  if (!isAbsolute(folder)) throw refuse(`${folder} is not the whole path of a folder.`, { file: folder })
  const place = resolve(folder)
  const names = await namesIn(place)
  const described = await inGroups(names, 64, (name) => describe(join(place, name), name))
  const all = described.flatMap((file) => file ?? []).sort(byKindAndName)
  const files = all.slice(0, mostListed)
  return {
    folder: place,
    way: wayTo(place),
    places: await places(),
    files,
    counts: countKinds(all),
    more: all.length - files.length
  }
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => !isHidden(name))
  } catch (thrown) {
    throw unreadable(folder, thrown)
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'is not there any more. If it is on a drive, plug the drive in again.',
  ENOTDIR: 'is a file, not a folder.',
  EACCES: 'may not be read by you.',
  EPERM: 'may not be read by you.',
  ELOOP: 'is a link that leads back to itself.',
  ENAMETOOLONG: 'has too long a name.'
}

function unreadable(folder: string, cause: unknown): AppError {
  const code = cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  const reason = reasons[code] ?? 'cannot be read: its drive or network does not answer.'
  return refuse(`${folder} ${reason}`, { file: folder, next: 'Choose another folder.', cause })
}

/** By the customs of Unix, and what Windows and macOS keep for themselves. */
function isHidden(name: string): boolean {
  return name.startsWith('.') || /^(?:\$RECYCLE\.BIN|System Volume Information|desktop\.ini|Thumbs\.db)$/i.test(name)
}

/** Undefined for what is neither file nor folder, and for links that lead nowhere. */
async function describe(path: string, name: string): Promise<ListedFile | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return undefined
  if (found.isDirectory()) {
    if (await leadsUp(path)) return undefined
    const isLocked = await access(path, constants.R_OK | constants.X_OK).then(
      () => false,
      () => true
    )
    return { name, path, kind: 'folder', ...(isLocked && { isLocked: true as const }) }
  }
  return found.isFile() ? { name, path, kind: kindOf(name), bytes: found.size } : undefined
}

/** A link to a folder above would let a person walk in circles. */
async function leadsUp(path: string): Promise<boolean> {
  if (!(await lstat(path)).isSymbolicLink()) return false
  const target = await realpath(path).catch(() => path)
  return `${path}/`.startsWith(target.endsWith('/') ? target : `${target}/`)
}

const kinds: readonly (readonly [ListedFile['kind'], RegExp])[] = [
  ['picture', /^\.(?:png|jpe?g|tiff?|btf|tf2|tf8)$/],
  ['annotation', /^\.(?:json|geojson|npz|roi|ya?ml|csv)$/],
  ['archive', /^\.zip$/],
  ['package', /^\.cytoloom$/],
  ['model', /^\.(?:safetensors|pth|pt)$/],
  ['foreign', /^\.(?:czi|nd2|lif|lsm|oib|oif|vsi|svs|ims|dv|h5|hdf5|zarr|dcm|bmp|gif|webp|jp2)$/]
]

function kindOf(name: string): ListedFile['kind'] {
  const extension = extname(name).toLowerCase()
  return kinds.find(([, pattern]) => pattern.test(extension))?.[0] ?? 'other'
}

function byKindAndName(a: ListedFile, b: ListedFile): number {
  const rank = ({ kind }: ListedFile): number => (kind === 'folder' ? 0 : 1)
  return rank(a) - rank(b) || names.compare(a.name, b.name)
}

const names = new Intl.Collator('en', { numeric: true })

function countKinds(files: readonly ListedFile[]): FileList['counts'] {
  const counts = { folder: 0, picture: 0, annotation: 0, archive: 0, package: 0, model: 0, foreign: 0, other: 0 }
  for (const { kind } of files) counts[kind]++
  return counts
}

function wayTo(folder: string): FileList['way'] {
  const { root } = parse(folder)
  const way = [{ name: folder === root ? root : parse(folder).base || root, path: folder }]
  for (let at = folder; at !== root;) {
    at = dirname(at)
    way.unshift({ name: at === root ? root : parse(at).base, path: at })
  }
  return way
}

/** Home, and where drives are found on each system. */
async function places(): Promise<FileList['places']> {
  const home = homedir()
  return [{ name: 'Home', path: home }, ...(await drives())]
}

async function drives(): Promise<FileList['places']> {
  if (process.platform === 'win32') {
    const letters = Array.from({ length: 24 }, (_, i) => `${String.fromCharCode(67 + i)}:\\`)
    const there = await Promise.all(letters.map((path) => isFolder(path)))
    return letters.filter((_, i) => there[i]).map((path) => ({ name: path.slice(0, 2), path }))
  }
  const user = parse(homedir()).base
  const parents = process.platform === 'darwin' ? ['/Volumes'] : ['/mnt', `/media/${user}`, `/run/media/${user}`]
  const found = await Promise.all(
    parents.map(async (parent) => {
      const inside = (await readdir(parent).catch(() => [])).filter((name) => !isHidden(name))
      return inside.map((name) => ({ name, path: join(parent, name) }))
    })
  )
  return [{ name: 'Computer', path: '/' }, ...found.flat()]
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true
}

async function inGroups<Item, Result>(
  items: readonly Item[],
  size: number,
  work: (item: Item) => Promise<Result>
): Promise<Result[]> {
  const results: Result[] = []
  for (let i = 0; i < items.length; i += size) results.push(...(await Promise.all(items.slice(i, i + size).map(work))))
  return results
}
