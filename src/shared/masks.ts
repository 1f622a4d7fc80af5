import { z } from 'zod'
import { Name, ValueRange } from './datasets.ts'
import { InnerPath, tending, thingId } from './things.ts'

export const PreparedId = thingId.brand('PreparedId')
export type PreparedId = z.infer<typeof PreparedId>

export const Split = z.enum(['train', 'validation', 'test'])
export type Split = z.infer<typeof Split>

/** From fewer training pictures of a class a network learns nothing but these, and no score of it means anything. */
export const fewestOfClass = 3

/** The choices of the mask pipeline (paper §2.2.1, Algorithm 1; docs/method.md §8.2). */
export const MaskSettings = z.object({
  /** A cell covered by another beyond this share of its area is removed (strictly greater). */
  maxCover: z.number().min(0).max(1),
  /** L: the label cap, and the number of gray levels the 8-bit range is divided into. */
  grayLevels: z.int().min(1).max(15),
  /** Which cells must differ in label: those that share pixels (the paper's words), or also those that touch. */
  neighbours: z.enum(['contact', 'overlap']),
  /** Order of labelling: most constrained first (DSATUR), or breadth-first as in Algorithm 1. */
  labelling: z.enum(['dsatur', 'bfs']),
  /** Which covered cell goes first; it matters where cells cover each other. */
  removalOrder: z.enum(['greatest-first', 'ascending-id', 'simultaneous']).default('greatest-first')
})
export type MaskSettings = z.infer<typeof MaskSettings>

/** The paper's literal choices (`--paper`). */
export const paperMaskSettings: MaskSettings = {
  maxCover: 0.7,
  grayLevels: 4,
  neighbours: 'overlap',
  labelling: 'bfs',
  removalOrder: 'ascending-id'
}
export const defaultMaskSettings: MaskSettings = {
  maxCover: 0.7,
  grayLevels: 4,
  neighbours: 'contact',
  labelling: 'dsatur',
  removalOrder: 'greatest-first'
}

export const MaskCounts = z.object({
  images: z.int(),
  cells: z.int(),
  removedByCover: z.int(),
  droppedByCap: z.int(),
  /** Cells that the masks show. */
  painted: z.int(),
  /** Labels that would be needed if there were no cap. */
  labelsNeeded: z.int()
})
export type MaskCounts = z.infer<typeof MaskCounts>

export const AveragePrecisions = z.object({ AP: z.number(), AP50: z.number(), AP75: z.number() })
export type AveragePrecisions = z.infer<typeof AveragePrecisions>

export const BrightnessRule = z.enum(['percentiles', 'set', 'full'])
export type BrightnessRule = z.infer<typeof BrightnessRule>

export const PrepareRequest = z.object({
  dataset: z.string(),
  name: Name,
  mask: MaskSettings.default(defaultMaskSettings),
  /** Side of the square tiles that training sees, in pixels after scaling. */
  tile: z.int().min(8).max(2048).default(512),
  /** Size factor applied to images (area mean) and cells (nearest pixel) before anything else. */
  scale: z.number().gt(0).max(1).default(1),
  channels: z.enum(['gray', 'rgb']).default('gray'),
  /**
   * Shares of source images for training, validation and test. Without them the split that came with the data set is
   * kept; where there is none, it is dealt as 0.8, 0.1 and 0.1.
   */
  split: z.tuple([z.number().min(0), z.number().min(0), z.number().min(0)]).optional(),
  seed: z.int().default(0),
  /** Classes whose images are left out. */
  leaveOut: z.array(z.string()).optional(),
  /** Whether all images become one class. */
  mergeClasses: z.boolean().optional(),
  /** What classes are called instead; those of one name become one. */
  callClasses: z.record(z.string(), z.string()).optional(),
  /** Time points of a class, in hours: each counts as another one, or is left out where it counts as none. */
  timePoints: z.array(z.object({ class: z.string(), hour: z.number(), countsAs: z.number().optional() })).optional(),
  /** The images without annotation instead of those with: a run can learn from them what images look like. */
  withoutAnnotation: z.boolean().optional(),
  /**
   * How images of more than 8 bits come to 8: from the 1st to the 99.8th percentile of each image, or of all images of
   * the set together; or the full range.
   */
  brightness: BrightnessRule.default('percentiles'),
  workers: z.int().positive().optional()
})
export type PrepareRequest = z.infer<typeof PrepareRequest>

