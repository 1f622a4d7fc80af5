import { join } from 'node:path'
import { findSubfolder, listFolders, listPictures, type PictureFile } from '../picture-files.ts'
import { markFolders, pairFiles, pictureFolders, plainFolderName } from './pair-files.ts'
import { splitOf } from './splits.ts'

export const imageFolderNames = ['images', 'image', 'img', 'raw']
export const labelFolderNames = ['labels', 'masks', 'label', 'mask']

/** What Cellpose adds to a picture's name for its masks. */
export const maskEnding = /_(?:cp_)?masks$/

const marks = [
  ...['labels?', 'masks?', 'instances?', 'seg', 'segmentations?', 'gt', 'ground_?truth', 'annotations?', 'labell?ed'],
  ...['instance_(?:masks?|labels?|ids)', 'label_(?:image|img|mask)s?', '(?:cellpose|stardist)_(?:masks?|labels?)'],
  'object[ _-]identities'
].join('|')
/** What names of label images end in beside their pictures. */
export const labelEndings = [maskEnding, new RegExp(`[_-](?:${marks})$`, 'i')]
/** What they begin with: `mask_1.png` for `img_1.png`. */
export const labelBeginning = /^(?:masks?|labels?|lbl|seg|segmentation|gt|instances?|man_seg)(?:[ _-]|(?=\d)|$)/i
/** In a folder of their own other words say the same. */
export const labelWords = [
  ...labelEndings,
  new RegExp(`[ _.-](?:${marks}|nuclei|cells?|bw|binary|manual|inst|lbl|annotated|cellpose|stardist|rois?)$`, 'i'),
  labelBeginning
]

/** The folders of pictures and of what marks their cells, where a folder has them. */
export interface Sides {
  readonly images: string | undefined
  readonly labels: string | undefined
}

export async function findSides(folder: string): Promise<Sides> {
  const images = await findSubfolder(folder, imageFolderNames)
  const labels = await findSubfolder(folder, labelFolderNames)
  const there = new Map((await listFolders(folder)).map((name) => [plainFolderName(name), join(folder, name)]))
  if (labels !== undefined) {
    const beside = pictureFolders.find((name) => name !== 'x' && there.has(name))
    return { images: images ?? (beside === undefined ? undefined : there.get(beside)), labels }
  }
  return (await findPair(there)) ?? { images, labels }
}

/** Two folders whose names say only side by side that one marks the other. */
async function findPair(there: ReadonlyMap<string, string>): Promise<Sides | undefined> {
  for (const labelName of markFolders) {
    for (const imageName of pictureFolders) {
      const pair = { images: there.get(imageName), labels: there.get(labelName) }
      if (pair.images === undefined || pair.labels === undefined || (imageName === 'x') !== (labelName === 'y'))
        continue
      if ((await listPictures(pair.labels)).length > 0) return pair
    }
  }
  return undefined
}

/** A folder with pictures and their masks or label images in folders of their own. */
export interface SampleFolder {
  readonly folder: string
  readonly images: string
  readonly masks: string
  /** Whether they are called `images` and `masks`: only there masks of single cells are expected. */
  readonly isPlain: boolean
  /** The split that both folders name: `train_images` and `train_masks`. */
  readonly part?: string
}

const maxSearchDepth = 4

/** Those that lie below `source`, or are it; in the order of their names. */
export async function findSampleFolders(source: string, depth = 0): Promise<SampleFolder[]> {
  const sample = await sampleOf(source)
  if (sample) return [sample]
  const parts = await findParts(source)
  if (parts.length > 0) return parts
  if (depth >= maxSearchDepth) return []
  const found: SampleFolder[] = []
  for (const name of await listFolders(source)) found.push(...(await findSampleFolders(join(source, name), depth + 1)))
  return found
}

/** Folders that name a split beside what is in them: `train_images`, `images-val`, and nnU-Net's `imagesTr`. */
async function findParts(folder: string): Promise<SampleFolder[]> {
  const parts = new Map<string, Map<string, string>>()
  for (const name of await listFolders(folder)) {
    const words = name.replace(/(?<=^(?:images|labels))T([rs])$/, (_, end) => (end === 'r' ? '_train' : '_test'))
    const [split, ...others] = words.split(/[\s_-]+/).filter((word) => splitOf(word) !== undefined)
    if (split === undefined || others.length > 0) continue
    const side = plainFolderName(words.replace(new RegExp(`[\\s_-]*${split}[\\s_-]*`, 'i'), '_'))
    const there = parts.get(split.toLowerCase()) ?? new Map<string, string>()
    parts.set(split.toLowerCase(), there.set(side, join(folder, name)))
  }
  const found: SampleFolder[] = []
  for (const [part, there] of parts) {
    const { images, labels } = (await findPair(there)) ?? {}
    if (images !== undefined && labels !== undefined)
      found.push({ folder, images, masks: labels, isPlain: false, part })
  }
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
    const isPaired = pairFiles(pictures, masks, labelWords).pairs.some(({ partner }) => partner)
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
