import { refuse } from '../../shared/errors.ts'
import { beginsAsList, readJsonList, readJsonLists } from '../files/json-stream.ts'
import { emptyRle, rleArea, type Rle } from '../masks/rle.ts'
import { rasterizeRings } from '../masks/rasterize.ts'
import { ImageList, type ScoredImage } from './scored-images.ts'
import { readMask } from './scored-masks.ts'

/** A true cell. */
export interface ScoredTruth {
  readonly category: number
  /** As the file states it, else of the mask; in px². */
  readonly area: number
  readonly isCrowd: boolean
  readonly mask: Rle
}

/** A predicted cell. */
export interface ScoredPrediction {
  readonly category: number
  readonly score: number
  /** Of the mask, in px². */
  readonly maskArea: number
  /** Of the box that comes with it, if one does. */
  readonly boxArea: number | undefined
  readonly mask: Rle
}

/** Both annotations of all images of the truth, and what to know of the reading. */
export interface ScoredFiles {
  readonly images: readonly ScoredImage[]
  readonly truths: ReadonlyMap<number, ScoredTruth[]>
  readonly predictions: ReadonlyMap<number, ScoredPrediction[]>
  /** The categories that are evaluated. */
  readonly categories: readonly number[]
  readonly notes: readonly string[]
}

/**
 * Reads two COCO files to be compared. Predictions may be a list of results or a COCO file of their own; masks may be
 * polygons or runs, compressed or not. Both are read as streams, and held as runs.
 *
 * @throws AppError of kind `input` for anything that cannot be compared, with the file and the entry
 */
export async function readScoredFiles(truthPath: string, predictionPath: string): Promise<ScoredFiles> {
  const list = await readTruthHead(truthPath)
  const truths = await readTruths(truthPath, list)
  const reader = new PredictionReader(predictionPath, list)
  await reader.read()
  return {
    images: list.images,
    truths,
    predictions: reader.predictions,
    categories: list.categories,
    notes: reader.notes()
  }
}

/** Predictions without a truth beside them: what is known is the images that they may be of. */
export interface OwnPredictions {
  readonly predictions: ReadonlyMap<number, ScoredPrediction[]>
  /** Images that the file lists; undefined where it is a list of results. */
  readonly listed: ReadonlySet<number> | undefined
  readonly notes: readonly string[]
}

/** @throws AppError of kind `input` for predictions of other images, and for what is no prediction */
export async function readPredictions(path: string, list: ImageList): Promise<OwnPredictions> {
  const reader = new PredictionReader(path, list)
  await reader.read()
  return { predictions: reader.predictions, listed: reader.listed(), notes: reader.notes() }
}

async function readTruthHead(path: string): Promise<ImageList> {
  if (await beginsAsList(path)) {
    throw refuse(`${path} is a list of results; the truth is a COCO file with images and annotations.`, {
      file: path,
      next: 'Choose the list as the predictions, and the annotations as the true cells.',
      remedies: [
        { action: 'set-option', option: 'truth' },
        { action: 'set-option', option: 'predictions' }
      ]
    })
  }
  return ImageList.read(path)
}

async function readTruths(path: string, list: ImageList): Promise<Map<number, ScoredTruth[]>> {
  const truths = new Map<number, ScoredTruth[]>()
  let seen = 0
  const found = await readJsonLists(path, ['annotations'], (_, value) => {
    const entry = fieldsOf(value, path, ++seen)
    const image = list.of(entry['image_id'], where(path, entry, seen))
    const category = categoryOf(entry)
    list.addCategory(category)
    const mask = readMask(entry['segmentation'], image, where(path, entry, seen))
    const { area, iscrowd } = entry
    push(truths, image.id, {
      category,
      area: typeof area === 'number' && Number.isFinite(area) ? area : rleArea(mask),
      isCrowd: iscrowd === 1 || iscrowd === true,
      mask
    })
  })
  if (found.has('annotations')) return truths
  throw refuse(`${path} has no "annotations", so it is not a COCO file.`, {
    file: path,
    next: 'Choose the file with the true cells.',
    remedies: [{ action: 'set-option', option: 'truth' }]
  })
}

