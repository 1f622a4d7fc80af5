import { FormatName } from '../../../shared/datasets.ts'
import { type CellsPlace } from '../source-image.ts'
import { coco } from './coco.ts'
import { type Format } from './format.ts'
import { labelme } from './labelme.ts'
import { labels } from './labels.ts'
import { livecell } from './livecell.ts'
import { masks } from './masks.ts'
import { qupath } from './qupath.ts'
import { roi } from './roi.ts'
import { tissuenet } from './tissuenet.ts'
import { yolo } from './yolo.ts'

/** Where two formats are as likely, the one that stands first in `FormatName` is guessed. */
export const formats: Readonly<Record<FormatName, Format>> = {
  livecell,
  tissuenet,
  qupath,
  yolo,
  roi,
  labelme,
  masks,
  labels,
  coco
}

export const formatNames = FormatName.options

/** How many cells each category has in the annotation of one image; nothing where categories are known otherwise. */
export async function countCategories(place: CellsPlace): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>()
  for (const name of (await formats[place.format].categories?.(place)) ?? []) {
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1)
  }
  return counts
}
