import { type FileHandle, mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { imageHeight, imageWidth, type Outline, outlineArea } from './outlines.ts'
import { type PlannedEntry } from './plan.ts'

const head = {
  info: {
    year: '2021',
    version: '1.0',
    description: 'Made in the layout of LIVECell: drawn cells, not photographs',
    contributor: 'CytoLoom',
    url: '',
    date_created: '2021-03-03'
  },
  licenses: [{ url: '', id: 1, name: 'made for tests' }]
}
const heldCharacters = 1 << 18

/** One COCO file of the archive, written as it comes: first all images, then all annotations. */
export class AnnotationFile {
  readonly #file: FileHandle
  readonly #isKeyed: boolean
  #held = `${JSON.stringify(head).slice(0, -1)}, "images": [`
  #isFirst = true

  private constructor(file: FileHandle, isKeyed: boolean) {
    this.#file = file
    this.#isKeyed = isKeyed
  }

  /** @param isKeyed whether annotations are an object by their ids, as in the files of single types */
  static async create(path: string, isKeyed: boolean): Promise<AnnotationFile> {
    await mkdir(dirname(path), { recursive: true })
    return new AnnotationFile(await open(path, 'wx'), isKeyed)
  }

  async addImage({ id, stem }: PlannedEntry): Promise<void> {
    const image = { id, width: imageWidth, height: imageHeight, file_name: `${stem}.tif` }
    await this.#add(JSON.stringify({ ...image, original_filename: `${stem}.png`, url: '' }))
  }

  async beginAnnotations(): Promise<void> {
    this.#isFirst = true
    await this.#write(`], "annotations": ${this.#isKeyed ? '{' : '['}`)
  }

  async addAnnotation(id: number, text: string): Promise<void> {
    await this.#add(this.#isKeyed ? `"${id}": ${text}` : text)
  }

  async finish(): Promise<void> {
    const categories = [{ supercategory: 'cell', id: 1, name: 'cell' }]
    await this.#write(`${this.#isKeyed ? '}' : ']'}, "categories": ${JSON.stringify(categories)}}\n`)
    await this.#file.write(this.#held)
    await this.#file.close()
  }

  async #add(text: string): Promise<void> {
    await this.#write(this.#isFirst ? text : `, ${text}`)
    this.#isFirst = false
  }

  async #write(text: string): Promise<void> {
    this.#held += text
    if (this.#held.length < heldCharacters) return
    await this.#file.write(this.#held)
    this.#held = ''
  }
}

/** An annotation as it is published: one ring, the ring's extent as its box, the area by the shoelace. */
export function annotationText(id: number, imageId: number, outline: Outline): string {
  const xs = outline.filter((_, i) => i % 2 === 0)
  const ys = outline.filter((_, i) => i % 2 === 1)
  const [left, top] = [Math.min(...xs), Math.min(...ys)]
  const box = [left, top, Math.max(...xs) - left, Math.max(...ys) - top].map((value) => Math.round(100 * value) / 100)
  return (
    `{"segmentation": [[${outline.join(', ')}]], "area": ${outlineArea(outline)}, "iscrowd": 0, ` +
    `"image_id": ${imageId}, "bbox": [${box.join(', ')}], "category_id": 1, "id": ${id}}`
  )
}