class PredictionReader {
  readonly predictions = new Map<number, ScoredPrediction[]>()
  readonly #path: string
  readonly #list: ImageList
  #own: ImageList | undefined
  #seen = 0
  #withoutScore = 0
  #ofOtherCategories = 0

  constructor(path: string, list: ImageList) {
    this.#path = path
    this.#list = list
  }

  async read(): Promise<void> {
    if (await beginsAsList(this.#path)) {
      await readJsonList(this.#path, (value) => this.#take(value))
      return
    }
    this.#own = await ImageList.read(this.#path)
    const found = await readJsonLists(this.#path, ['annotations'], (_, value) => this.#take(value))
    if (found.has('annotations')) return
    throw refuse(`${this.#path} holds neither a list of results nor "annotations".`, {
      file: this.#path,
      next: 'Predictions are a list of results as the COCO tools take it, or a COCO file.'
    })
  }

  listed(): Set<number> | undefined {
    return this.#own && new Set(this.#own.images.map((image) => this.#list.counterpart(image).id))
  }

  notes(): string[] {
    const notes: string[] = []
    if (this.#withoutScore > 0) {
      notes.push(
        `${this.#withoutScore} predictions have no score and count as certain: AP then depends on the order of the images.`
      )
    }
    if (this.#ofOtherCategories > 0) {
      notes.push(
        `${this.#ofOtherCategories} predictions are of categories that the truth does not have; AP leaves them out.`
      )
    }
    return notes
  }

  #take(value: unknown): void {
    const entry = fieldsOf(value, this.#path, ++this.#seen)
    const place = where(this.#path, entry, this.#seen)
    const image = this.#own
      ? this.#list.counterpart(this.#own.of(entry['image_id'], place))
      : this.#list.of(entry['image_id'], place)
    const box = boxOf(entry['bbox'])
    const mask =
      entry['segmentation'] === undefined && box !== undefined
        ? maskOfBox(box, image)
        : readMask(entry['segmentation'], image, place)
    const category = this.#list.counterpartCategory(categoryOf(entry), this.#own)
    if (!this.#list.takesCategory(category)) this.#ofOtherCategories++
    push(this.predictions, image.id, {
      category,
      score: this.#scoreOf(entry['score'], place),
      maskArea: rleArea(mask),
      boxArea: box === undefined ? undefined : box[2] * box[3],
      mask
    })
  }

  /** One that is not finite, which JSON has no word for, is null here: it is not one that is missing. */
  #scoreOf(score: unknown, place: string): number {
    if (score === undefined) {
      this.#withoutScore++
      return 1
    }
    if (typeof score === 'number' && Number.isFinite(score)) return score
    throw refuse(`${place} has a score that is not a number.`, { file: this.#path })
  }
}

function fieldsOf(value: unknown, path: string, position: number): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>> // any object has fields of unknown values
  }
  throw refuse(`${path}: entry ${position} is not an annotation.`, { file: path })
}

/** How a sentence about an entry begins. */
function where(path: string, { id }: Readonly<Record<string, unknown>>, position: number): string {
  return typeof id === 'number' || typeof id === 'string' ? `${path}: annotation ${id}` : `${path}: entry ${position}`
}

/** Annotations without a category are of one kind. */
function categoryOf({ category_id: category }: Readonly<Record<string, unknown>>): number {
  return typeof category === 'number' ? category : 1
}

function boxOf(box: unknown): readonly [number, number, number, number] | undefined {
  if (!Array.isArray(box) || box.length !== 4 || !box.every((value) => Number.isFinite(value))) return undefined
  return box as [number, number, number, number] // just checked
}

function maskOfBox([x, y, width, height]: readonly [number, number, number, number], image: ScoredImage): Rle {
  if (image.width === 0 || image.height === 0) return emptyRle(image.height, image.width)
  const ring = [x, y, x, y + height, x + width, y + height, x + width, y]
  return rasterizeRings([ring], image.height, image.width)
}

function push<T>(lists: Map<number, T[]>, key: number, value: T): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}
