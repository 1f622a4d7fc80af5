import { type LoadPicture } from './formats/format.ts'
import { OutlineCollector, rasterOutlines } from './outlines.ts'
import { type PackedSet } from './packed-set.ts'

/** `outlines.coco.json` of a data set, whose cells may overlap. */
export async function outlinesText({ classes, images, statement }: PackedSet, load: LoadPicture): Promise<Buffer> {
  const outlines = new OutlineCollector(
    classes.map(({ name }) => name),
    statement
  )
  for (const image of images) {
    const { cells, ignored } = await load(image)
    outlines.addOutlines(image, rasterOutlines(cells), ignored)
  }
  return Buffer.from(outlines.text())
}
