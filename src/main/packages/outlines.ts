import { z } from 'zod'
import { invariant } from '../../shared/errors.ts'
import { traceOutlines } from '../masks/outlines.ts'
import { type PixelArray, rleArea, rleBox, type Rle } from '../masks/rle.ts'
import { encodeCounts } from '../masks/rle-string.ts'
import { cellParts, joinRings } from './formats/cell-rings.ts'
import { type ExportCell } from './formats/format.ts'

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
 * Pixels that are neither cell nor background, as COCO marks crowds: what the area filter took out of a generated mask,
 * and regions of many cells. Scores count what lies in them neither for nor against.
 */
const IgnoredRegion = z.object({
  id: z.int(),
  image_id: z.int(),
  category_id: z.int(),
  /** COCO's compressed runs. */
  segmentation: z.object({ size: z.tuple([z.int(), z.int()]), counts: z.string() }),
  area: z.int().nonnegative(),
  bbox: z.tuple([z.number(), z.number(), z.number(), z.number()]),
  iscrowd: z.literal(1)
})
type IgnoredRegion = z.infer<typeof IgnoredRegion>

/**
 * `outlines.coco.json`: the cells of all pictures of a set in COCO's instance format. The annotations of a picture stand
 * in the order of their labels, and behind all cells the regions to be ignored.
 */
export const Outlines = z.object({
  images: z.array(
    z.object({ id: z.int(), file_name: z.string(), width: z.int().positive(), height: z.int().positive() })
  ),
  annotations: z.array(z.discriminatedUnion('iscrowd', [Annotation, IgnoredRegion])),
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

/** The same of cells that may overlap. */
export function rasterOutlines(cells: readonly ExportCell[]): CellOutline[] {
  return cells.map(({ label, raster }) => {
    const parts = cellParts(raster)
    const filled = parts.map(({ outer }) => [...outer])
    const segmentation = parts.map(({ outer, holes }) => joinRings([outer, ...holes]))
    return { label, segmentation, filled, area: rleArea(raster), bbox: boxOf(filled) }
  })
}

/** What a COCO file says of a region that is to be ignored. */
export function ignoredRegion(
  raster: Rle,
  ids: { readonly id: number; readonly image: number; readonly category: number }
): IgnoredRegion {
  const { x, y, width, height } = rleBox(raster)
  return {
    id: ids.id,
    image_id: ids.image,
    category_id: ids.category,
    segmentation: { size: [raster.height, raster.width], counts: encodeCounts(raster.counts) },
    area: rleArea(raster),
    bbox: [x, y, width, height],
    iscrowd: 1
  }
}

/** Gathers the outlines of a set, picture by picture. */
export class OutlineCollector {
  readonly #statement: string
  readonly #images: Outlines['images'] = []
  readonly #annotations: Annotation[] = []
  readonly #ignored: { readonly raster: Rle; readonly image: number; readonly category: number }[] = []
  readonly #categories: ReadonlyMap<string, number>

  /**
   * @param classes in the order of the set; they get the category ids 1, 2, …
   * @param statement what the file says about itself
   */
  constructor(classes: readonly string[], statement: string) {
    this.#statement = statement
    this.#categories = new Map(classes.map((name, i) => [name, i + 1]))
  }

  /**
   * @param labels the picture's label mask, row by row; 0 is background
   * @param ignored regions that are neither cell nor background
   */
  add(picture: OutlinedPicture, labels: PixelArray, ignored: readonly Rle[] = []): void {
    this.addOutlines(picture, cellOutlines(labels, picture.width, picture.height), ignored)
  }

  addOutlines(picture: OutlinedPicture, outlines: readonly CellOutline[], ignored: readonly Rle[]): void {
    const { file, width, height } = picture
    const category = this.#categories.get(picture.class)
    invariant(category !== undefined, 'a picture is of one of the classes of its set')
    const image = this.#images.length + 1
    this.#images.push({ id: image, file_name: file, width, height })
    for (const { filled: _, ...cell } of outlines) {
      const id = this.#annotations.length + 1
      this.#annotations.push({ id, image_id: image, category_id: category, iscrowd: 0, ...cell })
    }
    for (const raster of ignored) this.#ignored.push({ raster, image, category })
  }

  /** The file's text. */
  text(): string {
    return JSON.stringify({
      info: { description: this.#statement, version: '1' },
      images: this.#images,
      annotations: [
        ...this.#annotations,
        ...this.#ignored.map(({ raster, ...of }, i) =>
          ignoredRegion(raster, { ...of, id: this.#annotations.length + 1 + i })
        )
      ],
      categories: [...this.#categories].map(([name, id]) => ({ id, name, supercategory: 'cell' }))
    })
  }
}

interface OutlinedPicture {
  readonly file: string
  readonly class: string
  readonly width: number
  readonly height: number
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
