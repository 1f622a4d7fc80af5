import { AppError } from '../../shared/errors.ts'
import { type SyntheticImage } from '../../shared/synthetic.ts'
import { rleFromString } from '../masks/rle-string.ts'
import { paintRle, rleArea, rleBox, type Rle } from '../masks/rle.ts'
import { type Outline, type Outlines } from './outlines.ts'
import { unfit } from './refusal.ts'

const name = 'outlines.coco.json'

/** The outlines of a package by picture and label, checked against the list of pictures. */
export class OutlineIndex {
  readonly #file: string
  readonly #byPicture: ReadonlyMap<string, ReadonlyMap<number, Outline>>

  /** @throws AppError of kind `input` where outlines and pictures do not agree */
  constructor(file: string, outlines: Outlines, pictures: readonly SyntheticImage[]) {
    this.#file = file
    checkPictures(file, outlines, pictures)
    const classes = new Map(outlines.categories.map((category) => [category.id, category.name]))
    const byId = new Map(outlines.images.map((image) => [image.id, image.file_name]))
    const byFile = new Map(pictures.map((picture) => [picture.file, { picture, cells: new Map<number, Outline>() }]))
    for (const outline of outlines.annotations) {
      const found = byFile.get(byId.get(outline.image_id) ?? '')
      if (found === undefined) throw unfit(file, `outline ${outline.id} in ${name} belongs to no picture`)
      const { picture, cells } = found
      if (classes.get(outline.category_id) !== picture.class || cells.has(outline.label)) {
        throw unfit(file, `outline ${outline.id} in ${name} does not fit its picture ${picture.file}`)
      }
      checkRaster(file, outline, picture)
      cells.set(outline.label, outline)
    }
    for (const { picture, cells } of byFile.values()) {
      if (cells.size !== picture.cells) {
        throw unfit(file, `${name} has ${cells.size} cells in ${picture.file} where about.json counts ${picture.cells}`)
      }
    }
    this.#byPicture = new Map([...byFile].map(([picture, { cells }]) => [picture, cells]))
  }

  /** COCO's run-length string of a cell. */
  countsOf(picture: string, label: number): string | undefined {
    return this.#byPicture.get(picture)?.get(label)?.segmentation.counts
  }

  /**
   * Draws the label mask of a picture.
   *
   * @throws AppError of kind `input` where two cells share a pixel, which no mask can show
   */
  paint({ file: picture, width, height }: SyntheticImage): Uint16Array {
    const labels = new Uint16Array(width * height)
    let area = 0
    for (const [label, outline] of this.#byPicture.get(picture) ?? []) {
      paintRle(rleFromString(outline.segmentation.counts, height, width), labels, label)
      area += outline.area
    }
    const painted = labels.reduce((count, label) => count + Number(label !== 0), 0)
    if (painted !== area) throw unfit(this.#file, `cells of ${picture} lie over each other in ${name}`)
    return labels
  }
}

function checkPictures(file: string, outlines: Outlines, pictures: readonly SyntheticImage[]): void {
  const sizes = new Map(outlines.images.map((image) => [image.file_name, image]))
  const ids = new Set(outlines.images.map(({ id }) => id))
  const agree =
    outlines.images.length === pictures.length &&
    ids.size === pictures.length &&
    pictures.every(({ file: picture, width, height }) => {
      const listed = sizes.get(picture)
      return listed?.width === width && listed.height === height
    })
  if (!agree) throw unfit(file, `${name} lists other pictures than about.json`)
}

function checkRaster(file: string, outline: Outline, { width, height }: SyntheticImage): void {
  const { size, counts } = outline.segmentation
  const raster = size[0] === height && size[1] === width ? readRaster(counts, height, width) : undefined
  if (raster === undefined || rleArea(raster) !== outline.area || boxOf(raster) !== outline.bbox.join()) {
    throw unfit(file, `outline ${outline.id} in ${name} does not have the size and area that it states`)
  }
}

function boxOf(raster: Rle): string {
  const box = rleBox(raster)
  return [box.x, box.y, box.width, box.height].join()
}

function readRaster(counts: string, height: number, width: number): Rle | undefined {
  try {
    return rleFromString(counts, height, width)
  } catch (thrown) {
    if (thrown instanceof AppError) return undefined // said by the caller, with the outline's number
    throw thrown
  }
}
