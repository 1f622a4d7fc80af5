import { invariant, refuse } from '../../shared/errors.ts'
import { drawGroupedClasses } from '../../shared/class-groups.ts'
import { RandomStream } from '../../shared/random.ts'
import { type MaskCode } from '../../shared/training.ts'
import { shuffledGrayLevels } from '../masks/gray-levels.ts'
import { type LabelCodes, labelCodes, maskPlanes } from '../masks/mask-code.ts'
import { ByteCache } from './byte-cache.ts'
import { spread } from './spread.ts'
import { readTile, type TilePlace } from './tile.ts'

/** What one image of a prepared set holds. */
export interface TilePixels {
  /** 8-bit image planes, interleaved: [height, width, image channels]. */
  readonly pixels: Uint8Array
  /** Label indices 0…L: [height, width]. */
  readonly levels: Uint8Array
}

/** One image to draw tiles from; its pixels are read when they are needed. */
export interface TileImage {
  readonly name: string
  readonly width: number
  readonly height: number
  readonly classIndex: number
  /** Nobody drew its cells: its label indices say nothing. */
  readonly isUnannotated?: boolean
  readonly load: () => Promise<TilePixels>
}

export interface TileSettings {
  /** Side of the square tiles, in pixels. */
  readonly tile: number
  readonly imageChannels: 1 | 3
  /** The code in which a mask follows the image planes, if one does. */
  readonly maskCode: MaskCode | undefined
  /** L: a mask's label k becomes one of the grays round(255·k / L), or one of L tones. */
  readonly grayLevels: number
  /** Mirror images, or mirror and turn them by quarters; masks alike. */
  readonly flips: 'none' | 'horizontal' | 'all'
  /** Draw the classes evenly, one for so many samples (`drawGroupedClasses`), instead of as often as the data have them. */
  readonly classGroup?: number
  readonly seed: number
  /** How many bytes of decoded images to keep, at most. */
  readonly cacheBytes?: number
}

/** Real samples for one iteration. */
export interface TileBatch {
  /** [N, tile, tile, image channels + mask channels], −1 … 1. */
  readonly samples: Float32Array
  /** The class index of each sample. */
  readonly labels: Int32Array
  /** Where some images have no annotation: as many samples of the others, whose masks are true. */
  readonly annotated?: Float32Array
}

/** Real tiles for scores. */
export interface EvaluationTiles {
  /** Where each comes from: the image's name and the tile's upper left corner, in pixels. */
  readonly places: readonly { readonly image: string; readonly x: number; readonly y: number }[]
  /** One of them: [tile, tile, image channels], 8 bits. */
  readonly read: (position: number) => Promise<Uint8Array>
  /** Its mask: label indices 0…L, [tile, tile]. */
  readonly readLevels: (position: number) => Promise<Uint8Array>
}

const defaultCacheBytes = 256 * 1024 * 1024

/**
 * Draws training tiles from the images of a prepared set.
 *
 * A tile's image is drawn evenly from all images, so classes come as often as the data has them, or with `classGroup` evenly
 * from those of a class; then its position, evenly from all that fit; then mirror and quarter turn; then which gray or tone each label gets (paper §2.2.1), anew for every tile.
 * All draws come from the stream (seed, 'tiles', iteration): a batch depends on nothing but its iteration, and a run
 * that is resumed sees what it would have seen. Where some images have no annotation, that stream draws from the others what
 * masks are learned from, and (seed, 'tiles of all images', iteration) from all what images are learned from.
 */
export class TileSource {
  readonly #images: readonly TileImage[]
  readonly #settings: TileSettings
  readonly #cache: ByteCache<TilePixels>

