import { z } from 'zod'
import { Dataset, DatasetImage } from './datasets.ts'
import { StoredPackage } from './packages.ts'
import { Run } from './runs.ts'
import { Segmenter } from './segmentation.ts'
import { Study } from './studies.ts'

/** What `datasets/<id>/about.json` holds. */
export const DatasetAbout = z.object({
  kind: z.literal('dataset'),
  version: z.literal(1),
  dataset: Dataset,
  images: z.array(DatasetImage)
})
export type DatasetAbout = z.infer<typeof DatasetAbout>

/** What `runs/<id>/about.json` holds. */
export const RunAbout = z.object({ kind: z.literal('run'), version: z.literal(1), run: Run })

/** What `segmenters/<id>/about.json` holds. */
export const SegmenterAbout = z.object({
  kind: z.literal('segmenter'),
  version: z.literal(1),
  segmenter: Segmenter
})

/** What `studies/<id>/about.json` holds. */
export const StudyAbout = z.object({ kind: z.literal('study'), version: z.literal(1), study: Study })

/** What `packages/<id>/about.json` holds; the package itself lies wherever the user put it. */
export const StoredPackageAbout = z.object({
  kind: z.literal('package'),
  version: z.literal(1),
  package: StoredPackage
})
export type StoredPackageAbout = z.infer<typeof StoredPackageAbout>
