import { open } from 'node:fs/promises'
import { refuse } from '../../shared/errors.ts'
import { isLivecellName } from './livecell-names.ts'
import { findSubfolder, isFolder, listFiles, listPictures, type PictureFile } from './picture-files.ts'
import { baseFolder } from './formats/coco.ts'
import { looksLikeLabelme } from './formats/labelme.ts'
import { haveLabelImages, hasMaskSiblings, imageFolderNames, labelFolderNames } from './formats/labels.ts'
import { findSampleFolders } from './formats/masks.ts'
import { type Layout, type SourcePlace } from './source-image.ts'

/** The layout that a source has, and what tells so. */
export interface Guess {
  readonly layout: Layout
  readonly reason: string
}

/**
 * Guesses how a source is laid out: from its names, and where a JSON file could be of several kinds from its beginning.
 *
 * @throws AppError of kind `input` when there is nothing, or nothing that is known
 */
export async function guessLayout(place: SourcePlace): Promise<Guess> {
  const guess = (await isFolder(place.source)) === true ? await guessFolder(place) : await guessFile(place)
  if (guess) return guess
  await refuseCellposeSessions(place.source)
  throw refuse(`${place.source} holds nothing that is known as annotated images.`, {
    file: place.source,
    next: 'Expected: pictures with a COCO file; folders "images" and "labels" with equal names; a folder for each image with "images" and "masks" in it; ImageJ regions (RoiSet.zip), GeoJSON, YOLO text or Labelme files of the pictures\' names; or TissueNet\'s .npz.'
  })
}

async function guessFile(place: SourcePlace): Promise<Guess | undefined> {
  const { source } = place
  if (hasEnding(source, '.npz')) return { layout: 'tissuenet', reason: 'it is a NumPy archive' }
  if (hasEnding(source, '.zip')) return { layout: 'roi', reason: 'it is a zip beside a picture' }
  if (hasEnding(source, '.roi')) return loneRegion
  if (isGeojson(source)) return { layout: 'qupath', reason: 'it is a GeoJSON file' }
  if (!isJson(source)) return undefined
  const images = place.images === undefined ? [] : await listPictures(place.images)
  if (images.some(({ name }) => isLivecellName(name))) return livecell
  return guessJsonFile(source, 'it is')
}

const loneRegion: Guess = { layout: 'roi', reason: 'there is an ImageJ region' }
const livecell: Guess = { layout: 'livecell', reason: 'the pictures have names as in LIVECell' }

async function guessFolder(place: SourcePlace): Promise<Guess | undefined> {
  const source = await baseFolder(place.source)
  const { annotations } = place
  if (annotations !== undefined && (isJson(annotations) || isGeojson(annotations)))
    return guessJsonFile(annotations, 'the annotations are')
  const files = await listFiles(source)
  return guessByEndings(files) ?? guessByFolders({ ...place, source }, files)
}

async function guessByFolders(place: SourcePlace, files: readonly string[]): Promise<Guess | undefined> {
  const imageFolder = place.images ?? (await findSubfolder(place.source, imageFolderNames))
  const labels = await findLabelPictures(place)
  if (imageFolder !== undefined && labels) return guessPair(imageFolder, labels.folder, labels.pictures)
  if (files.some(isJson)) return guessJson(imageFolder ?? place.source, files)
  if (labels) return { layout: 'labels', reason: `there are label images in ${labels.folder}` }
  return (await guessByNames(place.source)) ?? guessByText(files)
}

/** The folder of labels, if there is one and it holds pictures. */
async function findLabelPictures({ source, annotations }: SourcePlace) {
  const folder = annotations ?? (await findSubfolder(source, labelFolderNames))
  const pictures = folder === undefined ? [] : await listPictures(folder)
  return folder === undefined || pictures.length === 0 ? undefined : { folder, pictures }
}

