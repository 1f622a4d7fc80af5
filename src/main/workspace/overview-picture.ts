import { join } from 'node:path'
import { type SyntheticImage } from '../../shared/synthetic.ts'
import { writeFileAtomic } from '../files/atomic-write.ts'
import { drawContactSheet } from '../images/contact-sheet.ts'
import { encodeRgbPng } from '../images/png-encode.ts'
import { readLabelImage } from '../images/label-image.ts'
import { readPicture } from '../images/read.ts'
import { refuse } from '../../shared/errors.ts'

/** Pictures of each class on the overview. */
const perClass = 6

/**
 * Draws the first pictures of a synthetic set beside their masks, a row for each class.
 *
 * @param folder of the set
 * @returns the path of the overview
 */
export async function overviewPicture(folder: string, images: readonly SyntheticImage[]): Promise<string> {
  const rows = await Promise.all(
    [...Map.groupBy(images, ({ class: className }) => className)].map(async ([title, own]) => ({
      title,
      samples: await Promise.all(own.slice(0, perClass).map(({ file }) => readSample(folder, file)))
    }))
  )
  const path = join(folder, 'previews', 'overview.png')
  const sheet = drawContactSheet(rows, images[0]?.width ?? 1)
  await writeFileAtomic(path, encodeRgbPng(sheet.pixels, sheet.width, sheet.height))
  return path
}

async function readSample(folder: string, file: string) {
  const { data, channels } = await readPicture(join(folder, 'images', file))
  const { labels } = await readLabelImage(join(folder, 'masks', file))
  if (!(data instanceof Uint8Array) || (channels !== 1 && channels !== 3)) {
    throw refuse('A picture of this set is not as it was saved.', { file: join(folder, 'images', file) })
  }
  return { image: data, imageChannels: channels, mask: { labels } }
}
