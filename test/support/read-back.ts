import { join } from 'node:path'
import { readPicture } from '../../src/main/images/read.ts'
import { instanceIous } from '../../src/main/masks/instance-iou.ts'
import { rleFromString } from '../../src/main/masks/rle-string.ts'
import { paintRle, rleArea, type Rle } from '../../src/main/masks/rle.ts'
import { type ExportPicture } from '../../src/main/packages/formats/format.ts'
import { type DatasetImage, type ImportRequest } from '../../src/shared/datasets.ts'
import { cellsOf, take, writeSource } from './taken-source.ts'

/** A picture as the import takes it back from an exported folder. */
export interface ReadBack {
  readonly image: DatasetImage
  readonly data: ArrayLike<number>
  readonly cells: readonly { readonly id: number; readonly raster: Rle }[]
}

/** Writes the files and imports one of their folders as a user does: with the format guessed unless it is named. */
export async function readBack(
  files: ReadonlyMap<string, Uint8Array>,
  folder: string,
  options: Partial<ImportRequest> = {}
) {
  const source = await writeSource(Object.fromEntries(files))
  const { images, refused, warnings, dataset, target } = await take(join(source, folder), options)
  const read = images.map(async (image): Promise<ReadBack> => {
    const { data } = await readPicture(join(target, 'images', image.file))
    const cells = (await cellsOf(target, image.id)).map(({ id, counts }) => ({
      id,
      raster: rleFromString(counts, image.height, image.width)
    }))
    return { image, data, cells }
  })
  return { images: await Promise.all(read), refused, warnings, dataset }
}

/** The label image that the cells make with their own numbers. */
export function labelsOf({ image, cells }: ReadBack): Uint32Array {
  const labels = new Uint32Array(image.width * image.height)
  for (const { id, raster } of cells) paintRle(raster, labels, id)
  return labels
}

/** For each cell of more than 30 pixels the IoU of what came back for it. */
export function iousOfLargeCells({ cells }: ExportPicture, back: ReadBack): number[] {
  const rasters = cells.map(({ raster }) => raster)
  const best = new Map<number, number>()
  for (const [, truth, iou] of instanceIous(
    back.cells.map(({ raster }) => raster),
    rasters
  )) {
    best.set(truth, Math.max(iou, best.get(truth) ?? 0))
  }
  return rasters.flatMap((raster, i) => (rleArea(raster) > 30 ? [best.get(i) ?? 0] : []))
}
