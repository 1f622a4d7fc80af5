import { basename, dirname, sep } from 'node:path'
import { groupBy } from './group-by.ts'
import { type PictureFile } from './picture-files.ts'
import { isSideFolder } from './formats/pair-files.ts'
import { splitOf } from './formats/splits.ts'

/**
 * Finds pictures by the names that annotations give them.
 *
 * A name is taken as it stands, then with its percent codes read, then as programs are known to change it, and each of
 * these by the name, else without regard to case, else without the ending, since published names and re-saved files often
 * differ there. Composed and decomposed letters are the same. Names only select among files that were found; a path that leads elsewhere finds nothing.
 */
export class PictureIndex {
  readonly #byName: ReadonlyMap<string, readonly PictureFile[]>
  readonly #byLowerName: ReadonlyMap<string, readonly PictureFile[]>
  readonly #byStem: ReadonlyMap<string, readonly PictureFile[]>
  readonly #otherwise: PictureIndex | undefined

  /** @param others are looked through for names that are not among the first */
  constructor(pictures: readonly PictureFile[], others: readonly PictureFile[] = []) {
    this.#otherwise = others.length > 0 ? new PictureIndex(others) : undefined
    this.#byName = groupBy(pictures, ({ name }) => name.normalize())
    this.#byLowerName = groupBy(pictures, ({ name }) => plainest(name).normalize().toLowerCase())
    this.#byStem = groupBy(pictures, ({ name }) => stemOf(plainest(name)))
  }

  /**
   * The one picture that a name can mean. Where the name has folders, a picture in others is not meant; where several
   * pictures remain, the one that lies with the annotation file, or whose folder is of its split.
   *
   * @param annotations the file that names the picture
   */
  find(name: string, annotations: string): PictureFile | 'missing' | 'ambiguous' {
    for (const wanted of [...readings(name), ...changesOf(name)]) {
      const { last, folders } = splitName(wanted)
      for (const candidates of [
        this.#byName.get(last),
        this.#byLowerName.get(last.toLowerCase()),
        this.#byStem.get(stemOf(last))
      ]) {
        const fitting = (candidates ?? []).filter((file) => areAlike(folders, foldersThatTell(file.folders)))
        if (fitting.length > 0) return bestMatch(fitting, folders, annotations) ?? 'ambiguous'
      }
    }
    return this.#otherwise?.find(name, annotations) ?? 'missing'
  }
}

/** Whether two names can be those of one picture: `day1/a.png` and `a.png`, but not `day2/a.png`. */
export function canBeSame(a: string, b: string): boolean {
  const [one, two] = [splitName(plainest(a)), splitName(plainest(b))]
  return stemOf(one.last) === stemOf(two.last) && areAlike(one.folders, two.folders)
}

/** Whether two names say the same file, up to their folders, percent codes and case. */
export function haveSameEnd(a: string, b: string): boolean {
  return splitName(plainest(a)).last.toLowerCase() === splitName(plainest(b)).last.toLowerCase()
}

/** How well a name fits the picture that was found for it: the folders that both have, and whether the endings agree. */
export function closeness(name: string, picture: PictureFile): number {
  const best = readings(name).map((wanted) => {
    const { last, folders } = splitName(wanted)
    const hasEnding = last.toLowerCase() === picture.name.normalize().toLowerCase()
    return 2 * sharedEnd(folders, foldersOfPath(picture)) + (hasEnding ? 1 : 0)
  })
  return Math.max(...best)
}

/** Names are encoded twice where an address holds another. */
const mostCodings = 3

function readings(name: string): string[] {
  const found = [/^[a-z]+:\/\//i.test(name) ? name.replace(/[?#].*$/s, '') : name]
  for (let coding = 0; coding < mostCodings; coding++) {
    const decoded = decodedName(found.at(-1) ?? '')
    if (decoded === undefined || decoded === found.at(-1)) break
    found.push(decoded)
  }
  return found
}

/** `undefined` for a percent sign that begins no code. */
function decodedName(name: string): string | undefined {
  try {
    return decodeURIComponent(name)
  } catch {
    return undefined
  }
}

/**
 * What a picture may be called where nothing has the name that is given: without blanks around it, with blanks for the
 * plus signs of web forms, without the eight digits that Label Studio puts before what is uploaded, with its folders before
 * its name, as sets are flattened.
 */
function changesOf(name: string): string[] {
  const plain = plainest(name).trim().replaceAll('&amp;', '&')
  const { last, folders } = splitName(plain)
  const uploaded = last.replace(/^[0-9a-f]{8}-(?=.)/, '')
  const flat = folders.length === 0 ? [] : ['_', '-'].map((sign) => [...folders, last].join(sign))
  return [plain, plain.replaceAll('+', ' '), ...(uploaded === last ? [] : [uploaded]), ...flat]
}

function plainest(name: string): string {
  return readings(name).at(-1) ?? name
}

function splitName(name: string): { last: string; folders: string[] } {
  const parts = name.normalize().replaceAll('\\', '/').split('/')
  return { last: parts.at(-1) ?? '', folders: foldersThatTell(parts.slice(0, -1)) }
}

const endings = /(?:\.ome)?\.(?:tiff?|png|jpe?g|bmp|gif|webp|jp2)$/

/** In lower case and without the endings of pictures, doubled ones too. */
function stemOf(name: string): string {
  let stem = name.normalize().toLowerCase()
  while (endings.test(stem)) stem = stem.replace(endings, '')
  return stem
}

function foldersThatTell(folders: readonly string[]): string[] {
  return folders
    .map((folder) => folder.normalize().toLowerCase())
    .filter((folder) => folder !== '' && !/^\.+$/.test(folder) && !isSideFolder(folder))
}

/** Whether the shorter list of folders is left when some of the longer are taken out. */
function areAlike(a: readonly string[], b: readonly string[]): boolean {
  const [shorter, longer] = a.length < b.length ? [a, b] : [b, a]
  let at = 0
  for (const folder of longer) if (folder === shorter[at]) at++
  return at === shorter.length
}

function bestMatch(
  candidates: readonly PictureFile[],
  folders: readonly string[],
  annotations: string
): PictureFile | undefined {
  const place = dirname(annotations) + sep
  const split = splitOf(basename(annotations))
  const told = basename(annotations)
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
  let left = furthest(candidates, (file) => sharedEnd(folders, foldersOfPath(file)))
  left = preferred(left, ({ path }) => dirname(path) + sep === place)
  left = preferred(left, ({ path }) => path.startsWith(place))
  left = preferred(left, (file) => split !== undefined && file.folders.some((folder) => splitOf(folder) === split))
  left = preferred(left, (file) => file.folders.some((folder) => told.includes(folder.toLowerCase())))
  return left.length === 1 ? left[0] : undefined
}

function foldersOfPath({ path }: PictureFile): string[] {
  return foldersThatTell(dirname(path).split(sep))
}

/** How many of the last folders two paths have in common. */
function sharedEnd(a: readonly string[], b: readonly string[]): number {
  let count = 0
  while (count < a.length && count < b.length && a.at(-1 - count) === b.at(-1 - count)) count++
  return count
}

function furthest(files: readonly PictureFile[], measure: (file: PictureFile) => number): readonly PictureFile[] {
  const most = Math.max(...files.map(measure))
  return files.filter((file) => measure(file) === most)
}

/** Those of which something holds, where there are any. */
function preferred(files: readonly PictureFile[], holds: (file: PictureFile) => boolean): readonly PictureFile[] {
  const some = files.filter(holds)
  return some.length > 0 ? some : files
}
