import { dirname } from 'node:path'
import { AppError, refuse } from '../../../shared/errors.ts'
import { mostFrequent } from '../annotation.ts'
import { type Log } from '../import-log.ts'
import {
  findSubfolder,
  isFolder,
  listByEnding,
  listPictures,
  type PictureFile,
  requireFolder
} from '../picture-files.ts'
import {
  type CellsPlace,
  type CountCategories,
  type Source,
  type SourceImage,
  type SourcePlace
} from '../source-image.ts'
import { chooseBoth, type FilePair, type PairedFiles, pairFiles, sharedPartner } from './pair-files.ts'
import { PictureIndex } from '../picture-index.ts'
import { splitOf } from './splits.ts'

/** A format that has an annotation file for each picture, of the same name. */
export interface FileEachFormat {
  readonly endings: readonly string[]
  /** As in "No picture has …": `a GeoJSON file`. */
  readonly what: string
  /** Counts categories by the names in the file, which this turns into those to show. */
  readonly nameOf?: (category: string) => string
  readonly cells: (path: string) => CellsPlace
  /** Files of the same ending that mark no cells; one that has the name of a picture does all the same. */
  readonly passesOver?: (path: string) => boolean
  /** Says of a file without a picture, as the end of a sentence about it, why it may have none, and what to do. */
  /** The picture that a file says it is of, where its own name does not tell. */
  readonly pictureOf?: (path: string) => Promise<string | undefined>
  readonly explainAlone?: (path: string) => Promise<{ readonly reason: string; readonly next: string } | undefined>
}

/**
 * Pairs the pictures below a folder with annotation files of the same names; pictures without one come in without
 * annotation.
 *
 * @throws AppError of kind `input` when no picture has one
 */
export async function findOneFileEach(
  place: SourcePlace,
  log: Log,
  count: CountCategories,
  format: FileEachFormat
): Promise<Source> {
  const isFile = (await isFolder(place.source)) === false
  const root = isFile ? dirname(place.source) : place.source
  const folder = await requireFolder(place.images ?? (await findSubfolder(root, ['images'])) ?? root, 'the pictures')
  const files = await listByEnding(await folderOf(place.annotations ?? root), format.endings)
  const wanted = isFile ? files.filter(({ path }) => path === place.source) : files
  const pictures = await listPictures(folder)
  const named = pairFiles(pictures, wanted.map(withoutEnding(format.endings)))
  const { pairs, unused, shared } = await pairRest(named, format, log)
  if (!pairs.some(({ partner }) => partner))
    throw await noPairs(place.source, folder, pairs[0]?.picture, unused[0], format)
  for (const file of unused.filter(({ path }) => format.passesOver?.(path) !== true)) {
    log.refuse(file.relative, await reasonAlone(file, format), 'annotation files without a picture')
  }
  for (const file of shared) log.refuse(file.relative, ...sharedPartner)
  return { images: await describeAll(pairs, log, count, format) }
}

/**
 * Files that no picture has the name of: they are of the picture that they name themselves, and the only file is of the only
 * picture, which is said.
 */
async function pairRest(named: PairedFiles, format: FileEachFormat, log: Log): Promise<PairedFiles> {
  const free = named.pairs.filter(({ partner }) => !partner).map(({ picture }) => picture)
  const files = named.unused.filter(({ path }) => format.passesOver?.(path) !== true)
  const found = await byOwnWord(free, files, format)
  const [picture, ...others] = free
  const [file, ...more] = files
  if (found.size === 0 && picture && file && others.length + more.length === 0 && named.pairs.length === 1) {
    found.set(picture, file)
    const reason = `It has another name than the only picture, ${picture.name}, and was taken as its own.`
    log.warn(reason, file.relative)
  }
  if (found.size === 0) return named
  const used = new Set(found.values())
  return {
    pairs: named.pairs.map((pair) => ({ ...pair, partner: pair.partner ?? found.get(pair.picture) })),
    unused: named.unused.filter((one) => !used.has(one)),
    shared: named.shared
  }
}

async function byOwnWord(
  pictures: readonly PictureFile[],
  files: readonly PictureFile[],
  { pictureOf }: FileEachFormat
): Promise<Map<PictureFile, PictureFile>> {
  const found = new Map<PictureFile, PictureFile>()
  if (!pictureOf || pictures.length === 0) return found
  const index = new PictureIndex(pictures)
  for (const file of files) {
    const name = await pictureOf(file.path)
    const picture = name === undefined ? 'missing' : index.find(name, file.path)
    if (typeof picture !== 'string' && !found.has(picture)) found.set(picture, file)
  }
  return found
}

async function describeAll(
  pairs: readonly FilePair[],
  log: Log,
  count: CountCategories,
  format: FileEachFormat
): Promise<SourceImage[]> {
  const images: SourceImage[] = []
  let mixed = 0
  for (const { picture, partner } of pairs) {
    const place = partner && format.cells(partner.path)
    const categories = place ? await countOrNone(place, count) : new Map<string, number>()
    if (categories.size > 1) mixed++
    images.push(describe(picture, place, categories, format))
  }
  warnOfMixed(mixed, log)
  return images
}

/** Why no picture has an annotation file: by one of the files, where it tells. */
async function noPairs(
  source: string,
  folder: string,
  picture: PictureFile | undefined,
  file: PictureFile | undefined,
  { what, explainAlone }: FileEachFormat
): Promise<AppError> {
  const known = file && (await explainAlone?.(file.path))
  if (known) return refuse(`${file.path} ${known.reason}.`, { file: file.path, next: known.next })
  const names = picture && file ? `: there are ${picture.relative} and ${file.relative}, for example` : ''
  return refuse(`No picture in ${folder} has ${what} of the same name${names}.`, {
    file: source,
    next: 'Give both the same name (cells.tif and cells with the other ending), or choose the folders of both.',
    remedies: chooseBoth
  })
}

async function reasonAlone({ path }: PictureFile, { explainAlone }: FileEachFormat): Promise<string> {
  const known = await explainAlone?.(path)
  return known ? `It ${known.reason}. ${known.next}` : 'No picture has the name of this file.'
}

/** Where cells of several categories lie in a picture, its class is that of most. */
export function warnOfMixed(pictures: number, log: Log): void {
  if (pictures === 0) return
  log.warn(`${pictures} pictures have cells of several categories; each goes by the one of most of its cells.`)
}

function describe(
  picture: PictureFile,
  cells: CellsPlace | undefined,
  categories: ReadonlyMap<string, number>,
  { nameOf = (category) => category }: FileEachFormat
): SourceImage {
  const category = mostFrequent(categories)
  return {
    path: picture.path,
    file: picture.relative,
    folders: picture.folders,
    split: picture.folders.map(splitOf).findLast((split) => split !== undefined),
    category: category === undefined ? undefined : nameOf(category),
    cells
  }
}

async function folderOf(path: string): Promise<string> {
  return (await isFolder(path)) === false ? dirname(path) : path
}

/** The whole ending goes: `cells` for `cells.geojson.gz`. */
function withoutEnding(endings: readonly string[]) {
  const byLength = endings.toSorted((a, b) => b.length - a.length)
  return (file: PictureFile): PictureFile => {
    const ending = byLength.find((candidate) => file.name.toLowerCase().endsWith(candidate)) ?? ''
    return { ...file, stem: file.name.slice(0, file.name.length - ending.length) }
  }
}

/** A file that cannot be read is listed with its reason when its image's turn comes. */
export async function countOrNone(place: CellsPlace, count: CountCategories): Promise<ReadonlyMap<string, number>> {
  try {
    return await count(place)
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    return new Map()
  }
}