  /** @throws AppError of kind `input` when there is no image, or one is smaller than a tile */
  constructor(images: readonly TileImage[], settings: TileSettings) {
    if (images.length === 0) {
      throw refuse('There are no images to train from.', {
        next: 'Prepare the data set with a larger share for training.'
      })
    }
    const small = images.find(({ width, height }) => Math.min(width, height) < settings.tile)
    if (small) {
      throw refuse(
        `${small.name} is ${small.width}×${small.height} pixels in size, smaller than the tiles of ${settings.tile}×${settings.tile} that training needs.`,
        { file: small.name, next: 'Train at a smaller resolution, or prepare the data set at a larger scale.' }
      )
    }
    this.#images = images
    this.#settings = settings
    const bytes = ({ pixels, levels }: TilePixels) => pixels.byteLength + levels.byteLength
    this.#cache = new ByteCache(settings.cacheBytes ?? defaultCacheBytes, bytes)
  }

  /** L, the number of labels in a mask. */
  get grayLevels(): number {
    return this.#settings.grayLevels
  }

  /** The real samples of an iteration. */
  async batch(iteration: number, size: number): Promise<TileBatch> {
    const annotated = this.#images.filter(({ isUnannotated }) => isUnannotated !== true)
    const { samples, labels } = await this.#draw(annotated, 'tiles', iteration, size)
    if (annotated.length === this.#images.length) return { samples, labels }
    return { ...(await this.#draw(this.#images, 'tiles of all images', iteration, size)), annotated: samples }
  }

  async #draw(images: readonly TileImage[], purpose: string, iteration: number, size: number): Promise<TileBatch> {
    const { tile, imageChannels, maskCode, grayLevels, seed } = this.#settings
    const random = new RandomStream(seed, purpose, iteration)
    const draws = this.#drawImages(images, random, size).map((image) => this.#drawTile(image, random))
    const planes = imageChannels + (maskCode === undefined ? 0 : maskPlanes(maskCode, grayLevels))
    const samples = new Float32Array(size * tile * tile * planes)
    await Promise.all(
      draws.map(async ({ image, place, grays }, i) => {
        const pixels = await this.#pixelsOf(image)
        const into = samples.subarray(i * tile * tile * planes, (i + 1) * tile * tile * planes)
        fillSample(into, pixels, place, { imageChannels, codes: maskCode && labelCodes(maskCode, grays) })
      })
    )
    return { samples, labels: Int32Array.from(draws, ({ image }) => image.classIndex) }
  }

  /**
   * Tiles to compare synthetic pictures with. They lie on even grids, spread over all images of the class, and are always
   * the same. Where the class has fewer different ones than asked for, each comes once; a class without images gives none.
   */
  evaluationTiles(classIndex: number, count: number): EvaluationTiles {
    const { tile, imageChannels } = this.#settings
    const chosen = this.#evaluationPlan(classIndex, count)
    const take = async (position: number, channels: number, planes: (of: TilePixels) => Uint8Array) => {
      const { image, place } = chosen[position] ?? {}
      invariant(image && place, 'there is a tile at this position')
      const into = new Uint8Array(tile * tile * channels)
      readTile(planes(await this.#pixelsOf(image)), place, channels, into, 0)
      return into
    }
    return {
      places: chosen.map(({ image, place: { x, y } }) => ({ image: image.name, x, y })),
      read: (position) => take(position, imageChannels, ({ pixels }) => pixels),
      readLevels: (position) => take(position, 1, ({ levels }) => levels)
    }
  }

  /** One place of each image after the other, then a second one of each, and so on. */
  #evaluationPlan(classIndex: number, count: number): { image: TileImage; place: TilePlace }[] {
    const ofClass = this.#images.filter((image) => image.classIndex === classIndex)
    const images = spread(ofClass, count)
    const perImage = Math.ceil(count / Math.max(1, images.length))
    const places = images.map((image) =>
      evenPlaces(image, this.#settings.tile, perImage).map((place) => ({ image, place }))
    )
    const turns = Array.from({ length: perImage }, (_, turn) => places.flatMap((ofImage) => ofImage[turn] ?? []))
    return turns.flat().slice(0, count)
  }

  #drawImages(images: readonly TileImage[], random: RandomStream, size: number): TileImage[] {
    const { classGroup } = this.#settings
    const draw = (some: readonly TileImage[]) => {
      const image = some[random.integer(some.length)]
      invariant(image, 'a random index lies within the images')
      return image
    }
    if (classGroup === undefined) return Array.from({ length: size }, () => draw(images))
    const byClass = [...Map.groupBy(images, ({ classIndex }) => classIndex).values()]
    return drawGroupedClasses(random, byClass.length, size, classGroup).map((k) => draw(byClass[k] ?? []))
  }

  #drawTile(image: TileImage, random: RandomStream): { image: TileImage; place: TilePlace; grays: Uint8Array } {
    const { tile, flips, grayLevels } = this.#settings
    const place = {
      x: random.integer(image.width - tile + 1),
      y: random.integer(image.height - tile + 1),
      size: tile,
      imageWidth: image.width,
      isMirrored: flips !== 'none' && random.integer(2) === 1,
      quarterTurns: flips === 'all' ? random.integer(4) : 0
    }
    return { image, place, grays: shuffledGrayLevels(grayLevels, random) }
  }

  async #pixelsOf(image: TileImage): Promise<TilePixels> {
    return this.#cache.get(image.name, async () => {
      const loaded = await image.load()
      const area = image.width * image.height
      const { imageChannels } = this.#settings
      if (loaded.pixels.length === area * imageChannels && loaded.levels.length === area) return loaded
      throw refuse(
        `${image.name} is not as it was prepared: it should have ${imageChannels === 1 ? 'gray' : 'RGB'} pixels and a mask of the same size.`,
        {
          file: image.name,
          next: 'Prepare the data set again under another name.'
        }
      )
    })
  }
}

