import { join } from 'node:path'
import { findSubfolder, listFolders, listPictures, type PictureFile } from '../picture-files.ts'
import { pairFiles, plainFolderName } from './pair-files.ts'

export const imageFolderNames = ['images', 'image', 'img', 'raw']
export const labelFolderNames = ['labels', 'masks', 'label', 'mask']

/** Names that say so only side by side, in small letters and without what parts their words. */
const namesInPairs = [
  ['rawimages', 'groundtruth'],
  ['raw', 'groundtruth'],
  ['images', 'groundtruth'],
  ['images', 'gt'],
  ['images', 'annotations'],
  ['tissueimages', 'labelmasks'],
  ['images', 'labelmasks'],
  ['source', 'target'],
  ['input', 'target'],
  ['inputs', 'targets']
] as const

/** What Cellpose adds to a picture's name for its masks. */
export const maskEnding = /_(?:cp_)?masks$/
export const labelEndings = [maskEnding, /[_-](?:labels?|masks?|instances?|seg|segmentation|gt)$/i]

/** The folders of pictures and of what marks their cells, where a folder has them. */
export interface Sides {
  readonly images: string | undefined
  readonly labels: string | undefined
}

export async function findSides(folder: string): Promise<Sides> {
  const images = await findSubfolder(folder, imageFolderNames)
  const labels = await findSubfolder(folder, labelFolderNames)
  if (labels !== undefined) return { images, labels }
  const there = new Map((await listFolders(folder)).map((name) => [plainFolderName(name), join(folder, name)]))
  for (const [imageName, labelName] of namesInPairs) {
    const pair = { images: there.get(imageName), labels: there.get(labelName) }
    if (pair.images !== undefined && pair.labels !== undefined && (await listPictures(pair.labels)).length > 0)
      return pair
  }
  return { images, labels }
}

/** A folder with pictures and their masks or label images in folders of their own. */
export interface SampleFolder {
  readonly folder: string
  readonly images: string
  readonly masks: string
  /** Whether they are called `images` and `masks`: only there masks of single cells are expected. */
  readonly isPlain: boolean
}

const maxSearchDepth = 4

/** Those that lie below `source`, or are it; in the order of their names. */
export async function findSampleFolders(source: string, depth = 0): Promise<SampleFolder[]> {
  const sample = await sampleOf(source)
  if (sample) return [sample]
  if (depth >= maxSearchDepth) return []
  const found: SampleFolder[] = []
  for (const name of await listFolders(source)) found.push(...(await findSampleFolders(join(source, name), depth + 1)))
  return found
}

async function sampleOf(folder: string): Promise<SampleFolder | undefined> {
  const images = await findSubfolder(folder, ['images'])
  const masks = await findSubfolder(folder, ['masks'])
  if (images !== undefined && masks !== undefined) return { folder, images, masks, isPlain: true }
  const sides = await findSides(folder)
  if (sides.images === undefined || sides.labels === undefined) return undefined
  const hasPictures = (await listPictures(sides.labels)).length > 0 // YOLO has text there
  return hasPictures ? { folder, images: sides.images, masks: sides.labels, isPlain: false } : undefined
}

/**
 * Whether folders that have pictures and masks hold label images, and not a mask for each cell: several pictures with
 * masks of their names in one of them, or one picture with one mask of its name in all.
 */
export async function haveLabelImages(samples: readonly SampleFolder[]): Promise<boolean> {
  let areSingle = samples.length > 0
  for (const sample of samples) {
    const pictures = await listPictures(sample.images)
    const masks = await listPictures(sample.masks)
    const isPaired = pairFiles(pictures, masks, labelEndings).pairs.some(({ partner }) => partner)
    if (isPaired && pictures.length > 1) return true
    areSingle &&= isPaired && masks.length === 1
  }
  return areSingle
}

/** Whether the one picture of a folder has several masks: one for each of its cells. */
export async function isOneImage(imageFolder: string, masks: readonly PictureFile[]): Promise<boolean> {
  const [only, ...others] = await listPictures(imageFolder)
  if (only === undefined || others.length > 0 || masks.length < 2) return false
  return !masks.some(({ stem }) => stem.startsWith(only.stem))
}
