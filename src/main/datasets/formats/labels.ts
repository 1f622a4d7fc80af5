import { basename, relative, sep } from 'node:path'
import { type StoredCell } from '../../../shared/datasets.ts'
import { type AppError, refuse } from '../../../shared/errors.ts'
import { type LabelImage, readLabelImage } from '../../images/label-image.ts'
import { encodeCounts } from '../../masks/rle-string.ts'
import { rleFromLabel } from '../../masks/rle.ts'
import { type Annotation } from '../annotation.ts'
import { explainForeign } from '../foreign-files.ts'
import { type Log } from '../import-log.ts'
import { listPictures, type PictureFile, requireFolder } from '../picture-files.ts'
import { type Source, type SourcePlace } from '../source-image.ts'
import { type Format, type PictureFacts } from './format.ts'
import {
  findSampleFolders,
  findSides,
  haveLabelImages,
  isOneImage,
  labelBeginning,
  labelEndings,
  labelWords,
  maskEnding
} from './image-folders.ts'
import { chooseBoth, type FilePair, pairFiles, sharedPartner } from './pair-files.ts'
import { separatePieces } from './separate-pieces.ts'
import { splitOf } from './splits.ts'
import { findSequences, pairSequence } from './tracking-challenge.ts'

/** Files of Cellpose that are neither pictures nor masks. */
const besideEnding = /_(?:flows|cp_output|cellprob|cp_outlines)$/

/**
 * Pictures with label images: folders `images/` and `labels/` or `masks/` with equal names below; several such
 * folders, as StarDist's `train` and `test`; sequences of the Cell Tracking Challenge; or pictures with a sibling
 * `NAME_masks` as Cellpose writes them. Pictures
 * without a label image come in without annotation.
 *
 * @throws AppError of kind `input` when no picture has a label image
 */
export const labels: Format = {
  holds: 'folders "images" and "labels" with equal names',
  guess: {
    folders: async ({ imageFolder, labels }) =>
      imageFolder !== undefined && labels && !(await isOneImage(imageFolder, labels.pictures))
        ? `there are pictures in ${imageFolder} and label images in ${labels.folder}`
        : undefined,
    folder: ({ labels }) => labels && `there are label images in ${labels.folder}`,
    names: async ({ place, samples }) => {
      const folders = await samples()
      if (await haveLabelImages(folders))
        return 'folders have pictures in "images" and label images of their names in "masks"'
      if (folders.length > 0) return undefined
      if ((await findSequences(place.source)).length > 0)
        return 'folders are called as in the Cell Tracking Challenge: 01 and 01_GT'
      const hasSiblings = pairSiblings(await listPictures(place.source)).some(({ label }) => label)
      return hasSiblings ? 'pictures have siblings whose names end in _masks, _labels or the like' : undefined
    }
  },
  find: findLabels,
  cells: ({ files: [path = ''] }, _, picture, log) => readLabelCells(path, picture, log)
}

async function findLabels(place: SourcePlace, log: Log): Promise<Source> {
  const sides = await findSides(place.source)
  const imageFolder = place.images ?? sides.images
  const labelFolder = place.annotations ?? sides.labels
  const pairs =
    labelFolder === undefined || labelFolder === imageFolder
      ? await pairWithoutFolder(await requireFolder(imageFolder ?? place.source, 'the pictures'), log)
      : await pairFolders(imageFolder ?? place.source, labelFolder, log)
  if (!pairs.some(({ label }) => label))
    throw await noLabels(imageFolder ?? place.source, labelFolder ?? place.source, pairs)
  const images = pairs.map(({ picture, label, group }) => ({
    path: picture.path,
    file: picture.relative,
    folders: picture.folders,
    split: picture.folders.map(splitOf).findLast((split) => split !== undefined),
    ...(group === undefined ? {} : { group }),
    cells: label && { format: 'labels' as const, files: [label.path], more: undefined }
  }))
  return { images }
}

