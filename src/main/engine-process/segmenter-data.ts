import { refuse } from '../../shared/errors.ts'
import { type SegmenterSettings } from '../../shared/segmentation.ts'
import { type PictureSet } from '../jobs/engine-protocol.ts'
import { batchOf, type CropBatch, drawCrop } from '../segmentation/batch.ts'
import { medianDiameter } from '../segmentation/cell-size.ts'
import { picturesOf } from '../segmentation/picture-order.ts'
import { type TrainingPicture } from '../segmentation/training-picture.ts'
import { PictureStore } from './picture-store.ts'
import { openPictureSet, type SetPicture, withShuffledCells } from './set-pictures.ts'

/** At most so many validation pictures are looked at, evenly taken from all. */
const mostValidated = 32

/** What a segmenter learns from and is chosen by. */
export class SegmenterData {
  /** Pixels that the network sees for one of a picture. */
  readonly scale: number
  readonly #settings: SegmenterSettings
  readonly #real: readonly SetPicture[]
  readonly #synthetic: readonly SetPicture[]
  readonly #validation: readonly SetPicture[]
  readonly #store: PictureStore

  private constructor(settings: SegmenterSettings, pictures: Pictures, scale: number) {
    this.#settings = settings
    this.#real = pictures.real
    this.#synthetic = pictures.synthetic
    this.#validation = pictures.validation
    this.scale = scale
    this.#store = new PictureStore(scale)
  }

  /** @throws AppError of kind `input` where there is nothing to learn from */
  static async open(
    settings: SegmenterSettings,
    sets: readonly PictureSet[],
    validation: readonly PictureSet[]
  ): Promise<SegmenterData> {
    const opened = await Promise.all(sets.map(async (set) => ({ as: set.as, pictures: await opening(set, settings) })))
    const of = (as: PictureSet['as']) => opened.filter((each) => each.as === as).flatMap(({ pictures }) => pictures)
    const pictures = {
      real: of('real'),
      synthetic: of('synthetic'),
      validation: evenly((await Promise.all(validation.map(openPictureSet))).flat(), mostValidated)
    }
    if (pictures.real.length + pictures.synthetic.length === 0) {
      throw refuse('There is no annotated picture to learn from.', {
        next: 'Choose sets that hold pictures with cells.'
      })
    }
    return new SegmenterData(settings, pictures, await scaleFor(settings, pictures))
  }

  get canValidate(): boolean {
    return this.#validation.length > 0
  }

  async batch(iteration: number): Promise<CropBatch> {
    const counts = { real: this.#real.length, synthetic: this.#synthetic.length }
    const donors = { count: counts.real, load: (index: number) => this.#load(this.#real, index) }
    const picked = picturesOf(iteration, counts, this.#settings)
    const crops = []
    for (const [i, { as, index }] of picked.entries()) {
      const picture = await this.#load(as === 'real' ? this.#real : this.#synthetic, index)
      crops.push(await drawCrop(picture, this.#settings, { iteration, i }, donors))
    }
    return batchOf(crops)
  }

  async *validationPictures(): AsyncGenerator<TrainingPicture> {
    for (const picture of this.#validation) yield this.#store.get(picture)
  }

  #load(pictures: readonly SetPicture[], index: number): Promise<TrainingPicture> {
    const picture = pictures[index]
    if (picture === undefined) throw refuse('There is no real picture to take cells from.')
    return this.#store.get(picture)
  }
}

interface Pictures {
  readonly real: readonly SetPicture[]
  readonly synthetic: readonly SetPicture[]
  readonly validation: readonly SetPicture[]
}

async function opening(set: PictureSet, { seed }: SegmenterSettings): Promise<SetPicture[]> {
  const pictures = await openPictureSet(set)
  return set.shuffledMasks ? withShuffledCells(pictures, seed) : pictures
}

/** What brings the typical cell of the real pictures to the wished diameter; of the synthetic ones where there are no others. */
async function scaleFor({ diameter }: SegmenterSettings, { real, synthetic }: Pictures): Promise<number> {
  if (diameter === undefined) return 1
  const diameters: number[] = []
  for (const picture of real.length > 0 ? real : synthetic) {
    const found = medianDiameter((await picture.cells()).labels)
    if (found > 0) diameters.push(found)
  }
  diameters.sort((a, b) => a - b)
  const typical = diameters[Math.floor(diameters.length / 2)]
  return typical === undefined ? 1 : diameter / Math.max(5, typical)
}

function evenly<T>(items: readonly T[], most: number): T[] {
  if (items.length <= most) return [...items]
  return items.filter((_, i) => Math.floor((i * most) / items.length) !== Math.floor(((i - 1) * most) / items.length))
}
