import { z } from 'zod'
import { invariant } from '../../shared/errors.ts'
import { encodeCounts } from '../masks/rle-string.ts'
import { rleArea, rleBox, rleFromLabel } from '../masks/rle.ts'

const Outline = z.object({
  id: z.int().positive(),
  image_id: z.int(),
  category_id: z.int(),
  /** The cell's number in the mask of its picture. */
  label: z.int().min(1).max(0xffff),
  /** COCO's compressed run-length string. */
  segmentation: z.object({ size: z.tuple([z.int(), z.int()]), counts: z.string() }),
  area: z.int().positive(),
  bbox: z.tuple([z.int(), z.int(), z.int(), z.int()]),
  iscrowd: z.literal(0)
})
export type Outline = z.infer<typeof Outline>

/** `outlines.coco.json`: the cells of all pictures of a synthetic set, exact to the pixel. */
export const Outlines = z.object({
  info: z.object({ description: z.string(), synthetic: z.literal(true) }),
  images: z.array(
    z.object({ id: z.int(), file_name: z.string(), width: z.int().positive(), height: z.int().positive() })
  ),
  categories: z.array(z.object({ id: z.int(), name: z.string(), supercategory: z.literal('cell') })),
  annotations: z.array(Outline)
})
export type Outlines = z.infer<typeof Outlines>

/** Gathers the outlines of a synthetic set, picture by picture. */
export class OutlineCollector {
  readonly #outlines: Outlines
  readonly #categories: ReadonlyMap<string, number>

  /** @param classes in the order of the set; they get the category ids 1, 2, … */
  constructor(classes: readonly string[]) {
    const categories = classes.map((name, i) => ({ id: i + 1, name, supercategory: 'cell' as const }))
    this.#categories = new Map(categories.map(({ id, name }) => [name, id]))
    this.#outlines = {
      info: { description: 'Synthetic microscopy pictures made by CytoLoom', synthetic: true },
      images: [],
      categories,
      annotations: []
    }
  }

  /** @param labels the picture's label mask, row by row; 0 is background */
  add(picture: { file: string; class: string; width: number; height: number }, labels: ArrayLike<number>): void {
    const { file, width, height } = picture
    const { images, annotations } = this.#outlines
    const imageId = images.length + 1
    const categoryId = this.#categories.get(picture.class)
    invariant(categoryId !== undefined, 'a synthetic picture is of one of the classes of its set')
    images.push({ id: imageId, file_name: file, width, height })
    for (const [label, raster] of rleFromLabel(labels, width, height)) {
      const box = rleBox(raster)
      annotations.push({
        id: annotations.length + 1,
        image_id: imageId,
        category_id: categoryId,
        label,
        segmentation: { size: [height, width], counts: encodeCounts(raster.counts) },
        area: rleArea(raster),
        bbox: [box.x, box.y, box.width, box.height],
        iscrowd: 0
      })
    }
  }

  finish(): Outlines {
    return this.#outlines
  }
}
