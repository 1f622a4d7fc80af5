import { dirname, join } from 'node:path'
import { AppError, type ErrorDetails, refuse } from '../../../shared/errors.ts'
import { mostFrequent } from '../annotation.ts'
import { type Log } from '../import-log.ts'
import {
  findSubfolder,
  isFolder,
  listFiles,
  listPictures,
  type PictureFile,
  PictureIndex,
  requireFolder
} from '../picture-files.ts'
import { baseFolder } from '../livecell-names.ts'
import { type CellsPlace, type Source, type SourceImage, type SourcePlace } from '../source-image.ts'
import { type CocoPlace, readCocoCells } from './coco-cells.ts'
import { type Format } from './format.ts'
import { type CocoEntry, indexCocoFile } from './coco-index.ts'
import { splitOf, stricterSplit } from './splits.ts'

/**
 * Pictures with COCO annotations, LIVECell's archive among them: `images/` with or without folders below, and one
 * or several JSON files. Pictures that no file names come in without annotation.
 *
 * A picture that several entries describe (LIVECell has some 150) keeps the entry with the most cells, and of several
 * splits the one that is held out furthest, so that nothing is trained on what tests.
 *
 * @throws AppError of kind `input` when nothing can be used
 */
export const coco: Format<CocoPlace> = {
  holds: 'pictures with a COCO file',
  guess: {
    beginning: async ({ json }) => {
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
  if (pictures.length === 0) {
    throw refuse(`${root} holds no pictures.`, { file: root, ...otherFolder })
  }
  const entries = await readAll(files, new PictureIndex(pictures), log)
  if (entries.length === 0) {
    throw refuse(`No picture in ${root} is named by the annotations (${files.join(', ')}).`, {
      file: root,
      ...otherFolder
    })
  }
  return { images: describe(pictures, mergeEntries(entries, log), log) }
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

/** One bad file among several is listed; a single one is the end. */
async function readAll(files: readonly string[], pictures: PictureIndex, log: Log): Promise<CocoEntry[]> {
  const entries: CocoEntry[] = []
  for (const file of files) {
    try {
      entries.push(...(await indexCocoFile(file, pictures, log)))
    } catch (thrown) {
      if (files.length === 1 || !(thrown instanceof AppError)) throw thrown
      log.refuse(file, thrown.message)
    }
  }
  return entries
}

/** All that is said about one picture: the entry that was kept, and its split. */
interface Merged {
  readonly entry: CocoEntry
  readonly split: string | undefined
}

function mergeEntries(entries: readonly CocoEntry[], log: Log): Map<string, Merged> {
  const merged = new Map<string, Merged>()
  for (const entry of entries) {
    const split = splitOf(entry.source)
    const other = merged.get(entry.picture.path)
    merged.set(entry.picture.path, other ? mergeTwo(other, { entry, split }, log) : { entry, split })
  }
  return merged
}

function mergeTwo(first: Merged, second: Merged, log: Log): Merged {
  const [one, two] = [cellsIn(first.entry), cellsIn(second.entry)]
  const file = first.entry.picture.relative
  if (first.entry.id !== second.entry.id || one !== two) {
    log.warn(
      `It is annotated twice, with ${Math.max(one, two)} and with ${Math.min(one, two)} cells; the larger annotation was kept.`,
      file,
      'pictures that are annotated twice'
    )
  }
  const split = stricterSplit(first.split, second.split)
  if (first.split !== second.split) {
    log.warn(
      `It is in two splits, ${first.split ?? 'none'} and ${second.split ?? 'none'}; it counts as ${split ?? 'none'}.`,
      file,
      'pictures that are in two splits'
    )
  }
  return { entry: two > one ? second.entry : first.entry, split }
}

function cellsIn({ annotations }: CocoEntry): number {
  return annotations.length / 3
}

function describe(pictures: readonly PictureFile[], merged: ReadonlyMap<string, Merged>, log: Log): SourceImage[] {
  const areNamesUnique = new Set(pictures.map(({ name }) => name.toLowerCase())).size === pictures.length
  const entries = [...merged.values()].map(({ entry }) => entry)
  const withoutCells = entries.filter((entry) => cellsIn(entry) === 0).length
  if (withoutCells > 0) {
    log.warn(
      `${withoutCells} pictures are named by the annotations, but have no cells: they come in without annotation.`
    )
  }
  const mixed = entries.filter(({ categories }) => categories.size > 1).length
  if (mixed > 0)
    log.warn(`${mixed} pictures have cells of several categories; each goes by the one of most of its cells.`)
  return pictures.map((picture) => {
    const { entry, split } = merged.get(picture.path) ?? {}
    return {
      path: picture.path,
      file: areNamesUnique ? picture.name : picture.relative,
      folders: picture.folders,
      category: entry && mostFrequent(entry.categories),
      split,
      cells: entry && cellsIn(entry) > 0 ? placeOf(entry) : undefined
    }
  })
}

function placeOf({ source, width, height, annotations }: CocoEntry): CellsPlace<CocoPlace> {
  // The file is gone through as a stream, and of one image's annotations little is read.
  return { format: 'coco', files: [], more: { path: source, width, height, entries: annotations.toArray() } }
}
