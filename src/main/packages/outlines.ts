import { z } from 'zod'
import { invariant } from '../../shared/errors.ts'
import { traceOutlines } from '../masks/outlines.ts'
import { type PixelArray } from '../masks/rle.ts'
import { joinRings } from './formats/cell-rings.ts'

/** x, y, x, y … in corner coordinates: (0, 0) is the outer corner of the first pixel. */
const Ring = z.array(z.number()).min(6)

const Annotation = z.object({
  id: z.int(),
  image_id: z.int(),
  category_id: z.int(),
  /** The cell's number in the mask of its picture. */
  label: z.int().positive().optional(),
  /**
   * The cell's parts, along pixel edges. COCO's rings know no holes, but are filled even-odd: a way to each hole and back
   * is part of its part's ring.
   */
  segmentation: z.array(Ring).min(1),
  /** Pixels of the cell in the mask. */
  area: z.int().positive(),
  bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  iscrowd: z.literal(0)
})
type Annotation = z.infer<typeof Annotation>

/**
 * `outlines.coco.json`: the cells of all pictures of a synthetic set in COCO's instance format. The annotations of a
 * picture stand in the order of their labels.
 */
export const Outlines = z.object({
  images: z.array(
    z.object({ id: z.int(), file_name: z.string(), width: z.int().positive(), height: z.int().positive() })
  ),
  annotations: z.array(Annotation),
  categories: z.array(z.object({ id: z.int(), name: z.string() }))
})
export type Outlines = z.infer<typeof Outlines>

/** What the label mask of one picture says about a cell. */
export type CellOutline = Pick<Annotation, 'segmentation' | 'area' | 'bbox'> & {
  readonly label: number
  /** The outer edges alone, as sets of older versions have them. */
  readonly filled: Annotation['segmentation']
}

/** The cells of a label mask in the order of their labels, as they stand in `outlines.coco.json`. */
export function cellOutlines(labels: PixelArray, width: number, height: number): CellOutline[] {
  const areas = new Map<number, number>()
  for (const label of labels) areas.set(label, (areas.get(label) ?? 0) + 1)
  const parts = Map.groupBy(traceOutlines(labels, width, height), ({ label }) => label)
  return [...parts].map(([label, outlines]) => {
    const filled = outlines.map(({ outer }) => [...outer])
    const segmentation = outlines.map(({ outer, holes }) => joinRings([outer, ...holes]))
    return { label, segmentation, filled, area: areas.get(label) ?? 0, bbox: boxOf(filled) }
  })
}

/** Gathers the outlines of a synthetic set, picture by picture. */
export class OutlineCollector {
  readonly #statement: string
  readonly #images: Outlines['images'] = []
  readonly #annotations: Annotation[] = []
  readonly #categories: ReadonlyMap<string, number>

  /**
   * @param classes in the order of the set; they get the category ids 1, 2, …
   * @param statement what the file says about itself
   */
  constructor(classes: readonly string[], statement: string) {
    this.#statement = statement
    this.#categories = new Map(classes.map((name, i) => [name, i + 1]))
  }

  /** @param labels the picture's label mask, row by row; 0 is background */
  add(picture: { file: string; class: string; width: number; height: number }, labels: PixelArray): void {
    const { file, width, height } = picture
    const categoryId = this.#categories.get(picture.class)
    invariant(categoryId !== undefined, 'a synthetic picture is of one of the classes of its set')
    const imageId = this.#images.length + 1
    this.#images.push({ id: imageId, file_name: file, width, height })
    for (const { filled: _, ...cell } of cellOutlines(labels, width, height)) {
      const id = this.#annotations.length + 1
      this.#annotations.push({ id, image_id: imageId, category_id: categoryId, iscrowd: 0, ...cell })
    }
  }

  /** The file's text. */
  text(): string {
    return JSON.stringify({
      info: { description: this.#statement, version: '1' },
      images: this.#images,
      annotations: this.#annotations,
      categories: [...this.#categories].map(([name, id]) => ({ id, name, supercategory: 'cell' }))
    })
  }
}

/** [x, y, width, height] around all rings. */
function boxOf(rings: readonly (readonly number[])[]): [number, number, number, number] {
  let [left, top, right, bottom] = [Infinity, Infinity, 0, 0]
  for (const ring of rings) {
    for (let i = 0; i + 1 < ring.length; i += 2) {
      const [x, y] = [ring[i] ?? 0, ring[i + 1] ?? 0]
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
    }
  }
  return [left, top, right - left, bottom - top]
}
