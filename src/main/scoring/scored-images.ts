import { basename } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { refuse } from '../../shared/errors.ts'
import { readJsonLists } from '../files/json-stream.ts'

/** An image that both files speak of. */
export interface ScoredImage {
  readonly id: number
  readonly name: string | undefined
  readonly width: number
  readonly height: number
}

/** The images and categories of a COCO file, and how those of another file relate to them. */
export class ImageList {
  /** Undefined where the images stand in no file. */
  readonly #file: string | undefined
  /** What sentences call it. */
  readonly #title: string
  readonly #images = new Map<number, ScoredImage>()
  readonly #byName = new Map<string, ScoredImage[]>()
  readonly #categories = new Map<number, string | undefined>()
  #hasCategories = false

  private constructor(title: string, file: string | undefined) {
    this.#title = title
    this.#file = file
  }

  /** Of images that are known already, with cells of any category. @param title what sentences call them */
  static of(title: string, images: readonly ScoredImage[]): ImageList {
    const list = new ImageList(title, undefined)
    for (const image of images) list.#enter(image)
    return list
  }

  static async read(path: string): Promise<ImageList> {
    const list = new ImageList(path, path)
    const found = await readJsonLists(path, ['images', 'categories'], (name, value) => {
      if (name === 'images') list.#addImage(value)
      else list.#addCategory(value)
    })
    list.#hasCategories = list.#categories.size > 0
    if (found.has('images')) return list
    throw refuse(`${path} has no "images", so it is not a COCO file.`, {
      file: path,
      next: 'Choose a COCO file with images and annotations; predictions may also be a list of results.'
    })
  }

  get images(): ScoredImage[] {
    return [...this.#images.values()]
  }

  get categories(): number[] {
    return [...this.#categories.keys()]
  }

  /** Whether cells of a category are among those that count. */
  takesCategory(category: number): boolean {
    return this.#file === undefined || this.#categories.has(category)
  }

  /** A file without a list of categories has those of its annotations; where there is a list, it alone counts. */
  addCategory(category: number): void {
    if (!this.#hasCategories && !this.#categories.has(category)) this.#categories.set(category, undefined)
  }

  /** @param where how a sentence about the entry that names the image begins */
  of(id: unknown, where: string): ScoredImage {
    const image = typeof id === 'number' ? this.#images.get(id) : undefined
    if (image !== undefined) return image
    throw refuse(`${where} belongs to the image ${JSON.stringify(id)}, which ${this.#title} does not have.`, {
      file: this.#file,
      next: 'Predictions must be of images of the truth, with the same ids.'
    })
  }

  /** The image that another file means: by its id where the names agree, else by its name. */
  counterpart(other: ScoredImage): ScoredImage {
    const sameId = this.#images.get(other.id)
    if (sameId !== undefined && (sameId.name === undefined || keyOf(sameId.name) === keyOf(other.name))) return sameId
    const [sameName, ...more] = this.#byName.get(keyOf(other.name)) ?? []
    if (sameName !== undefined && more.length === 0) return sameName
    throw refuse(
      `The predictions are also of the image ${other.name ?? other.id}, which ${this.#title} ${more.length > 0 ? 'has more than once' : 'does not have'}.`,
      { file: this.#file, next: 'Predictions must be of images of the truth, with the same ids or file names.' }
    )
  }

  /** The category that another file means: by its name where both files name theirs, else by its id. */
  counterpartCategory(category: number, other: ImageList | undefined): number {
    const name = other === undefined ? undefined : other.#categories.get(category)
    if (name === undefined || this.#categories.get(category) === name) return category
    const sameName = [...this.#categories].find(([, own]) => own === name)
    return sameName?.[0] ?? category
  }

  #addImage(value: unknown): void {
    const { id, width, height, file_name: name } = { ...(value as Record<string, unknown>) } // fields are checked below
    const isSize = (side: unknown): side is number => Number.isSafeInteger(side) && Number(side) > 0
    if (typeof id !== 'number' || !isSize(width) || !isSize(height)) {
      throw refuse(`${this.#title} has an image without a number as its id, or without its width and height.`, {
        file: this.#file,
        next: 'Add them: masks cannot be compared without the size of their image.'
      })
    }
    if (width * height > largestImage || Math.max(width, height) > largestSide) {
      throw refuse(`${this.#title}: the image ${id} has ${width} × ${height} pixels, more than can be compared.`, {
        file: this.#file
      })
    }
    const image = { id, width, height, name: typeof name === 'string' ? name : undefined }
    if (!this.#has(image)) this.#enter(image)
  }

  #enter(image: ScoredImage): void {
    this.#images.set(image.id, image)
    const key = keyOf(image.name)
    if (key !== '') this.#byName.set(key, [...(this.#byName.get(key) ?? []), image])
  }

  /**
   * Whether an image is listed already, as one is that has an entry for each of its cells.
   *
   * @throws AppError of kind `input` where another image has its number
   */
  #has(image: ScoredImage): boolean {
    const known = this.#images.get(image.id)
    if (known === undefined) return false
    if (isDeepStrictEqual(known, image)) return true
    throw refuse(
      `${this.#title} gives the number ${image.id} to two images, ${titleOf(known)} and ${titleOf(image)}: whose cells are whose cannot be told.`,
      { file: this.#file, next: 'Give every image a number of its own.' }
    )
  }

  #addCategory(value: unknown): void {
    const { id, name } = { ...(value as Record<string, unknown>) } // fields are checked below
    if (typeof id === 'number') this.#categories.set(id, typeof name === 'string' ? name : undefined)
  }
}

function titleOf({ name, width, height }: ScoredImage): string {
  return name === undefined ? `one of ${width} × ${height} pixels` : `"${name}"`
}

/** Runs are counted in 32 bits. */
const largestImage = 2 ** 32 - 1
/** Outlines are followed column by column. */
const largestSide = 2 ** 20

/** A name without folders, ending and case. */
function keyOf(name: string | undefined): string {
  return basename((name ?? '').replaceAll('\\', '/'))
    .replace(/\.[^.]*$/, '')
    .toLowerCase()
}
