import { rasterizeRings } from '../masks/rasterize.ts'
import { type Rle } from '../masks/rle.ts'
import { encodeCounts } from '../masks/rle-string.ts'
import { type CellOutline, type Outlines } from './outlines.ts'
import { entryName } from './entry-names.ts'
import { type PackedImage, type PackedSet } from './packed-set.ts'
import { unfit } from './refusal.ts'

type Annotation = Extract<Outlines['annotations'][number], { iscrowd: 0 }>
type IgnoredRegion = Extract<Outlines['annotations'][number], { iscrowd: 1 }>

/**
 * The outlines of a package, held against its pictures and masks. Polygons are compared by the pixels inside them, so
 * that another way to walk around the same cell is as good.
 */
export class OutlineCheck {
  readonly #file: string
  /** By their pictures. */
  readonly #cells: ReadonlyMap<string, readonly Annotation[]>
  readonly #ignored: ReadonlyMap<string, readonly IgnoredRegion[]>

  /** @throws AppError of kind `input` where outlines and pictures do not agree */
  constructor(file: string, outlines: Outlines, { images: pictures }: PackedSet) {
    this.#file = file
    this.#checkPictures(outlines, pictures)
    const classes = new Map(outlines.categories.map(({ id, name }) => [id, name]))
    const files = new Map(outlines.images.map((image) => [image.id, image.file_name]))
    const fileOf = ({ image_id: image }: Annotation | IgnoredRegion): string => files.get(image) ?? ''
    const { annotations } = outlines
    this.#cells = Map.groupBy(
      annotations.filter((annotation) => annotation.iscrowd === 0),
      fileOf
    )
    this.#ignored = Map.groupBy(
      annotations.filter((annotation) => annotation.iscrowd === 1),
      fileOf
    )
    for (const picture of pictures) {
      for (const annotation of this.#cells.get(picture.file) ?? []) {
        if (classes.get(annotation.category_id) !== picture.class) this.#reject(annotation, 'has another class')
        if (!isInside(annotation, picture)) this.#reject(annotation, 'leaves its picture')
      }
    }
  }

  /**
   * @param cells of the picture as they are, in the order of their labels
   * @param ignored regions that are neither cell nor background, where the set knows each of them
   * @throws AppError of kind `input` where the outlines tell of others
   */
  compare(
    { file: picture, width, height }: PackedImage,
    cells: readonly CellOutline[],
    ignored?: readonly Rle[]
  ): void {
    const annotations = this.#cells.get(picture) ?? []
    if (annotations.length !== cells.length) {
      throw unfit(
        this.#file,
        `${entryName.outlines} has ${annotations.length} cells in ${picture}, its mask ${cells.length}`
      )
    }
    for (const [i, cell] of cells.entries()) {
      const annotation = annotations[i]
      if (annotation !== undefined && !isSame(annotation, cell, width, height)) {
        this.#reject(annotation, `differs from cell ${cell.label} in the mask of ${picture}`)
      }
    }
    const regions = (this.#ignored.get(picture) ?? []).map(({ segmentation }) => segmentation.counts)
    if (ignored && ignored.map(({ counts }) => encodeCounts(counts)).join() !== regions.join()) {
      throw unfit(this.#file, `${entryName.outlines} has other regions to be ignored in ${picture} than its cells`)
    }
  }

  #checkPictures(outlines: Outlines, pictures: readonly PackedImage[]): void {
    const listed = new Map(outlines.images.map((image) => [image.file_name, image]))
    const ids = new Set(outlines.images.map(({ id }) => id))
    const agree =
      outlines.images.length === pictures.length &&
      ids.size === pictures.length &&
      outlines.annotations.every((annotation) => ids.has(annotation.image_id)) &&
      pictures.every(({ file, width, height }) => {
        const image = listed.get(file)
        return image?.width === width && image.height === height
      })
    if (!agree) throw unfit(this.#file, `${entryName.outlines} is about other pictures than about.json`)
  }

  #reject(annotation: Annotation, says: string): never {
    throw unfit(this.#file, `annotation ${annotation.id} in ${entryName.outlines} ${says}`)
  }
}

/** Whether every point lies on the picture; far ones would take for ever to draw. */
function isInside({ segmentation }: Annotation, { width, height }: PackedImage): boolean {
  return segmentation.every(
    (ring) => ring.length % 2 === 0 && ring.every((at, i) => at >= 0 && at <= (i % 2 === 0 ? width : height))
  )
}

function isSame(annotation: Annotation, cell: CellOutline, width: number, height: number): boolean {
  if (annotation.label !== undefined && annotation.label !== cell.label) return false
  if (annotation.area !== cell.area || annotation.bbox.join() !== cell.bbox.join()) return false
  const [said, seen] = [annotation.segmentation, cell.segmentation]
  if (said.join(';') === seen.join(';')) return true
  const pixels = (rings: typeof said) => rasterizeRings(rings, height, width).counts.join()
  return [pixels(seen), pixels(cell.filled)].includes(pixels(said))
}