async function noLabels(pictures: string, labelFolder: string, [pair]: readonly Pair[]): Promise<AppError> {
  const there = await listPictures(labelFolder)
  const foreign = there.length === 0 || pictures === labelFolder ? await explainForeign(labelFolder) : undefined
  if (foreign) return foreign
  const names =
    pair && there[0] && pictures !== labelFolder
      ? `: there are ${pair.picture.relative} and ${there[0].relative}, for example`
      : ''
  const where = pictures === labelFolder ? '' : ` in ${labelFolder}`
  return refuse(`No picture in ${pictures} has a label image of the same name${where}${names}.`, {
    file: pictures,
    next: 'Put the label images into a folder "labels" beside "images", and call each as its picture is called, or that name with _mask or _label behind it. Or choose both folders.',
    remedies: chooseBoth
  })
}

interface Pair {
  readonly picture: PictureFile
  readonly label: PictureFile | undefined
  /** The sequence that a picture is of. */
  readonly group?: string
}

/** Where no folder of labels stands beside the pictures: folders that have both, sequences, or siblings. */
async function pairWithoutFolder(folder: string, log: Log): Promise<Pair[]> {
  const parts = await findSampleFolders(folder)
  if (!(await haveLabelImages(parts))) {
    const sequences = await findSequences(folder)
    if (sequences.length === 0) return pairSiblings(await listPictures(folder))
    return (await Promise.all(sequences.map(pairSequence))).flat()
  }
  const pairs: Pair[] = []
  for (const part of parts) {
    const way = part.folder === folder ? [] : relative(folder, part.folder).split(sep)
    const above = part.part === undefined ? way : [...way, part.part]
    for (const { picture, label } of await pairFolders(part.images, part.masks, log)) {
      const folders = [...above, ...picture.folders]
      pairs.push({ picture: { ...picture, relative: [...folders, picture.name].join('/'), folders }, label })
    }
  }
  return pairs
}

/** Pictures of one folder with those that mark their cells, told by the ends of their names, else by how they begin. */
function pairSiblings(files: readonly PictureFile[]): Pair[] {
  const words = files.some(({ stem }) => labelEndings.some((ending) => ending.test(stem)))
    ? labelEndings
    : [labelBeginning]
  const isLabel = ({ stem }: PictureFile) => words.some((word) => word.test(stem))
  const pictures = files.filter((file) => !isLabel(file) && !besideEnding.test(file.stem))
  const { pairs, unused } = pairFiles(pictures, files.filter(isLabel), words)
  const alone = unused.filter(({ stem }) => !maskEnding.test(stem)).map((picture) => ({ picture, partner: undefined }))
  return [...pairs, ...alone].map(({ picture, partner }) => ({ picture: inItsFolder(picture), label: partner }))
}

/** A folder for each picture, as in `7/image.png`, is a name of the picture and says nothing of its class. */
function inItsFolder(picture: PictureFile): PictureFile {
  const isNamedByFolder = /^(?:image|img|im|raw|picture|original)$/i.test(picture.stem)
  return isNamedByFolder ? { ...picture, folders: picture.folders.slice(0, -1) } : picture
}

async function pairFolders(imageFolder: string, labelFolder: string, log: Log): Promise<Pair[]> {
  await requireFolder(imageFolder, 'the pictures')
  await requireFolder(labelFolder, 'the label images')
  const all = await listPictures(imageFolder)
  const pictures = all.filter(({ path }) => !path.startsWith(`${labelFolder}/`) && !path.startsWith(`${labelFolder}\\`))
  const { pairs, unused, shared } = pairFiles(pictures, await listPictures(labelFolder), labelWords)
  for (const { relative } of unused) {
    log.refuse(relative, 'No picture has the name of this label image.', 'label images without a picture')
  }
  for (const file of shared) log.refuse(file.relative, ...sharedPartner)
  return pairs.map(labelOf)
}

function labelOf({ picture, partner }: FilePair): Pair {
  return { picture, label: partner }
}

/** Reads the cells of one label image. */
async function readLabelCells(path: string, picture: PictureFacts, log: Log): Promise<Annotation> {
  return cellsOfLabels(separatePieces(await readLabelImage(path, picture), basename(path), log), path, log)
}

/** A cell for each number of a label image. */
export function cellsOfLabels({ width, height, labels }: LabelImage, path: string, log: Log): Annotation {
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
