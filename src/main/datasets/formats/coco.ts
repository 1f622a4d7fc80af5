import { basename, dirname, join, sep } from 'node:path'
import { AppError, type ErrorDetails, refuse } from '../../../shared/errors.ts'
import { mostFrequent } from '../annotation.ts'
import { type Log } from '../import-log.ts'
import { findSubfolder, isFolder, listFiles, listPictures, type PictureFile, requireFolder } from '../picture-files.ts'
import { groupBy } from '../group-by.ts'
import { canBeSame, closeness, haveSameEnd, PictureIndex } from '../picture-index.ts'
import { explainForeignPictures } from '../foreign-files.ts'
import { baseFolder } from '../livecell-names.ts'
import { type CellsPlace, type Source, type SourceImage, type SourcePlace } from '../source-image.ts'
import { type CocoPlace, readCocoCells } from './coco-cells.ts'
import { type Format } from './format.ts'
import { type CocoEntry, type IndexedCoco, indexCocoFile } from './coco-index.ts'
import { warnOfMixed } from './one-file-each.ts'
import { chooseBoth } from './pair-files.ts'
import { splitOf, splitOfFolders, stricterSplit } from './splits.ts'

/**
 * Pictures with COCO annotations, LIVECell's archive among them: `images/` with or without folders below, and one
 * or several JSON files. Pictures that no file names come in without annotation.
 *
 * Of several splits of a picture the one counts that is held out furthest, so that nothing is trained on what tests. Where
 * no file names one, folders may.
 *
 * @throws AppError of kind `input` when nothing can be used
 */
export const coco: Format<CocoPlace> = {
  holds: 'pictures with a COCO file',
  guess: {
    beginning: async ({ json }) => {
      const found = await json()
      return found && /"(?:images|annotations)"\s*:/.test(found.start) ? `${found.words} a JSON file` : undefined
    },
    rest: async ({ json }) => {
      const found = await json()
      return found && `${found.words} a JSON file`
    }
  },
  find: findCoco,
  cells: ({ more }, file, size, log) => readCocoCells(more, file, size, log)
}

async function findCoco(place: SourcePlace, log: Log): Promise<Source> {
  const files = await findAnnotationFiles(place)
  const root = await findImageRoot(place)
  const pictures = await listPictures(root)
  const beside = place.images === undefined ? await picturesBeside(files, root) : []
  if (pictures.length + beside.length === 0) {
    const foreign = await explainForeignPictures(root)
    if (foreign) throw foreign
    throw refuse(`${root} holds no pictures.`, { file: root, ...otherFolder })
  }
  const { entries, unfound } = await readAll(files, new PictureIndex(pictures, beside), log)
  const claims = settleClaims(entries, log)
  if (claims.length === 0) throw nothingNamed(root, files, unfound)
  const known = new Set(pictures.map(({ path }) => path))
  const named = new Set(claims.map(({ picture }) => picture.path))
  const all = [...pictures, ...beside.filter(({ path }) => !known.has(path) && named.has(path))]
  return { images: describe(all, mergeEntries(claims, log), log) }
}

/** LIVECell's files for all cell types go before its files for single types, which say the same again. */
const annotationFolders = ['LIVECell', 'LIVECell_single_cells']
/** Parts of the training file, for studies of data size: read only when they are named. */
const partsOfOthers = /[/\\]LIVECell_dataset_size_split[/\\]/

/** The JSON files with annotations below a source. */
async function findAnnotationFiles({ source, annotations }: SourcePlace): Promise<string[]> {
  const place = annotations ?? source
  if ((await isFolder(place)) !== true) return [place]
  const base = await baseFolder(place)
  const above = (await findSubfolder(base, ['annotations'])) ?? base
  const folder = (await findSubfolder(above, annotationFolders)) ?? above
  const files = (await listFiles(folder)).filter((path) => path.toLowerCase().endsWith('.json'))
  const whole = files.filter((path) => !partsOfOthers.test(path))
  if (files.length > 0) return whole.length > 0 ? whole : files
  throw refuse(`${folder} holds no JSON file with annotations.`, {
    file: folder,
    next: 'Choose the annotation file.',
    remedies: [{ action: 'set-option', option: 'annotations' }]
  })
}

const otherFolder: ErrorDetails = {
  next: 'Choose the folder with the pictures.',
  remedies: [{ action: 'set-option', option: 'images' }]
}

async function findImageRoot({ source, images }: SourcePlace): Promise<string> {
  if (images !== undefined) return requireFolder(images, 'the pictures')
  const isSourceFolder = await isFolder(source)
  const beside = isSourceFolder === true ? await baseFolder(source) : dirname(source)
  const folders = [join(beside, 'images'), join(dirname(beside), 'images'), join(dirname(beside), '..', 'images')]
  const candidates = isSourceFolder === true ? folders.slice(0, 1) : folders
  for (const folder of candidates) if (await isFolder(folder)) return folder
  return beside
}

/** Pictures that lie with the annotation files, and not where pictures are looked for first. */
async function picturesBeside(files: readonly string[], root: string): Promise<PictureFile[]> {
  const found: PictureFile[] = []
  for (const folder of new Set(files.map((file) => dirname(file)))) {
    if (folder === root || folder.startsWith(root + sep)) continue
    found.push(...(await listPictures(folder)).filter(({ folders }) => folders.length === 0))
  }
  return found
}

interface ReadFiles {
  readonly entries: readonly CocoEntry[]
  readonly unfound: IndexedCoco['unfound']
}