/** Writes one sample: image planes as x/127.5 − 1, then the mask in its code. */
function fillSample(
  into: Float32Array,
  { pixels, levels }: TilePixels,
  place: TilePlace,
  { imageChannels, codes }: { imageChannels: 1 | 3; codes: LabelCodes | undefined }
): void {
  const area = place.size * place.size
  const image = new Uint8Array(area * imageChannels)
  readTile(pixels, place, imageChannels, image, 0)
  const planes = imageChannels + (codes?.planes ?? 0)
  for (let i = 0; i < area; i++) {
    for (let c = 0; c < imageChannels; c++) into[i * planes + c] = (image[i * imageChannels + c] ?? 0) / 127.5 - 1
  }
  if (codes) fillMask(into, levels, place, codes)
}

/** Writes the mask's planes of a sample, the last ones. */
function fillMask(into: Float32Array, levels: Uint8Array, place: TilePlace, { planes, values }: LabelCodes): void {
  const mask = new Uint8Array(place.size * place.size)
  readTile(levels, place, 1, mask, 0)
  const labels = values.length / planes
  const step = into.length / mask.length
  for (const [i, label] of mask.entries()) {
    const from = label < labels ? label * planes : 0 // a label beyond the cap counts as background
    const to = (i + 1) * step - planes
    for (let c = 0; c < planes; c++) into[to + c] = values[from + c] ?? 0
  }
}

/** At least `count` places on an even grid, or all the different ones there are. */
function evenPlaces(image: TileImage, tile: number, count: number): TilePlace[] {
  const [freeX, freeY] = [image.width - tile, image.height - tile]
  let columns = Math.min(Math.floor(image.width / tile), freeX + 1)
  let rows = Math.min(Math.floor(image.height / tile), freeY + 1)
  while (columns * rows < count && (columns <= freeX || rows <= freeY)) {
    const isWide = freeX / columns >= freeY / rows
    if ((isWide && columns <= freeX) || rows > freeY) columns++
    else rows++
  }
  const at = (i: number, n: number, free: number) => (n === 1 ? Math.floor(free / 2) : Math.round((i * free) / (n - 1)))
  return Array.from({ length: columns * rows }, (_, i) => ({
    x: at(i % columns, columns, freeX),
    y: at(Math.floor(i / columns), rows, freeY),
    size: tile,
    imageWidth: image.width,
    isMirrored: false,
    quarterTurns: 0
  }))
}
