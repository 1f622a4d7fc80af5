import { join } from 'node:path'
import { findSubfolder, listFolders, listPictures, type PictureFile } from '../picture-files.ts'

/** A sequence of the Cell Tracking Challenge: pictures `01/t000.tif`, label images `01_GT/SEG/man_seg000.tif`. */
export interface Sequence {
  readonly name: string
  readonly images: string
  readonly labels: string
}

const maxSearchDepth = 3

/** Those in a folder or below it; of the reference (`01_GT`), the computed (`01_ST`) and a result (`01_RES`) the first counts. */
export async function findSequences(source: string, name = '', depth = 0): Promise<Sequence[]> {
  const sequences: Sequence[] = []
  const folders = await listFolders(join(source, name))
  for (const folder of folders) {
    const inside = join(name, folder)
    const labels = /^\d+$/.test(folder) ? await labelsOf(join(source, name), folder) : undefined
    if (labels !== undefined) sequences.push({ name: inside, images: join(source, inside), labels })
    else if (depth < maxSearchDepth) sequences.push(...(await findSequences(source, inside, depth + 1)))
  }
  return sequences
}

async function labelsOf(place: string, sequence: string): Promise<string | undefined> {
  for (const marked of [`${sequence}_GT`, `${sequence}_ST`]) {
    const folder = await findSubfolder(place, [marked])
    const labels = folder && (await findSubfolder(folder, ['SEG']))
    if (labels !== undefined) return labels
  }
  return findSubfolder(place, [`${sequence}_RES`])
}

/** Pictures by their numbers. They are one group, as pictures of one sequence show the same cells. */
export async function pairSequence({ name, images, labels }: Sequence) {
  const byNumber = new Map<number, PictureFile>()
  for (const label of await listPictures(labels)) {
    const number = /^(?:man_seg|mask)(\d+)$/i.exec(label.stem)?.[1]
    if (number !== undefined) byNumber.set(Number(number), label)
  }
  const pictures = await listPictures(images)
  return pictures.map((picture) => {
    const number = /(\d+)$/.exec(picture.stem)?.[1]
    return {
      picture: { ...picture, relative: [name, picture.relative].join('/').replaceAll('\\', '/'), folders: [] },
      label: number === undefined ? undefined : byNumber.get(Number(number)),
      group: name
    }
  })
}
