import { join } from 'node:path'
import { findSubfolder, isFolder, listFolders, listPictures, type PictureFile } from '../picture-files.ts'

/** A sequence of the Cell Tracking Challenge: pictures `01/t000.tif`, label images `01_GT/SEG/man_seg000.tif`. */
export interface Sequence {
  readonly name: string
  readonly images: string
  readonly labels: string
}

/** Those in a folder; of reference and computed segmentations (`01_GT`, `01_ST`) the reference counts. */
export async function findSequences(source: string): Promise<Sequence[]> {
  const sequences: Sequence[] = []
  for (const name of await listFolders(source)) {
    if (!/^\d+$/.test(name)) continue
    for (const marked of [`${name}_GT`, `${name}_ST`]) {
      if (!(await isFolder(join(source, marked)))) continue
      const labels = await findSubfolder(join(source, marked), ['SEG'])
      if (labels === undefined) continue
      sequences.push({ name, images: join(source, name), labels })
      break
    }
  }
  return sequences
}

/** Pictures by their numbers. They are one group, as pictures of one sequence show the same cells. */
export async function pairSequence({ name, images, labels }: Sequence) {
  const byNumber = new Map<number, PictureFile>()
  for (const label of await listPictures(labels)) {
    const number = /^man_seg(\d+)$/.exec(label.stem)?.[1]
    if (number !== undefined) byNumber.set(Number(number), label)
  }
  const pictures = await listPictures(images)
  return pictures.map((picture) => {
    const number = /(\d+)$/.exec(picture.stem)?.[1]
    return {
      picture: { ...picture, relative: `${name}/${picture.relative}`, folders: [] },
      label: number === undefined ? undefined : byNumber.get(Number(number)),
      group: name
    }
  })
}
