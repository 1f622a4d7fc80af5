import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { refuse } from '../../shared/errors.ts'
import { PreparedAbout, type Split } from '../../shared/masks.ts'
import { type TrainingSettings } from '../../shared/training.ts'
import { PackedPictures, type PictureToPack } from './packed-pictures.ts'
import { type TileImage, type TilePixels, TileSource } from './tile-source.ts'
import { readPicture } from '../images/read.ts'

/** What a prepared set is read with. */
export interface TileRequest {
  readonly preparedFolder: string
  readonly settings: TrainingSettings
  readonly classes: readonly string[]
}

/** The same for training, which may see images without annotation as well: of the prepared set in this folder. */
export interface TrainingTileRequest extends TileRequest {
  readonly unannotatedFolder?: string | undefined
}

/** The training images of a prepared set, all of them annotated. */
export async function openPreparedTiles(request: TileRequest): Promise<TileSource> {
  const about = await readPreparedAbout(request.preparedFolder)
  return sourceOf(about, request, await trainingImages(about, request))
}

/** What a run draws its batches from. */
export async function openTrainingTiles(request: TrainingTileRequest): Promise<TileSource> {
  const { preparedFolder, unannotatedFolder, classes } = request
  if (unannotatedFolder === undefined) return openPreparedTiles(request)
  const [about, beside] = [await readPreparedAbout(preparedFolder), await readPreparedAbout(unannotatedFolder)]
  const others = await trainingImages(beside, { ...request, preparedFolder: unannotatedFolder })
  const unannotated = others.map((image) => ({
    ...image,
    name: join(unannotatedFolder, image.name), // pictures of both sets have the same names
    classIndex: classes.length === 1 ? 0 : image.classIndex,
    isUnannotated: true
  }))
  return sourceOf(about, request, [...(await trainingImages(about, request)), ...unannotated])
}

async function trainingImages(about: PreparedAbout, request: TileRequest): Promise<readonly TileImage[]> {
  return packed(join(request.preparedFolder, 'packed'), imagesOf(about, request, ['train']))
}

/** The images that training never sees, as a source of tiles; undefined where there are none. */
export async function openHeldOutTiles(request: TileRequest): Promise<TileSource | undefined> {
  const about = await readPreparedAbout(request.preparedFolder)
  const { resolution } = request.settings.network
  const images = imagesOf(about, request, ['validation', 'test']).filter(
    ({ width, height }) => Math.min(width, height) >= resolution
  )
  return images.length === 0 ? undefined : sourceOf(about, request, images)
}

/** What a prepared set says of itself. */
export async function readPreparedAbout(preparedFolder: string): Promise<PreparedAbout> {
  return PreparedAbout.parse(JSON.parse(await readFile(join(preparedFolder, 'about.json'), 'utf8')))
}

function imagesOf({ images }: PreparedAbout, { preparedFolder, classes }: TileRequest, splits: readonly Split[]) {
  return images
    .filter(({ split }) => splits.includes(split))
    .map(({ file, width, height, class: className }) => ({
      name: file,
      width,
      height,
      classIndex: classes.indexOf(className),
      load: async () => ({
        pixels: await readBytes(join(preparedFolder, 'images', file)),
        levels: await readBytes(join(preparedFolder, 'masks', file))
      })
    }))
}

function sourceOf(about: PreparedAbout, { settings }: TileRequest, images: readonly TileImage[]): TileSource {
  const { resolution, imageChannels, maskChannels, maskCode } = settings.network
  return new TileSource(images, {
    tile: resolution,
    imageChannels,
    maskCode: maskChannels === 0 ? undefined : maskCode,
    grayLevels: about.result.prepared.grayLevels,
    flips: settings.augmentation.flips,
    ...(settings.classDraw === 'grouped' && { classGroup: settings.network.minibatchStdGroup }),
    seed: settings.seed
  })
}

/** The same images, read from one file of raw bytes; decoded each time where the disk has no room for that file. */
async function packed(folder: string, images: readonly (TileImage & PictureToPack)[]): Promise<readonly TileImage[]> {
  try {
    const pictures = await PackedPictures.provide(folder, images)
    return images.map((image) => ({
      ...image,
      load: async (): Promise<TilePixels> => (await pictures.read(image.name)) ?? image.load()
    }))
  } catch (thrown) {
    const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : ''
    if (['ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EPERM'].includes(code)) return images
    throw thrown
  }
}

async function readBytes(file: string): Promise<Uint8Array> {
  const { data } = await readPicture(file)
  if (data instanceof Uint8Array) return data
  throw refuse('A picture of this prepared set is not as it was saved: it has more than 8 bits.', {
    file,
    next: 'Prepare the data set again under another name.'
  })
}
