import { basename } from 'node:path'
import { z } from 'zod'
import { type StoredCell } from '../../../shared/datasets.ts'
import { refuse } from '../../../shared/errors.ts'
import { readJsonLists } from '../../files/json-stream.ts'
import { readHeader } from '../../images/read.ts'
import { type ImportLog } from '../import-log.ts'
import { type PictureFile, type PictureIndex } from '../picture-files.ts'
import { type CellProblem, type CellReading, readCocoCell } from './coco-cell.ts'

/** An image entry of a COCO file whose picture was found, with its cells. */
export interface CocoEntry {
  /** The annotation file. */
  readonly source: string
  readonly picture: PictureFile
  readonly width: number
  readonly height: number
  readonly cells: StoredCell[]
  /** How many cells each category has. */
  readonly categories: Map<string, number>
}

const ImageEntry = z.object({
  id: z.union([z.number(), z.string()]),
  file_name: z.string().min(1),
  width: z.int().positive().optional(),
  height: z.int().positive().optional()
})
const CategoryEntry = z.object({ id: z.union([z.number(), z.string()]), name: z.string() })

/**
 * Reads one COCO file (or the part of COCO that many tools write) in two passes, so that images and categories are known
 * before the annotations come by, whatever their order, and an outline becomes runs as soon as it is seen.
 *
 * Entries and cells that cannot be taken go to the log, each with its id.
 *
 * @throws AppError of kind `input` for a file that is no COCO at all
 */
export async function readCocoFile(path: string, pictures: PictureIndex, log: ImportLog): Promise<CocoEntry[]> {
  const head = new CocoHead(path, pictures, log)
  const found = await readJsonLists(path, ['images', 'categories'], (list, value) => head.take(list, value))
  if (!found.has('images')) throw missing(path, 'images')
  const entries = await head.entries()

  const cells = new CocoCells(path, entries, head, log)
  const second = await readJsonLists(path, ['annotations'], (_, value) => cells.take(value))
  if (!second.has('annotations')) throw missing(path, 'annotations')
  cells.finish()
  return [...entries.values()]
}

function missing(path: string, name: string): Error {
  return refuse(`${path} has no "${name}", so it is no COCO file.`, {
    file: path,
    next: 'Name the file with the annotations by --annotations; results and counts are other kinds of file.'
  })
}

/** The first pass: image entries and categories. */
class CocoHead {
  readonly file: string
  readonly #path: string
  readonly #pictures: PictureIndex
  readonly #log: ImportLog
  readonly #images = new Map<string, { picture: PictureFile; width: number | undefined; height: number | undefined }>()
  readonly #ids = new Set<string>()
  readonly #categories = new Map<string, string>()

  constructor(path: string, pictures: PictureIndex, log: ImportLog) {
    this.#path = path
    this.file = basename(path)
    this.#pictures = pictures
    this.#log = log
  }

  take(list: string, value: unknown): void {
    if (list === 'images') this.#takeImage(value)
    else this.#takeCategory(value)
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

  async entries(): Promise<Map<string, CocoEntry>> {
    const entries = new Map<string, CocoEntry>()
    for (const [id, { picture, width, height }] of this.#images) {
      const size = width && height ? { width, height } : await this.#sizeOf(picture)
      if (size) entries.set(id, { source: this.#path, picture, ...size, cells: [], categories: new Map() })
    }
    return entries
  }

  async #sizeOf(picture: PictureFile): Promise<{ width: number; height: number } | undefined> {
    try {
      const { width, height } = await readHeader(picture.path)
      return { width, height }
    } catch {
      return undefined // the picture is refused with its reason when its turn comes
    }
  }

  #takeImage(value: unknown): void {
    const parsed = ImageEntry.safeParse(value)
    if (!parsed.success) {
      this.#log.refuse(this.file, 'An entry of "images" has no id or no file name.', 'such entries')
      return
    }
    const { id, file_name: name, width, height } = parsed.data
    if (this.#ids.has(String(id))) {
      this.#log.refuse(
        name,
        `${this.file} has two images with the id ${id}; the first was kept.`,
        'images with the id of another'
      )
      return
    }
    this.#ids.add(String(id))
    const picture = this.#pictures.find(name)
    if (picture === 'missing') {
      this.#log.refuse(
        name,
        `${this.file} names it, but there is no such picture.`,
        'pictures that are named but not there'
      )
    } else if (picture === 'ambiguous') {
      this.#log.refuse(
        name,
        `${this.file} names it, and several pictures have that name.`,
        'names that several pictures have'
      )
    } else {
      this.#images.set(String(id), { picture, width, height })
    }
  }

  #takeCategory(value: unknown): void {
    const parsed = CategoryEntry.safeParse(value)
    if (parsed.success) this.#categories.set(String(parsed.data.id), parsed.data.name)
  }
}

