import { basename } from 'node:path'
import { type StoredCell } from '../../../shared/datasets.ts'
import { refuse } from '../../../shared/errors.ts'
import { readLabelImage } from '../../images/label-image.ts'
import { encodeCounts } from '../../masks/rle-string.ts'
import { rleFromLabel } from '../../masks/rle.ts'
import { type ImportLog } from '../import-log.ts'
import { findSubfolder, listPictures, type PictureFile, requireFolder } from '../picture-files.ts'
import { type Annotation, type SourceImage, type SourcePlace } from '../source-image.ts'

export const imageFolderNames = ['images', 'image', 'img', 'raw']
export const labelFolderNames = ['labels', 'masks', 'label', 'mask']

/** What Cellpose adds to a picture's name for its masks, and for files that are neither. */
const maskEnding = /_(?:cp_)?masks$/
const besideEnding = /_(?:flows|cp_output|cellprob|cp_outlines)$/
const labelEnding = /_(?:labels?|instances)$/

/**
 * Reads pictures with label images: folders `images/` and `labels/` or `masks/` with equal names below, or pictures with
 * a sibling `NAME_masks` as Cellpose writes them. Pictures without a label image come in without annotation.
 *
 * @throws AppError of kind `input` when no picture has a label image
 */
export async function readLabels(place: SourcePlace, log: ImportLog): Promise<SourceImage[]> {
  const imageFolder = place.images ?? (await findSubfolder(place.source, imageFolderNames))
  const labelFolder = place.annotations ?? (await findSubfolder(place.source, labelFolderNames))
  const pairs =
    labelFolder === undefined
      ? await pairSiblings(await requireFolder(imageFolder ?? place.source, 'the pictures'))
      : await pairFolders(imageFolder ?? place.source, labelFolder, log)
  if (!pairs.some(({ label }) => label)) {
    throw refuse(`No picture in ${imageFolder ?? place.source} has a label image of the same name.`, {
      file: place.source,
      next: 'Put the label images into a folder "labels" beside "images", each with the name of its picture.'
    })
  }
  return pairs.map(({ picture, label }) => ({
    path: picture.path,
    file: picture.relative,
    folders: picture.folders,
    annotation: label && (() => readAnnotation(label.path, log))
  }))
}

/** Whether a folder holds pictures with siblings named as Cellpose names masks. */
export function hasMaskSiblings(pictures: readonly PictureFile[]): boolean {
  return pictures.some(({ stem }) => maskEnding.test(stem))
}

interface Pair {
  readonly picture: PictureFile
  readonly label: PictureFile | undefined
}

async function pairSiblings(folder: string): Promise<Pair[]> {
  const files = await listPictures(folder)
  const masks = new Map(
    files.filter(({ stem }) => maskEnding.test(stem)).map((file) => [keyOf(file, maskEnding), file] as const)
  )
  return files
    .filter(({ stem }) => !maskEnding.test(stem) && !besideEnding.test(stem))
    .map((picture) => ({ picture, label: masks.get(keyOf(picture)) }))
}

async function pairFolders(imageFolder: string, labelFolder: string, log: ImportLog): Promise<Pair[]> {
  await requireFolder(imageFolder, 'the pictures')
  await requireFolder(labelFolder, 'the label images')
  const all = await listPictures(imageFolder)
  const pictures = all.filter(({ path }) => !path.startsWith(`${labelFolder}/`) && !path.startsWith(`${labelFolder}\\`))
  const labels = await listPictures(labelFolder)
  const finder = new LabelFinder(labels)
  const pairs = pictures.map((picture) => ({ picture, label: finder.find(picture) }))
  const used = new Set(pairs.map(({ label }) => label?.path))
  for (const label of labels) {
    if (!used.has(label.path))
      log.refuse(label.relative, 'No picture has the name of this label image.', 'label images without a picture')
  }
  return pairs
}

/** By folders and name, with or without an ending such as `_masks`; else by the name alone, where only one has it. */
class LabelFinder {
  readonly #byPath = new Map<string, PictureFile>()
  readonly #byStem = new Map<string, PictureFile | 'ambiguous'>()

  constructor(labels: readonly PictureFile[]) {
    for (const label of labels) {
      for (const key of new Set([keyOf(label), keyOf(label, maskEnding), keyOf(label, labelEnding)])) {
        if (!this.#byPath.has(key)) this.#byPath.set(key, label)
      }
      for (const stem of new Set([
        label.stem,
        label.stem.replace(maskEnding, ''),
        label.stem.replace(labelEnding, '')
      ])) {
        this.#byStem.set(stem, this.#byStem.has(stem) ? 'ambiguous' : label)
      }
    }
  }

  find(picture: PictureFile): PictureFile | undefined {
    const samePath = this.#byPath.get(keyOf(picture))
    const sameStem = this.#byStem.get(picture.stem)
    return samePath ?? (sameStem === 'ambiguous' ? undefined : sameStem)
  }
}

function keyOf({ folders, stem }: PictureFile, ending?: RegExp): string {
  return [...folders, ending ? stem.replace(ending, '') : stem].join('/')
}

async function readAnnotation(path: string, log: ImportLog): Promise<Annotation> {
  const { width, height, labels } = await readLabelImage(path)
  const cells: StoredCell[] = []
  for (const [id, { counts }] of rleFromLabel(labels, width, height)) cells.push({ id, counts: encodeCounts(counts) })
  const [only] = cells
  if (only && cells.length === 1 && (only.id === 255 || only.id === 65535)) {
    log.warn(
      `It holds one value, ${only.id}, and was read as one cell. If it is a black-and-white picture of many cells, export a label image instead.`,
      basename(path),
      'label images with one cell of the value 255 or 65535'
    )
  }
  return { width, height, cells }
}