/** One bad file among several is listed; a single one is the end. */
async function readAll(files: readonly string[], pictures: PictureIndex, log: Log): Promise<ReadFiles> {
  const entries: CocoEntry[] = []
  let unfound: ReadFiles['unfound']
  for (const file of files) {
    try {
      const read = await indexCocoFile(file, pictures, log)
      entries.push(...read.entries)
      unfound ??= read.unfound
    } catch (thrown) {
      if (files.length === 1 || !(thrown instanceof AppError)) throw thrown
      log.refuse(file, thrown.message)
    }
  }
  return { entries, unfound }
}

function nothingNamed(root: string, files: readonly string[], unfound: IndexedCoco['unfound']): AppError {
  const annotations = files.join(', ')
  if (unfound?.why !== 'ambiguous') {
    const first = unfound ? `; the first that they name is ${unfound.name}` : ''
    return refuse(`No picture in ${root} is named by the annotations (${annotations})${first}.`, {
      file: root,
      ...otherFolder
    })
  }
  return refuse(
    `The annotations (${annotations}) name ${unfound.name}, and several pictures in ${root} have that name.`,
    {
      file: root,
      next: 'Write the folder of each picture before its name in "file_name", or take in each folder with annotations of its own.',
      remedies: chooseBoth
    }
  )
}

/**
 * The entries whose picture is theirs: where `day1/a.png` and `day2/a.png` are named and one is there, it is the one that
 * its folders say; where they do not tell, it is neither.
 */
function settleClaims(entries: readonly CocoEntry[], log: Log): CocoEntry[] {
  return [...groupBy(entries, ({ picture }) => picture.path).values()].flatMap((claims) => settle(claims, log))
}

function settle(claims: readonly CocoEntry[], log: Log): readonly CocoEntry[] {
  if (claims.length === 1) return claims
  const most = Math.max(...claims.map(({ name, picture }) => closeness(name, picture)))
  const best = claims.filter(({ name, picture }) => closeness(name, picture) === most)
  const [first] = best
  const isClear = first !== undefined && best.every((other) => isSame(first, other))
  const kept = isClear ? claims.filter((claim) => isSame(first, claim)) : []
  for (const { name, source, picture } of claims.filter((claim) => !kept.includes(claim))) {
    log.refuse(
      name,
      `${basename(source)} names it, and of the pictures of such names only ${picture.relative} is there.`,
      'names that could mean a picture of another name'
    )
  }
  return kept
}

function isSame(a: CocoEntry, b: CocoEntry): boolean {
  return canBeSame(a.name, b.name) && (a.source !== b.source || haveSameEnd(a.name, b.name))
}

/** All that is said about one picture, and its split. */
interface Merged {
  readonly entries: readonly CocoEntry[]
  readonly split: string | undefined
}

function mergeEntries(entries: readonly CocoEntry[], log: Log): Map<string, Merged> {
  const merged = new Map<string, Merged>()
  for (const entry of entries) {
    const split = splitOf(entry.source)
    const other = merged.get(entry.picture.path)
    merged.set(entry.picture.path, other ? mergeTwo(other, { entry, split }, log) : { entries: [entry], split })
  }
  return merged
}

function mergeTwo(
  { entries, split: first }: Merged,
  { entry, split: second }: { entry: CocoEntry; split: string | undefined },
  log: Log
): Merged {
  const split = stricterSplit(first, second)
  if (first !== second) {
    log.warn(
      `It is in two splits, ${first ?? 'none'} and ${second ?? 'none'}; it counts as ${split ?? 'none'}.`,
      entry.picture.relative,
      'pictures that are in two splits'
    )
  }
  return { entries: [...entries, entry], split }
}

function cellsIn({ annotations }: CocoEntry): number {
  return annotations.length / 3
}

/** How many cells of each category a picture has, over all that is said about it. */
function categoriesOf({ entries }: Merged): Map<string, number> {
  const counts = new Map<string, number>()
  for (const { categories } of entries) {
    for (const [name, count] of categories) counts.set(name, (counts.get(name) ?? 0) + count)
  }
  return counts
}

function describe(pictures: readonly PictureFile[], merged: ReadonlyMap<string, Merged>, log: Log): SourceImage[] {
  const areNamesUnique = new Set(pictures.map(({ name }) => name.toLowerCase())).size === pictures.length
  const all = [...merged.values()]
  const withoutCells = all.filter(({ entries }) => entries.every((entry) => cellsIn(entry) === 0)).length
  if (withoutCells > 0) {
    log.warn(
      `${withoutCells} pictures are named by the annotations, but have no cells: they come in without annotation.`
    )
  }
  warnOfMixed(all.filter((one) => categoriesOf(one).size > 1).length, log)
  return pictures.map((picture) => {
    const one = merged.get(picture.path)
    return {
      path: picture.path,
      file: areNamesUnique ? picture.name : picture.relative,
      folders: picture.folders,
      category: one && mostFrequent(categoriesOf(one)),
      split: one?.split ?? (one && splitOfFolders(picture.folders)),
      cells: one && placeOf(one)
    }
  })
}

function placeOf({ entries }: Merged): CellsPlace<CocoPlace> | undefined {
  const groups = entries
    .filter((entry) => cellsIn(entry) > 0)
    .map(({ source, width, height, annotations }) => ({ path: source, width, height, entries: annotations.toArray() }))
  // The files are gone through as streams, and of one image's annotations little is read.
  return groups.length === 0 ? undefined : { format: 'coco', files: [], more: { groups } }
}
