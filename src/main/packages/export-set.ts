import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type SyntheticAbout } from '../../shared/synthetic.ts'
import { toLabelImage } from '../images/label-image.ts'
import { decodePicture, readPicture } from '../images/read.ts'
import { entryName } from './entry-names.ts'
import { cellsOf, type ExportSet, type LoadPicture } from './formats/format.ts'

/** A synthetic set as the writers of other formats take it. */
export function exportSetOf({ synthetic, images, provenance }: SyntheticAbout): ExportSet {
  return {
    classes: synthetic.classes.map(({ name }) => name),
    images,
    statement: `Synthetic pictures made by ${provenance.software}; not photographs of real cells.`
  }
}

/** Reads a picture of a synthetic set with its mask; the one read last is kept for the next format. */
export function loadFrom(folder: string): LoadPicture {
  let last: { readonly file: string; readonly loaded: ReturnType<LoadPicture> } | undefined
  return (image) => {
    if (last?.file !== image.file) last = { file: image.file, loaded: load(folder, image) }
    return last.loaded
  }
}

const load = async (folder: string, image: Parameters<LoadPicture>[0]): ReturnType<LoadPicture> => {
  const maskFile = join(folder, entryName.mask(image.file))
  const path = join(folder, entryName.image(image.file))
  const bytes = await readFile(path)
  const { picture } = await decodePicture(path, bytes)
  const { labels, width, height } = toLabelImage(maskFile, await readPicture(maskFile))
  return { ...image, picture, bytes, labels, cells: cellsOf(labels, width, height) }
}
