import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { refuse } from '../../shared/errors.ts'
import { PreparedAbout } from '../../shared/masks.ts'
import { type TrainingSettings } from '../../shared/training.ts'
import { TileSource } from '../datasets/tile-source.ts'
import { readPicture } from '../images/read.ts'

/** The training images of a prepared set as a source of batches. */
export async function openPreparedTiles(
  folder: string,
  settings: TrainingSettings,
  classes: readonly string[]
): Promise<TileSource> {
  const about = PreparedAbout.parse(JSON.parse(await readFile(join(folder, 'about.json'), 'utf8')))
  const images = about.images.filter(({ split }) => split === 'train')
  if (images.every(({ counts }) => counts.painted === 0)) {
    throw refuse(`No mask of "${about.result.prepared.name}" shows a cell.`, {
      file: folder,
      next: 'Check the annotation of the data set, or the settings it was prepared with.'
    })
  }
  const { resolution, imageChannels, maskChannels } = settings.network
  return new TileSource(
    images.map(({ file, width, height, class: className }) => ({
      name: file,
      width,
      height,
      classIndex: classes.indexOf(className),
      load: async () => ({
        pixels: await readBytes(join(folder, 'images', file)),
        levels: await readBytes(join(folder, 'masks', file))
      })
    })),
    {
      tile: resolution,
      imageChannels,
      maskChannels,
      grayLevels: about.result.prepared.grayLevels,
      flips: settings.augmentation.flips,
      seed: settings.seed
    }
  )
}

async function readBytes(file: string): Promise<Uint8Array> {
  const { data } = await readPicture(file)
  if (data instanceof Uint8Array) return data
  throw refuse('A picture of this prepared set is not as it was written: it has more than 8 bits.', {
    file,
    next: 'Prepare the data set again under another name.'
  })
}