/** Endings that belong to one format alone. */
function guessByEndings(files: readonly string[]): Guess | undefined {
  if (files.some((path) => hasEnding(path, '.npz'))) return { layout: 'tissuenet', reason: 'there are NumPy archives' }
  if (files.some(isGeojson)) return { layout: 'qupath', reason: 'there are GeoJSON files' }
  const regions = files.find((path) => /roi[ _-]?s?(?:et)?s?[^/\\]*\.zip$/i.test(path))
  return regions === undefined ? undefined : { layout: 'roi', reason: 'there are archives of ImageJ regions' }
}

/** `images` and `masks` side by side: label images of the same names, or the masks of the cells of one image. */
async function guessPair(imageFolder: string, labelFolder: string, labels: readonly PictureFile[]): Promise<Guess> {
  const pictures = await listPictures(imageFolder)
  const [only] = pictures
  if (only && pictures.length === 1 && labels.length > 1 && !labels.some(({ stem }) => stem.startsWith(only.stem))) {
    return { layout: 'masks', reason: `${labelFolder} has several masks for the one picture in ${imageFolder}` }
  }
  return { layout: 'labels', reason: `there are pictures in ${imageFolder} and label images in ${labelFolder}` }
}

async function guessJson(imageFolder: string, files: readonly string[]): Promise<Guess> {
  const pictures = await listPictures(imageFolder)
  if (pictures.some(({ name }) => isLivecellName(name))) return livecell
  return guessJsonFile(files.find(isJson) ?? '', 'beside the pictures there is')
}

const startBytes = 64 * 1024

/** COCO, Labelme and GeoJSON are all JSON; the beginning of a file tells them apart. */
async function guessJsonFile(path: string, words: string): Promise<Guess> {
  if (isGeojson(path)) return { layout: 'qupath', reason: `${words} a GeoJSON file` }
  const start = await readStart(path)
  if (/"type"\s*:\s*"Feature(?:Collection)?"/.test(start))
    return { layout: 'qupath', reason: `${words} a GeoJSON file` }
  if (looksLikeLabelme(start)) return { layout: 'labelme', reason: `${words} a JSON file with Labelme's shapes` }
  return { layout: 'coco', reason: `${words} a JSON file` }
}

async function readStart(path: string): Promise<string> {
  const file = await open(path, 'r')
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(startBytes), 0, startBytes, 0)
    return buffer.toString('utf8', 0, bytesRead)
  } finally {
    await file.close()
  }
}

async function guessByNames(source: string): Promise<Guess | undefined> {
  const samples = await findSampleFolders(source)
  if (await haveLabelImages(samples))
    return { layout: 'labels', reason: 'folders have pictures in "images" and label images of their names in "masks"' }
  if (samples.length > 0) return { layout: 'masks', reason: 'each image has a folder with "images" and "masks"' }
  if (!hasMaskSiblings(await listPictures(source))) return undefined
  return { layout: 'labels', reason: 'pictures have siblings whose names end in _masks' }
}

/** Text files in folders named as YOLO names them, or else single regions of ImageJ. */
function guessByText(files: readonly string[]): Guess | undefined {
  const isLabel = (path: string) => /[/\\]labels[/\\](?:[^/\\]+[/\\])*[^/\\]+\.txt$/i.test(path)
  if (files.some(isLabel)) return { layout: 'yolo', reason: 'there are text files in folders named "labels"' }
  return files.some((path) => hasEnding(path, '.roi')) ? loneRegion : undefined
}

/** A session of Cellpose is a Python object that can hold anything, and is not opened. */
async function refuseCellposeSessions(source: string): Promise<void> {
  const files = (await isFolder(source)) === true ? await listFiles(source) : [source]
  const session = files.find((path) => /_seg\.npy$/i.test(path))
  if (session === undefined) return
  throw refuse(`${session} is a session of Cellpose: a Python object, which is not opened, as it could run code.`, {
    file: session,
    next: 'In Cellpose, save the masks as PNG or TIFF (in its menu File) and import those.'
  })
}

function isJson(path: string): boolean {
  return hasEnding(path, '.json')
}

function isGeojson(path: string): boolean {
  return hasEnding(path, '.geojson') || hasEnding(path, '.geojson.gz')
}

function hasEnding(path: string, ending: string): boolean {
  return path.toLowerCase().endsWith(ending)
}
