import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { byName, listPictures, type PictureFile } from '../picture-files.ts'
import { pairFiles } from './pair-files.ts'

export const imageFolderNames = ['images', 'image', 'img', 'raw']
export const labelFolderNames = ['labels', 'masks', 'label', 'mask']

/** What Cellpose adds to a picture's name for its masks. */
export const maskEnding = /_(?:cp_)?masks$/
export const labelEndings = [maskEnding, /_(?:labels?|instances)$/]

const maxSearchDepth = 4

/** Folders that have both `images` and `masks` and lie below `source`, or are it; in the order of their names. */
export async function findSampleFolders(source: string, depth = 0): Promise<string[]> {
  const entries = await readdir(source, { withFileTypes: true })
  const names = new Set(entries.filter((entry) => entry.isDirectory()).map(({ name }) => name))
  if (names.has('images') && names.has('masks')) return [source]
  if (depth >= maxSearchDepth) return []
  const found: string[] = []
  for (const name of [...names].filter((name) => !name.startsWith('.')).sort(byName)) {
    found.push(...(await findSampleFolders(join(source, name), depth + 1)))
  }
  return found
}

/**
 * Whether folders that have `images` and `masks` hold label images, and not a mask for each cell: several pictures with
 * masks of their names in one of them, or one picture with one mask of its name in all.
 */
export async function haveLabelImages(folders: readonly string[]): Promise<boolean> {
  let areSingle = folders.length > 0
  for (const folder of folders) {
    const pictures = await listPictures(join(folder, 'images'))
    const masks = await listPictures(join(folder, 'masks'))
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
