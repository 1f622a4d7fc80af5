import { type PictureFile } from '../picture-files.ts'

/** A picture with the file that marks its cells, if there is one. */
export interface FilePair {
  readonly picture: PictureFile
  readonly partner: PictureFile | undefined
}

/** Folders that tell pictures from annotations and say nothing of the image. */
export const sideFolders = new Set([
  'images',
  'image',
  'img',
  'raw',
  'labels',
  'label',
  'masks',
  'annotations',
  'rois',
  'json'
])
const pictureEnding = /\.(?:ome\.)?(?:tiff?|png|jpe?g)$/i

/**
 * Pairs pictures with the files that mark their cells: by folders and name, else by the name alone, where only one file
 * has it. Folders such as `images` and `labels` do not count.
 *
 * @param endings what such files add to the name of their picture: `/_masks$/`
 */
export function pairFiles(
  pictures: readonly PictureFile[],
  files: readonly PictureFile[],
  endings: readonly RegExp[] = []
): { pairs: FilePair[]; unused: PictureFile[] } {
  const byPath = new Map<string, PictureFile>()
  const byStem = new Map<string, PictureFile | 'ambiguous'>()
  for (const file of files) {
    for (const stem of stemsOf(file, endings)) {
      const key = keyOf(file, stem)
      if (!byPath.has(key)) byPath.set(key, file)
      byStem.set(stem, byStem.has(stem) ? 'ambiguous' : file)
    }
  }
  const find = (picture: PictureFile): PictureFile | undefined => {
    const sameStem = byStem.get(picture.stem)
    return byPath.get(keyOf(picture, picture.stem)) ?? (sameStem === 'ambiguous' ? undefined : sameStem)
  }
  const pairs = pictures.map((picture) => ({ picture, partner: find(picture) }))
  const used = new Set(pairs.map(({ partner }) => partner?.path))
  return { pairs, unused: files.filter(({ path }) => !used.has(path)) }
}

/** The name with and without what may be added to it; `cells.tif` for `cells.tif.geojson` too. */
function stemsOf({ stem }: PictureFile, endings: readonly RegExp[]): Set<string> {
  const plain = stem.replace(pictureEnding, '')
  return new Set([stem, plain, ...endings.map((ending) => plain.replace(ending, ''))])
}

function keyOf({ folders }: PictureFile, stem: string): string {
  return [...folders.filter((name) => !sideFolders.has(name.toLowerCase())), stem].join('/')
}
