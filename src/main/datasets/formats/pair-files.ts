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

/** Folders that tell pictures from annotations and say nothing of the image; see `plainFolderName`. */
const sideFolders = new Set([
  'images',
  'image',
  'img',
  'raw',
  'rawimages',
  'tissueimages',
  'source',
  'input',
  'inputs',
  'labels',
  'label',
  'masks',
  'labelmasks',
  'groundtruth',
  'gt',
  'target',
  'targets',
  'annotations',
  'rois',
  'json'
])

export function isSideFolder(name: string): boolean {
  return sideFolders.has(plainFolderName(name))
}

/** In small letters and without what parts its words: `groundtruth` for `Ground_Truth`. */
export function plainFolderName(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_-]/g, '')
}

const pictureEnding = /\.(?:ome\.)?(?:tiff?|png|jpe?g)$/i
/** What published sets add to the names of pictures whose masks have another ending: `000_img.png`, `000_masks.png`. */
const imageEnding = /[_-](?:img|image|raw)$/i

/**
 * Pairs pictures with the files that mark their cells: by folders and name, else by the name alone, where only one file
 * has it; letters that are composed or not are the same, capitals where nothing else fits. Folders such as `images` and
 * `labels` do not count. A file that could mark several pictures goes to the one that has its whole name.
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
    const stems = [...stemsOf(picture, [imageEnding])]
    for (const [i, stem] of stems.entries()) {
      const [first, ...others] = get(this.#byPath, keyOf(picture, stem))
      if (!first) continue
      const whole = [first, ...others].find((file) => hasWholeName(file, picture))
      return whole ? { file: whole, weakness: 0 } : { file: first, weakness: 1 + i }
    }
    for (const [i, stem] of stems.entries()) {
      const named = get(this.#byStem, stem)
      const [only] = named
      if (only && named.length === 1) return { file: only, weakness: 1 + stems.length + i }
    }
    return undefined
  }
}

function hasWholeName({ name, stem }: PictureFile, picture: PictureFile): boolean {
  const wanted = picture.name.normalize()
  return name.normalize() === wanted || stem.normalize() === wanted
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
