import { extname } from 'node:path'
import { type Remedy } from '../../../shared/remedies.ts'
import { type PictureFile } from '../picture-files.ts'

/** A picture with the file that marks its cells, if there is one. */
export interface FilePair {
  readonly picture: PictureFile
  readonly partner: PictureFile | undefined
}

/** Pictures with their files, and the files that mark no picture or could mark several. */
export interface PairedFiles {
  readonly pairs: FilePair[]
  readonly unused: PictureFile[]
  readonly shared: PictureFile[]
}

/** What is said of a file that could mark several pictures. */
export const sharedPartner = [
  'Several pictures have this name, in other folders or with other endings, and it does not say which of them it marks.',
  'annotation files that several pictures have the name of'
] as const

/** The choices that settle which picture is whose. */
export const chooseBoth: readonly Remedy[] = [
  { action: 'set-option', option: 'images' },
  { action: 'set-option', option: 'annotations' }
]

/** What folders of pictures are called; see `plainFolderName`. */
export const pictureFolders = [
  ...['images', 'image', 'img', 'imgs', 'raw', 'rawimages', 'tissueimages', 'original', 'originals', 'originalimages'],
  ...['source', 'sourceimages', 'input', 'inputs', 'inputimages', 'frames', 'pictures', 'photos', 'x']
] as const

/** What folders of label images or masks are called beside them, the surest first. */
export const markFolders = [
  ...['labels', 'masks', 'label', 'mask', 'labelmasks', 'labelimages', 'labelledimages', 'labeledimages'],
  ...['instances', 'instancemasks', 'instancelabels', 'segmentations', 'segmentation', 'seg', 'segmasks'],
  ...['groundtruth', 'groundtruths', 'truth', 'gt', 'cellmasks', 'nucleimasks', 'nucleusmasks', 'maskimages'],
  ...['labelmasksmodify', 'target', 'targets', 'targetimages', 'annotations', 'annotation', 'output', 'outputs', 'y']
] as const

/** Folders that tell pictures from annotations and say nothing of the image. */
const sideFolders = new Set<string>([...pictureFolders, ...markFolders, 'rois', 'roisets', 'json', 'geojson'])
for (const letter of ['x', 'y']) sideFolders.delete(letter) // these may well be classes

export function isSideFolder(name: string): boolean {
  return sideFolders.has(plainFolderName(name))
}

/** In small letters and without what parts its words: `groundtruth` for `Ground_Truth`. */
export function plainFolderName(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '')
}

const pictureEnding = /\.(?:ome\.)?(?:tiff?|png|jpe?g)$/i
/**
 * What sets add to the names of pictures whose masks are called otherwise: `000_img.png` and `000_masks.png`, `img_1.png`
 * and `mask_1.png`, `t000.tif` of the Cell Tracking Challenge, and the number of the channel in nnU-Net's `a_0000.png`.
 */
const imageWords = [
  /[_-](?:img|image|raw|original)$/i,
  /^(?:image|img|im|raw|frame|picture|original)[ _-]?/i,
  /^t(?=\d+$)/i,
  /_0000$/
]

/**
 * Pairs pictures with the files that mark their cells: by folders and name, else by the name alone, where only one file
 * has it; letters that are composed or not are the same, capitals where nothing else fits. Folders such as `images` and
 * `labels` do not count. A file that could mark several pictures goes to the one that has its whole name, or its ending.
 *
 * @param endings what such files add to the name of their picture: `/_masks$/`
 */
export function pairFiles(
  pictures: readonly PictureFile[],
  files: readonly PictureFile[],
  endings: readonly RegExp[] = []
): PairedFiles {
  const found = new FilesByName(files, endings)
  const claims = new Map<PictureFile, { picture: PictureFile; weakness: number }[]>()
  for (const picture of pictures) {
    const claim = found.partnerOf(picture)
    if (claim) claims.set(claim.file, [...(claims.get(claim.file) ?? []), { picture, weakness: claim.weakness }])
  }
  const partners = new Map<PictureFile, PictureFile>()
  const shared: PictureFile[] = []
  for (const [file, claimants] of claims) {
    const least = Math.min(...claimants.map(({ weakness }) => weakness))
    const [best, ...others] = claimants.filter(({ weakness }) => weakness === least)
    if (best && others.length === 0) partners.set(best.picture, file)
    else shared.push(file)
  }
  return {
    pairs: pictures.map((picture) => ({ picture, partner: partners.get(picture) })),
    unused: files.filter((file) => !claims.has(file)),
    shared
  }
}

/** The files by all that their pictures may be called: with their folders, and without. */
class FilesByName {
  readonly #byPath = new Map<string, PictureFile[]>()
  readonly #byStem = new Map<string, PictureFile[]>()

  constructor(files: readonly PictureFile[], endings: readonly RegExp[]) {
    for (const file of files) {
      for (const stem of stemsOf(file, endings)) {
        add(this.#byPath, keyOf(file, stem), file)
        add(this.#byStem, stem, file)
      }
    }
  }

  /** @returns with how weakly the file is the picture's: 0 by its whole name, 1 by its stem in its folders … */
  partnerOf(picture: PictureFile): { file: PictureFile; weakness: number } | undefined {
    const stems = [...stemsOf(picture, imageWords)]
    for (const [i, stem] of stems.entries()) {
      const [first, ...others] = get(this.#byPath, keyOf(picture, stem))
      if (!first) continue
      const all = [first, ...others]
      const whole = all.find((file) => hasWholeName(file, picture))
      if (whole) return { file: whole, weakness: 0 }
      const alike = all.length > 1 ? all.find((file) => hasSameEnding(file, picture)) : undefined
      return { file: alike ?? first, weakness: 1 + 2 * i + (alike ? 0 : 1) }
    }
    for (const [i, stem] of stems.entries()) {
      const named = get(this.#byStem, stem)
      const [only] = named
      if (only && named.length === 1) return { file: only, weakness: 1 + 2 * stems.length + i }
    }
    return undefined
  }
}

function hasWholeName({ name, stem }: PictureFile, picture: PictureFile): boolean {
  const wanted = picture.name.normalize()
  return name.normalize() === wanted || stem.normalize() === wanted
}

function hasSameEnding(file: PictureFile, picture: PictureFile): boolean {
  return extname(file.name).toLowerCase() === extname(picture.name).toLowerCase()
}

function add(files: Map<string, PictureFile[]>, key: string, file: PictureFile): void {
  for (const spelling of [key, anyCase(key)]) {
    const known = files.get(spelling)
    if (!known) files.set(spelling, [file])
    else if (!known.includes(file)) known.push(file)
  }
}

function get(files: ReadonlyMap<string, PictureFile[]>, key: string): readonly PictureFile[] {
  return files.get(key) ?? files.get(anyCase(key)) ?? []
}

function anyCase(key: string): string {
  return `\0${key.toLowerCase()}`
}

/** The name with and without what may be added to it; `cells.tif` for `cells.tif.geojson` too. */
function stemsOf({ stem }: PictureFile, endings: readonly RegExp[]): Set<string> {
  const whole = stem.normalize()
  const plain = whole.replace(pictureEnding, '').replace(/\.ome$/i, '')
  return new Set([whole, plain, ...endings.map((ending) => plain.replace(ending, ''))])
}

function keyOf({ folders }: PictureFile, stem: string): string {
  return [...folders.filter((name) => !isSideFolder(name)).map((name) => name.normalize()), stem].join('/')
}
