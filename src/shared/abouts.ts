import { z } from 'zod'
import { Dataset, DatasetImage } from './datasets.ts'
import { Run } from './runs.ts'

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
