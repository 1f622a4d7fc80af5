import { basename } from 'node:path'
import { z } from 'zod'
import { refuse } from '../../../shared/errors.ts'
import { limits } from '../../../shared/limits.ts'
import { readStart } from '../../files/input-file.ts'
import { beginsAsList, type JsonPlace, readJsonLists } from '../../files/json-stream.ts'
import { type CellProblem } from '../annotation.ts'
import { explainForeignJson } from '../foreign-files.ts'
import { type Log } from '../import-log.ts'
import { type PictureFile } from '../picture-files.ts'
import { type PictureIndex } from '../picture-index.ts'

/** An image entry of a COCO file whose picture was found, and where its annotations are. */
export interface CocoEntry {
  readonly id: string
  /** The annotation file. */
  readonly source: string
  readonly picture: PictureFile
  /** As the file calls the picture. */
  readonly name: string
  readonly width: number | undefined
  readonly height: number | undefined
  /** For each annotation its first byte in the file, its length in bytes, and its number in the order of the file. */
  readonly annotations: NumberList
  /** How many cells each category has. */
  readonly categories: Map<string, number>
}

/** What a COCO file names: pictures that are there, and the first that is not, or could be several. */
export interface IndexedCoco {
  readonly entries: readonly CocoEntry[]
  readonly unfound: { readonly name: string; readonly why: 'missing' | 'ambiguous' } | undefined
}

const ImageEntry = z.object({
  id: z.union([z.number(), z.string()]),
  file_name: z.string().min(1),
  width: z.int().positive().optional().catch(undefined),
  height: z.int().positive().optional().catch(undefined)
})
const CategoryEntry = z.object({ id: z.union([z.number(), z.string()]), name: z.string() })

/**
 * Goes through one COCO file (or the part of COCO that many tools write) in two passes, so that images and categories
 * are known before the annotations come by, whatever their order. Of an annotation only its position in the file is kept:
 * the outlines of LIVECell's 1.7 million cells would fill the memory of most computers.
 *
 * Entries and annotations that cannot be taken go to the log, each with its id.
 *
 * @throws AppError of kind `input` for a file that is no COCO at all
 */
export async function indexCocoFile(path: string, pictures: PictureIndex, log: Log): Promise<IndexedCoco> {
  if (await beginsAsList(path)) throw await notCoco(path, 'is a list')
  const head = new CocoHead(path, pictures, log)
  const found = await readJsonLists(path, ['images', 'categories'], (list, value) => head.take(list, value))
  if (!found.has('images')) throw await notCoco(path, 'has no "images"')

  const index = new AnnotationIndex(head, log)
  const second = await readJsonLists(path, ['annotations'], (_, value, place) => index.take(value, place))
  if (!second.has('annotations')) throw await notCoco(path, 'has no "annotations"')
  index.finish()
  return { entries: [...head.entries.values()], unfound: head.unfound }
}

/** @param why what tells that a JSON file is no COCO file */
async function notCoco(path: string, why: string): Promise<Error> {
  const start = await readStart(path)
  const known = explainForeignJson(path, start)
  if (known) return known
  const names = memberNames(start).map((name) => `"${name}"`)
  const has = names.length === 0 ? '' : `; it begins with ${names.join(', ')}`
  return refuse(`${path} ${why}, so it is not a COCO file${has}.`, {
    file: path,
    next: 'Choose the file with the annotations: one object that has "images", "annotations" and "categories". Results and counts are other kinds of file.',
    remedies: [{ action: 'set-option', option: 'annotations' }]
  })
}

const mostNames = 5

/** The first names that a JSON text gives to its members, or to those of the first object in its list. */
function memberNames(start: string): string[] {
  const names = new Set<string>()
  let depth = 0
  const level = /^\s*\[/.test(start) ? 2 : 1
  for (const [sign, name] of start.matchAll(/"((?:[^"\\]|\\.){0,40})"(?=\s*:)|"(?:[^"\\]|\\.)*"|[[\]{}]/g)) {
    if (depth === level && name !== undefined) names.add(name)
    depth += depthOf[sign] ?? 0
  }
  return [...names].slice(0, mostNames)
}

const depthOf: Readonly<Record<string, number>> = { '{': 1, '[': 1, '}': -1, ']': -1 }

/** The first pass: image entries and categories. */
class CocoHead {
  readonly file: string
  /** By the ids of the images. */
  readonly entries = new Map<string, CocoEntry>()
  unfound: IndexedCoco['unfound']
  readonly #path: string
  readonly #pictures: PictureIndex
  readonly #log: Log
  /** The names of all images by their ids. */
  readonly #ids = new Map<string, string>()
  readonly #categories = new Map<string, string>()
  #useless = 0

  constructor(path: string, pictures: PictureIndex, log: Log) {
    this.#path = path
    this.file = basename(path)
    this.#pictures = pictures
    this.#log = log
  }

  take(list: string, value: unknown): void {
    if (list === 'images') this.#takeImage(value)
    else this.#takeCategory(value)
  }

