import { basename, relative, sep } from 'node:path'
import { type StoredCell } from '../../../shared/datasets.ts'
import { AppError, refuse } from '../../../shared/errors.ts'
import { coloursOf, isDrawnByOpacity, type Picture } from '../../images/picture.ts'
import { readStoredValues } from '../../images/read.ts'
import { encodeCounts } from '../../masks/rle-string.ts'
import { rleFromPixels } from '../../masks/rle.ts'
import { type Annotation, type Size } from '../annotation.ts'
import { type Log } from '../import-log.ts'
import { listPictures, requireFolder } from '../picture-files.ts'
import { type Source, type SourceImage, type SourcePlace } from '../source-image.ts'
import { type Format } from './format.ts'
import { cellsInMask, darkOnLight, isDarkOnLight } from './separate-pieces.ts'
import { splitOfFolders } from './splits.ts'
import { findSampleFolders, haveLabelImages, isOneImage, type SampleFolder } from './image-folders.ts'

/**
 * The layout of the 2018 Data Science Bowl: a folder for each image, with the picture in `images/` and one
 * black-and-white picture for each cell in `masks/`. Folders of such folders are searched; masks are opened only when
 * their image's turn comes.
 *
 * @throws AppError of kind `input` when no folder has this layout
 */
export const masks: Format = {
  holds: 'a folder for each image with "images" and "masks" in it',
  guess: {
    folders: async ({ imageFolder, labels }) =>
      imageFolder !== undefined && labels && (await isOneImage(imageFolder, labels.pictures))
        ? `${labels.folder} has several masks for the one picture in ${imageFolder}`
        : undefined,
    names: async ({ samples }) => {
      const folders = await samples()
      const isSure = folders.some(({ isPlain }) => isPlain) && !(await haveLabelImages(folders))
      return isSure ? 'each image has a folder with "images" and "masks"' : undefined
    }
  },
  find: findMasks,
  cells: ({ files }, _, size, log) => readMaskCells(files, size, log)
}

async function findMasks({ source }: SourcePlace, log: Log): Promise<Source> {
  const all = await findSampleFolders(await requireFolder(source, 'the images with their masks'))
  const folders = all.filter(({ isPlain }) => isPlain)
  if (folders.length === 0) {
    throw refuse(`${source} has no folder with "images" and "masks" for each image.`, {
      file: source,
      next: 'Choose the folder that holds one folder for each image.'
    })
  }
  const samples: SourceImage[] = []
  for (const folder of folders) samples.push(...(await readSample(source, folder, log)))
  return { images: samples }
}

async function readSample(source: string, sample: SampleFolder, log: Log): Promise<SourceImage[]> {
  const { folder } = sample
  const pictures = await listPictures(sample.images)
  const place = relative(source, folder).split(sep).join('/')
  const [picture] = pictures
  if (!picture || pictures.length > 1) {
    log.refuse(place, `It has ${pictures.length} pictures in "images", where one is expected.`)
    return []
  }
  const above = place.split('/').slice(0, -1)
  const masks = await listPictures(sample.masks)
  return [
    {
      path: picture.path,
      file: [...above, picture.name].join('/'),
      folders: above,
      split: splitOfFolders(above),
      cells: masks.length === 0 ? undefined : { format: 'masks', files: masks.map(({ path }) => path), more: undefined }
    }
  ]
}

/**
 * Reads one mask for each cell. Cells are numbered from 1 in the order of their masks' names. A mask that holds the cells
 * of a whole picture, or of a class, gives one for each of its pieces.
 */
async function readMaskCells(paths: readonly string[], size: Size, log: Log): Promise<Annotation | undefined> {
  const cells: StoredCell[] = []
  let unusable = 0
  const fewest = paths.length === 1 ? 2 : fewestPieces
  for (const path of paths) {
    const found = await readMask(path, size, fewest, log)
    if (found === undefined) unusable++
    for (const counts of found ?? []) cells.push({ id: cells.length + 1, counts })
  }
  return unusable < paths.length ? { ...size, cells } : undefined
}

/** A mask with so many pieces of like size holds so many cells; single cells are sometimes drawn in two. */
const fewestPieces = 3

/** @returns `undefined` for a mask that cannot be used */
async function readMask(
  path: string,
  { width, height }: Size,
  fewest: number,
  log: Log
): Promise<string[] | undefined> {
  const mask = await readOrList(path, log)
  if (!mask) return undefined
  const name = basename(path)
  if (mask.width !== width || mask.height !== height) {
    log.refuse(
      name,
      `The mask has ${mask.width}×${mask.height} pixels and its image ${width}×${height}.`,
      'masks of another size than their image'
    )
    return undefined
  }
  const pixels = markedPixels(mask, name, log)
  if (!pixels.includes(1)) {
    log.refuse(name, 'The mask marks no pixel.', 'masks that mark no pixel')
    return []
  }
  const pieces = cellsInMask(pixels, width, height)
  if (pieces.length < fewest) return [encodeCounts(rleFromPixels(pixels, height, width).counts)]
  log.warn(
    `It has ${pieces.length} separate pieces of like size, so each of them became a cell. Where cells touch, they are one; save a mask for each cell instead.`,
    name,
    'masks of many cells, whose pieces became cells'
  )
  return pieces.map((piece) => encodeCounts(rleFromPixels(piece, height, width).counts))
}

async function readOrList(path: string, log: Log): Promise<Picture | undefined> {
  try {
    return (await readStoredValues(path)).picture
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown
    log.refuse(basename(path), [thrown.message, thrown.next].filter(Boolean).join(' '), 'masks that cannot be read')
    return undefined
  }
}

/**
 * 1 where the mask marks: where any colour is not 0, and where it has gray edges, as JPEG leaves them, from half of the
 * brightest up. An alpha channel counts where the colours draw nothing. A mask of what lies around the cell is turned.
 */
function markedPixels(mask: Picture, name: string, log: Log): Uint8Array {
  const { width, height } = mask
  const { brightest, top, isBlackAndWhite } = brightnessOf(mask)
  const least = isBlackAndWhite ? Number.MIN_VALUE : top / 2
  const marked = Uint8Array.from(brightest, (value) => (value >= least ? 1 : 0))
  if (!isBlackAndWhite) {
    log.warn(
      'It is not black and white only, as after JPEG or smoothing: what is at least half as bright as its brightest became the cell.',
      name,
      'masks with grays'
    )
  }
  if (!isDarkOnLight(marked, width, height)) return marked
  log.warn(...darkOnLight(name))
  return marked.map((value) => 1 - value)
}

/** The brightest colour of each pixel, the brightest of all, and whether there is none but that and black. */
function brightnessOf(mask: Picture) {
  const { width, height, channels, data } = mask
  const [from, to] = isDrawnByOpacity(mask) ? [coloursOf(mask), channels] : [0, coloursOf(mask)]
  const brightest = new Float64Array(width * height)
  for (let i = 0; i < brightest.length; i++) {
    for (let c = from; c < to; c++) brightest[i] = Math.max(brightest[i] ?? 0, data[i * channels + c] ?? 0)
  }
  const top = brightest.reduce((most, value) => Math.max(most, value), 0)
  return { brightest, top, isBlackAndWhite: brightest.every((value) => value === 0 || value === top) }
}
