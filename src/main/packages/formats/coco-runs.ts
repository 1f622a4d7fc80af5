import { encodeCounts } from '../../masks/rle-string.ts'
import { rleArea, rleBox, type Rle } from '../../masks/rle.ts'
import { ignoredRegion } from '../outlines.ts'
import { type ExportFile, type ExportPicture, type ExportSet } from './format.ts'

export const cocoRunsFile = 'masks.coco.json'

/**
 * `masks.coco.json`: the cells in COCO's instance format as compressed runs, which hold every pixel: holes, parts, and
 * what cells share; behind all cells the regions to be ignored, as crowds. Ids of images and annotations agree with those
 * of `outlines.coco.json`, where a package has both.
 */
export function cocoRunsFiles(set: ExportSet): ExportFile[] {
  return [
    {
      path: cocoRunsFile,
      make: async (load) => {
        const categories = new Map(set.classes.map((name, i) => [name, i + 1]))
        const parts: string[] = []
        const regions: { raster: Rle; image: number; category: number }[] = []
        let id = 0
        for (const [i, image] of set.images.entries()) {
          const picture = await load(image)
          const lines = annotationsOf(picture, {
            image: i + 1,
            category: categories.get(image.class) ?? 0,
            first: id + 1
          })
          id += lines.length
          if (lines.length > 0) parts.push(lines.join(',\n'))
          const ids = { image: i + 1, category: categories.get(image.class) ?? 0 }
          for (const raster of picture.ignored) regions.push({ raster, ...ids })
        }
        for (const { raster, ...ids } of regions)
          parts.push(JSON.stringify(ignoredRegion(raster, { ...ids, id: ++id })))
        return Buffer.from(`{${headOf(set, categories)},\n"annotations":[\n${parts.join(',\n')}\n]}\n`)
      }
    }
  ]
}

function annotationsOf(
  { cells }: ExportPicture,
  ids: { readonly image: number; readonly category: number; readonly first: number }
): string[] {
  return cells.map(({ label, raster }, i) => {
    const { x, y, width, height } = rleBox(raster)
    return JSON.stringify({
      id: ids.first + i,
      image_id: ids.image,
      category_id: ids.category,
      label,
      segmentation: { size: [raster.height, raster.width], counts: encodeCounts(raster.counts) },
      area: rleArea(raster),
      bbox: [x, y, width, height],
      iscrowd: 0
    })
  })
}

function headOf({ images, statement }: ExportSet, categories: ReadonlyMap<string, number>): string {
  const head = {
    info: { description: statement, version: '1' },
    images: images.map(({ file, width, height }, i) => ({ id: i + 1, file_name: file, width, height })),
    categories: [...categories].map(([name, id]) => ({ id, name, supercategory: 'cell' }))
  }
  return JSON.stringify(head).slice(1, -1)
}
