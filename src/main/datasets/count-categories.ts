import { readFeatures } from './formats/geojson-cells.ts'
import { labelmeLabels } from './formats/labelme.ts'
import { yoloClasses } from './formats/yolo.ts'
import { type CellsPlace } from './source-image.ts'

/** How many cells each category has in one annotation file; nothing where categories are known otherwise. */
export async function countCategories(place: CellsPlace): Promise<ReadonlyMap<string, number>> {
  switch (place.kind) {
    case 'geojson':
      return countNames(
        (await readFeatures(place.path)).objects.map(({ properties }) => properties?.classification?.name)
      )
    case 'labelme':
      return countNames(await labelmeLabels(place.path))
    case 'yolo':
      return countNames(await yoloClasses(place.path))
    case 'coco':
    case 'labels':
    case 'masks':
    case 'rois':
      return new Map()
  }
}

/** How often each name occurs. */
function countNames(names: Iterable<string | undefined>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const name of names) if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}