/** One image of a prepared set. `file` names its picture in `images/` and its label indices in `masks/`, both PNG. */
export const PreparedImage = z.object({
  file: InnerPath,
  source: z.string(),
  width: z.int().positive(),
  height: z.int().positive(),
  class: z.string(),
  time: z.number().optional(),
  split: Split,
  counts: MaskCounts,
  /** The values that became 0…255, where the source had more than 8 bits: one range, or one for each stain. */
  ranges: z.array(ValueRange).optional()
})
export type PreparedImage = z.infer<typeof PreparedImage>

/** Real limits of a class, for the area filter (docs/method.md §8.4): from the visible parts of painted cells. */
export const CellLimits = z.object({
  class: z.string(),
  minArea: z.number(),
  maxArea: z.number(),
  minSolidity: z.number(),
  /** Cells per tile: 1st and 99th percentile. */
  minCells: z.number(),
  maxCells: z.number()
})
export type CellLimits = z.infer<typeof CellLimits>

export const Prepared = z.object({
  id: PreparedId,
  name: z.string(),
  created: z.string(),
  /** Its id. */
  dataset: z.string(),
  tile: z.int(),
  scale: z.number(),
  channels: z.enum(['gray', 'rgb']),
  grayLevels: z.int(),
  mask: MaskSettings,
  seed: z.int(),
  classes: z.array(z.string()),
  roundTrip: AveragePrecisions,
  /** It holds images without annotation alone, whose masks are empty and say nothing. */
  unannotated: z.literal(true).optional(),
  ...tending
})
export type Prepared = z.infer<typeof Prepared>

export const PrepareResult = z.object({
  prepared: Prepared,
  totals: MaskCounts,
  classes: z.array(MaskCounts.extend({ name: z.string() })),
  /** Mask → decode → average precision against the source, LIVECell convention. */
  roundTrip: AveragePrecisions,
  /** The same with the paper's literal choices, for comparison. */
  roundTripPaper: AveragePrecisions,
  splits: z.object({ train: z.int(), validation: z.int(), test: z.int() }),
  /** Whether the split came with the data set or was dealt by shares; absent from sets of older versions. */
  splitFrom: z.enum(['source', 'shares']).optional(),
  warnings: z.array(z.object({ file: z.string().optional(), reason: z.string() })),
  /** How pictures of more than 8 bits came to 8; absent where there are none. */
  brightness: z
    .object({
      rule: BrightnessRule,
      /** How many pictures it was. */
      images: z.int(),
      /** The lowest low and the highest high over all of them, of their first scale. */
      span: ValueRange
    })
    .optional(),
  seed: z.int()
})
export type PrepareResult = z.infer<typeof PrepareResult>

/** What `prepared/<id>/about.json` holds: enough to train from and to rebuild the catalogue. */
export const PreparedAbout = z.object({
  kind: z.literal('prepared'),
  version: z.literal(1),
  result: PrepareResult,
  images: z.array(PreparedImage),
  limits: z.array(CellLimits)
})
export type PreparedAbout = z.infer<typeof PreparedAbout>

export const MaskGraph = z.object({
  images: z.array(
    z.object({
      file: z.string(),
      cells: z.array(z.object({ id: z.int(), area: z.int() })),
      overlaps: z.array(z.tuple([z.int(), z.int(), z.int()])),
      contacts: z.array(z.tuple([z.int(), z.int()])),
      removed: z.array(z.int()),
      labels: z.record(z.string(), z.int())
    })
  )
})
export type MaskGraph = z.infer<typeof MaskGraph>