/** The second pass: annotations. */
class CocoCells {
  readonly #entries: ReadonlyMap<string, CocoEntry>
  readonly #head: CocoHead
  readonly #log: ImportLog
  readonly #ids = new Set<number>()
  #seen = 0
  #cut = 0
  #skippedRings = 0
  readonly #path: string

  constructor(path: string, entries: ReadonlyMap<string, CocoEntry>, head: CocoHead, log: ImportLog) {
    this.#path = path
    this.#entries = entries
    this.#head = head
    this.#log = log
  }

  take(value: unknown): void {
    this.#seen++
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.#refuse(this.#seen, 'is no annotation', 'entries that are no annotation')
      return
    }
    const annotation: Readonly<Record<string, unknown>> = { ...value }
    const id = Number.isSafeInteger(annotation['id']) ? Number(annotation['id']) : this.#seen
    const problem = this.#takeAnnotation(annotation, id)
    if (problem) this.#refuse(id, problem.reason, problem.kind)
  }

  /** Says what is worth one line for the whole file. */
  finish(): void {
    const { file } = this.#head
    if (this.#cut > 0)
      this.#log.warn(`${this.#cut} outlines reach beyond their image and were cut at its border.`, file)
    if (this.#skippedRings > 0) {
      this.#log.warn(`${this.#skippedRings} parts of outlines have fewer than three points and were left out.`, file)
    }
    if (this.#seen > 0 && !this.#head.hasCategories) this.#log.warn('The file names no categories.', file)
  }

  #takeAnnotation(annotation: Readonly<Record<string, unknown>>, id: number): CellProblem | undefined {
    if (this.#ids.has(id))
      return { reason: 'has the id of an earlier one', kind: 'cells with the id of an earlier one' }
    this.#ids.add(id)
    const imageId = idText(annotation['image_id'])
    const entry = this.#entries.get(imageId)
    if (!entry) return this.#orphan(imageId)
    const categoryId = annotation['category_id']
    const category = this.#head.category(categoryId)
    if (category === undefined && categoryId !== undefined && this.#head.hasCategories) {
      return {
        reason: `has the category ${idText(categoryId)}, which the file does not have`,
        kind: 'cells of categories that the file does not have'
      }
    }
    const reading = readCocoCell(annotation, id, entry.width, entry.height)
    if ('reason' in reading) return reading
    this.#add(entry, reading, category)
    return undefined
  }

  #add(entry: CocoEntry, { cell, skippedRings, isCut }: CellReading, category: string | undefined): void {
    entry.cells.push(cell)
    if (category !== undefined) entry.categories.set(category, (entry.categories.get(category) ?? 0) + 1)
    this.#skippedRings += skippedRings
    if (isCut) this.#cut++
  }

  /** A cell whose image was not taken; when the image is on the list already, the cell is not. */
  #orphan(imageId: string): CellProblem | undefined {
    if (this.#head.names(imageId)) return undefined
    return {
      reason: `belongs to the image ${imageId}, which the file does not have`,
      kind: 'cells of images that the file does not have'
    }
  }

  #refuse(id: number, reason: string, kind: string): void {
    this.#log.refuse(basename(this.#path), `Annotation ${id} ${reason}.`, kind)
  }
}

/** Ids are numbers in COCO and texts in some exports; they are compared as texts. */
function idText(id: unknown): string {
  return typeof id === 'string' ? id : JSON.stringify(id)
}
