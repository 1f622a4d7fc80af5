import { join } from 'node:path'
import { refuse } from '../../shared/errors.ts'
import { type SyntheticImage } from '../../shared/synthetic.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { drawContactSheet } from '../images/contact-sheet.ts'
import { readLabelImage } from '../images/label-image.ts'
import { encodeRgbPng } from '../images/png-encode.ts'
import { drawPreview } from '../images/preview.ts'
import { readPicture } from '../images/read.ts'

/** Pictures of each class on the overview. */
const perClass = 6

/** What is drawn of a synthetic set to be looked at: in its folder's `previews/`, under the names of its pictures. */
export async function drawPreviews(folder: string, images: readonly SyntheticImage[]): Promise<void> {
  for (const { file } of images) {
    const { mask, ...picture } = await readSample(folder, file)
    const preview = drawPreview({ ...picture, ...mask })
    await writeFileAtomic(join(folder, 'previews', file), encodeRgbPng(preview.pixels, preview.width, preview.height))
  }
}

/** Where the overview of a set is. */
export function overviewOf(folder: string): string {
  return join(folder, 'previews', 'overview.png')
}

/** Draws the first pictures of a synthetic set, a row for each class. */
export async function drawOverview(folder: string, images: readonly SyntheticImage[]): Promise<void> {
  const rows = await Promise.all(
    [...Map.groupBy(images, ({ class: className }) => className)].map(async ([title, own]) => ({
      title,
      samples: await Promise.all(own.slice(0, perClass).map(({ file }) => readSample(folder, file)))
    }))
  )
  const sheet = drawContactSheet(rows, images[0]?.width ?? 1)
  await writeFileAtomic(overviewOf(folder), encodeRgbPng(sheet.pixels, sheet.width, sheet.height))
}

async function readSample(folder: string, file: string) {
  const { data, channels } = await readPicture(join(folder, 'images', file))
  const mask = await readLabelImage(join(folder, 'masks', file))
  if (!(data instanceof Uint8Array) || (channels !== 1 && channels !== 3)) {
    throw refuse('A picture of this set is not as it was saved.', { file: join(folder, 'images', file) })
  }
  return { image: data, imageChannels: channels, mask }
}