  /** @throws AppError of kind `input` when so many entries cannot be used that the file must be of another kind */
  countUseless(): void {
    const most = limits.json.uselessEntries
    if (++this.#useless > most) throw this.tooMany('entries that cannot be used', most)
  }

  tooMany(what: string, most: number): Error {
    return refuse(`${this.#path} has more than ${most.toLocaleString('en')} ${what}.`, {
      file: this.#path,
      next: 'Check that it is the file with the annotations, or split it.'
    })
  }

  /** Whether the file has an image of this id, be its picture found or not. */
  names(imageId: string): boolean {
    return this.#ids.has(imageId)
  }

  /** The category's name; undefined where no such id exists. */
  category(id: unknown): string | undefined {
    return this.#categories.get(idText(id))
  }

  get hasCategories(): boolean {
    return this.#categories.size > 0
  }

  #takeImage(value: unknown): void {
    const parsed = ImageEntry.safeParse(value)
    if (!parsed.success) {
      this.countUseless()
      this.#log.refuse(this.file, 'An entry of "images" has no id or no file name.', 'such entries')
      return
    }
    const { id, file_name: name, width, height } = parsed.data
    const earlier = this.#ids.get(String(id))
    if (earlier !== undefined) {
      this.#takeSameId(String(id), earlier, name)
      return
    }
    this.#ids.set(String(id), name)
    if (this.#ids.size > limits.images) throw this.tooMany('images', limits.images)
    const picture = this.#pictures.find(name, this.#path)
    if (typeof picture === 'string') this.#refusePicture(name, picture)
    else {
      const found = { id: String(id), source: this.#path, picture, name, width, height }
      this.entries.set(String(id), { ...found, annotations: new NumberList(), categories: new Map() })
    }
  }

  /** Cells of two images with one id could belong to either. */
  #takeSameId(id: string, earlier: string, name: string): void {
    if (earlier === name) return
    const kind = 'images with the id of another'
    if (this.entries.delete(id))
      this.#log.refuse(
        earlier,
        `${this.file} gives its id, ${id}, to another image too; its cells cannot be told.`,
        kind
      )
    this.#log.refuse(name, `${this.file} gives its id, ${id}, to another image too; its cells cannot be told.`, kind)
  }

  #refusePicture(name: string, why: 'missing' | 'ambiguous'): void {
    this.unfound ??= { name, why }
    if (why === 'missing') {
      const reason = `${this.file} names it, but there is no such picture.`
      this.#log.refuse(name, reason, 'pictures that are named but not there')
    } else {
      const reason = `${this.file} names it, and several pictures have that name.`
      this.#log.refuse(name, reason, 'names that several pictures have')
    }
  }

  #takeCategory(value: unknown): void {
    const parsed = CategoryEntry.safeParse(value)
    if (parsed.success) this.#categories.set(String(parsed.data.id), parsed.data.name)
  }
}

/** The second pass: which annotations there are, and of which image. */
class AnnotationIndex {
  readonly #head: CocoHead
  readonly #log: Log
  #seen = 0

  constructor(head: CocoHead, log: Log) {
    this.#head = head
    this.#log = log
  }

  take(value: unknown, place: JsonPlace): void {
    this.#seen++
    if (this.#seen > limits.json.annotations) throw this.#head.tooMany('annotations', limits.json.annotations)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#refuse(String(this.#seen), { reason: 'is not an annotation', kind: 'entries that are not annotations' })
      return
    }
    const annotation: Readonly<Record<string, unknown>> = { ...value }
    const problem = this.#takeAnnotation(annotation, place)
    if (problem) this.#refuse(nameOfAnnotation(annotation, this.#seen), problem)
  }

  finish(): void {
    if (this.#seen > 0 && !this.#head.hasCategories) this.#log.warn('The file names no categories.', this.#head.file)
  }

  #takeAnnotation(annotation: Readonly<Record<string, unknown>>, place: JsonPlace): CellProblem | undefined {
    const imageId = idText(annotation['image_id'])
    const entry = this.#head.entries.get(imageId)
    if (!entry) return this.#orphan(imageId)
    const categoryId = annotation['category_id']
    const category = this.#head.category(categoryId)
    if (category === undefined && categoryId !== undefined && this.#head.hasCategories) {
      return {
        reason: `has the category ${idText(categoryId)}, which the file does not have`,
        kind: 'cells of categories that the file does not have'
      }
    }
    entry.annotations.push(place.start, place.length, this.#seen)
    if (category !== undefined) entry.categories.set(category, (entry.categories.get(category) ?? 0) + 1)
    return undefined
  }

  /** A cell whose image was not taken; when the image is on the list already, the cell is not. */
  #orphan(imageId: string): CellProblem | undefined {
    if (this.#head.names(imageId)) return undefined
    return {
      reason: `belongs to the image ${imageId}, which the file does not have`,
      kind: 'cells of images that the file does not have'
    }
  }

  #refuse(id: string, { reason, kind }: CellProblem): void {
    this.#head.countUseless()
    this.#log.refuse(this.#head.file, `Annotation ${id} ${reason}.`, kind)
  }
}

/** Numbers that are added one after the other, eight bytes each. */
export class NumberList {
  #values = new Float64Array(24)
  #length = 0

  get length(): number {
    return this.#length
  }

  push(...numbers: readonly number[]): void {
    if (this.#length + numbers.length > this.#values.length) {
      const larger = new Float64Array(2 * this.#values.length + numbers.length)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values.set(numbers, this.#length)
    this.#length += numbers.length
  }

  toArray(): Float64Array {
    return this.#values.slice(0, this.#length)
  }
}

/** How a sentence calls an annotation: by its id, else by its number in the order of the file. */
export function nameOfAnnotation({ id }: Readonly<Record<string, unknown>>, seen: number): string {
  return typeof id === 'number' || typeof id === 'string' ? String(id) : String(seen)
}

/** Ids are numbers in COCO and texts in some exports; they are compared as texts. */
export function idText(id: unknown): string {
  return typeof id === 'string' ? id : JSON.stringify(id)
}
