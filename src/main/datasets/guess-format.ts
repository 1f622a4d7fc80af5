import { refuse } from '../../shared/errors.ts'
import { isLivecellName } from './livecell-names.ts'
import { findSubfolder, isFolder, listFiles, listPictures } from './picture-files.ts'
import { hasMaskSiblings, imageFolderNames, labelFolderNames } from './readers/labels.ts'
import { findSampleFolders } from './readers/masks.ts'
import { type Layout, type SourcePlace } from './source-image.ts'

/** The layout that a source has, and what tells so. */
export interface Guess {
  readonly layout: Layout
  readonly reason: string
}

/**
 * Guesses how a source is laid out from its names alone; no file is opened.
 *
 * @throws AppError of kind `input` when there is nothing, or nothing that is known
 */
export async function guessLayout(place: SourcePlace): Promise<Guess> {
  const guess = (await isFolder(place.source)) === true ? await guessFolder(place) : await guessFile(place)
  if (guess) return guess
  throw refuse(`${place.source} holds nothing that is known as annotated images.`, {
    file: place.source,
    next: 'Expected: pictures with a COCO file; folders "images" and "labels" with equal names; or a folder for each image with "images" and "masks" in it.'
  })
}

async function guessFile(place: SourcePlace): Promise<Guess | undefined> {
  if (!isJson(place.source)) return undefined
  const images = place.images === undefined ? [] : await listPictures(place.images)
  if (images.some(({ name }) => isLivecellName(name))) return livecell
  return { layout: 'coco', reason: 'it is a JSON file' }
}

const livecell: Guess = { layout: 'livecell', reason: 'the pictures have names as in LIVECell' }

async function guessFolder(place: SourcePlace): Promise<Guess | undefined> {
  const { source, images, annotations } = place
  if (annotations !== undefined && isJson(annotations))
    return { layout: 'coco', reason: 'the annotations are a JSON file' }
  const imageFolder = images ?? (await findSubfolder(source, imageFolderNames))
  const labelFolder = annotations ?? (await findSubfolder(source, labelFolderNames))
  if (imageFolder !== undefined && labelFolder !== undefined) return guessPair(imageFolder, labelFolder)
  if ((await listFiles(source)).some(isJson)) return guessJson(imageFolder ?? source)
  if (labelFolder === undefined) return guessByNames(source)
  return { layout: 'labels', reason: `there are label images in ${labelFolder}` }
}

/** `images` and `masks` side by side: label images of the same names, or the masks of the cells of one image. */
async function guessPair(imageFolder: string, labelFolder: string): Promise<Guess> {
  const pictures = await listPictures(imageFolder)
  const labels = await listPictures(labelFolder)
  const [only] = pictures
  if (only && pictures.length === 1 && labels.length > 1 && !labels.some(({ stem }) => stem.startsWith(only.stem))) {
    return { layout: 'masks', reason: `${labelFolder} has several masks for the one picture in ${imageFolder}` }
  }
  return { layout: 'labels', reason: `there are pictures in ${imageFolder} and label images in ${labelFolder}` }
}

async function guessJson(imageFolder: string): Promise<Guess> {
  const pictures = await listPictures(imageFolder)
  if (pictures.some(({ name }) => isLivecellName(name))) return livecell
  return { layout: 'coco', reason: 'there is a JSON file beside the pictures' }
}

async function guessByNames(source: string): Promise<Guess | undefined> {
  const samples = await findSampleFolders(source)
  if (samples.length > 0) return { layout: 'masks', reason: 'each image has a folder with "images" and "masks"' }
  if (!hasMaskSiblings(await listPictures(source))) return undefined
  return { layout: 'labels', reason: 'pictures have siblings whose names end in _masks' }
}

function isJson(path: string): boolean {
  return path.toLowerCase().endsWith('.json')
}
