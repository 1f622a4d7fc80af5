import { dirname, join } from 'node:path'
import { AppError, refuse } from '../../../shared/errors.ts'
import { type ImportLog } from '../import-log.ts'
import {
  findSubfolder,
  isFolder,
  listFiles,
  listPictures,
  type PictureFile,
  PictureIndex,
  requireFolder
} from '../picture-files.ts'
import { type SourceImage, type SourcePlace } from '../source-image.ts'
import { type CocoEntry, readCocoFile } from './coco-file.ts'

/**
 * Reads pictures with COCO annotations, LIVECell's archive among them: `images/` with or without folders below, and one
 * or several JSON files. Pictures that no file names come in without annotation.
 *
 * A picture that several entries describe (LIVECell has some 150) keeps the entry with the most cells.
 *
 * @throws AppError of kind `input` when nothing can be used
 */
export async function readCoco(place: SourcePlace, log: ImportLog): Promise<SourceImage[]> {
  const files = await findAnnotationFiles(place)
  const root = await findImageRoot(place)
  const pictures = await listPictures(root)
  if (pictures.length === 0) {
    throw refuse(`${root} holds no pictures.`, { file: root, next: 'Name the folder with the pictures by --images.' })
  }
  const entries = await readAll(files, new PictureIndex(pictures), log)
  if (entries.length === 0) {
    throw refuse(`No picture in ${root} is named by the annotations (${files.join(', ')}).`, {
      file: root,
      next: 'Name the folder with the pictures by --images.'
    })
  }
  return describe(pictures, mergeEntries(entries, log), log)
}

/** The JSON files with annotations below a source; LIVECell's file for all cell types goes before its parts. */
async function findAnnotationFiles({ source, annotations }: SourcePlace): Promise<string[]> {
  const place = annotations ?? source
  if ((await isFolder(place)) !== true) return [place]
  const folder = (await findSubfolder(place, ['annotations/LIVECell', 'LIVECell', 'annotations'])) ?? place
  const files = (await listFiles(folder)).filter((path) => path.toLowerCase().endsWith('.json'))
  if (files.length > 0) return files
  throw refuse(`${folder} holds no JSON file with annotations.`, {
    file: folder,
    next: 'Name the annotation file by --annotations.'
  })
}

async function findImageRoot({ source, images }: SourcePlace): Promise<string> {
  if (images !== undefined) return requireFolder(images, 'the pictures')
  const isSourceFolder = await isFolder(source)
  const beside = isSourceFolder === true ? source : dirname(source)
  const folders = [join(beside, 'images'), join(dirname(beside), 'images')]
  const candidates = isSourceFolder === true ? folders.slice(0, 1) : folders
  for (const folder of candidates) if (await isFolder(folder)) return folder
  return beside
}

/** One bad file among several is listed; a single one is the end. */
async function readAll(files: readonly string[], pictures: PictureIndex, log: ImportLog): Promise<CocoEntry[]> {
  const entries: CocoEntry[] = []
  for (const file of files) {
    try {
      entries.push(...(await readCocoFile(file, pictures, log)))
    } catch (thrown) {
      if (files.length === 1 || !(thrown instanceof AppError)) throw thrown
      log.refuse(file, thrown.message)
    }
  }
  return entries
}

function mergeEntries(entries: readonly CocoEntry[], log: ImportLog): Map<string, CocoEntry> {
  const merged = new Map<string, CocoEntry>()
  for (const entry of entries) {
    const { path, relative } = entry.picture
    const other = merged.get(path)
    if (!other || entry.cells.length > other.cells.length) merged.set(path, entry)
    if (!other) continue
    const [more, fewer] = [entry.cells.length, other.cells.length].sort((a, b) => b - a)
    log.warn(
      `It is annotated twice, with ${more ?? 0} and with ${fewer ?? 0} cells; the larger annotation was kept.`,
      relative,
      'pictures that are annotated twice'
    )
  }
  return merged
}

function describe(
  pictures: readonly PictureFile[],
  entries: ReadonlyMap<string, CocoEntry>,
  log: ImportLog
): SourceImage[] {
  const areNamesUnique = new Set(pictures.map(({ name }) => name.toLowerCase())).size === pictures.length
  const withoutCells = [...entries.values()].filter(({ cells }) => cells.length === 0).length
  if (withoutCells > 0) {
    log.warn(
      `${withoutCells} pictures are named by the annotations, but have no cells: they come in without annotation.`
    )
  }
  const mixed = [...entries.values()].filter(({ categories }) => categories.size > 1).length
  if (mixed > 0)
    log.warn(`${mixed} pictures have cells of several categories; each goes by the one of most of its cells.`)
  return pictures.map((picture) => {
    const entry = entries.get(picture.path)
    return {
      path: picture.path,
      file: areNamesUnique ? picture.name : picture.relative,
      folders: picture.folders,
      category: entry && mostFrequent(entry.categories),
      split: entry && splitOf(entry.source),
      annotation: entry && entry.cells.length > 0 ? () => Promise.resolve(entry) : undefined
    }
  })
}

function mostFrequent(counts: ReadonlyMap<string, number>): string | undefined {
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
}

/** The split that an annotation file's name speaks of: `livecell_coco_val.json`. */
function splitOf(path: string): string | undefined {
  const word = /(?:^|[^a-z])(train|val|validation|test)(?=[^a-z]|$)/i
    .exec(path.replace(/^.*[/\\]/, ''))?.[1]
    ?.toLowerCase()
  return word === 'val' ? 'validation' : word
}
