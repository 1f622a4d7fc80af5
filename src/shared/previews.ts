import { z } from 'zod'
import { InspectRequest } from './datasets.ts'
import { BrightnessRule, MaskCounts, MaskSettings, PrepareRequest } from './masks.ts'
import { Remedy } from './remedies.ts'
import { GenerateRequest } from './synthetic.ts'

/** A PNG in base64: pictures that belong to no thing yet, a few at a time. */
const InlinePng = z.string()

/** Some pictures of a source, before anything of it is taken. */
export const PeekRequest = InspectRequest.omit({ maxImages: true }).extend({
  pictures: z.int().min(1).max(12).default(6),
  /** As they would be prepared, `set` by these pictures alone; without it they have auto contrast, to be seen well. */
  brightness: BrightnessRule.optional()
})

const ShownPicture = z.object({
  file: z.string(),
  class: z.string(),
  /** Of the source. */
  width: z.int(),
  height: z.int(),
  cells: z.int(),
  /** With auto contrast, scaled to fit a page. */
  picture: InlinePng,
  /** The same with an outline around each cell; absent where nothing is annotated. */
  outlined: InlinePng.optional()
})

export const PeekResult = z.object({ pictures: z.array(ShownPicture) })
export type PeekResult = z.infer<typeof PeekResult>

/** A cell of a picture, as the graph shows it. */
const ShownCell = z.object({
  id: z.int(),
  /** Of its middle, in pixels of the picture as it is shown. */
  x: z.number(),
  y: z.number(),
  /** Its tone, from 1; 0 where it is left out. */
  tone: z.int(),
  /** Why it is left out. */
  out: z.enum(['covered', 'tones', 'empty']).optional()
})

export const PreviewRequest = PrepareRequest.omit({ name: true, workers: true }).extend({
  /** By their numbers in the data set; without them, some of each class. */
  images: z.array(z.int()).max(12).optional(),
  /** As they are prepared, `set` by these pictures alone; without them as they are, with auto contrast, to be seen well. */
  brightness: BrightnessRule.optional(),
  channels: z.enum(['gray', 'rgb']).optional(),
  pictures: z.int().min(1).max(12).default(5)
})

export const MaskPreview = ShownPicture.extend({
  id: z.int(),
  shown: z.object({ width: z.int(), height: z.int() }),
  /** The gray mask that a network learns from. */
  tones: InlinePng,
  graph: z.object({ cells: z.array(ShownCell), touching: z.array(z.tuple([z.int(), z.int()])) }),
  counts: MaskCounts,
  /** Cells that are found again when the mask is read as a generated one is. */
  foundAgain: z.int()
})
export type MaskPreview = z.infer<typeof MaskPreview>

export const PreviewResult = z.object({ pictures: z.array(MaskPreview) })

/** The values of the two sliders for which whole-set numbers are told. */
export const coverSteps = [0.5, 0.6, 0.7, 0.8, 0.9, 1] as const
export const toneSteps = [2, 3, 4, 5, 6, 8] as const

export const ToneTableRequest = z.object({ dataset: z.string(), mask: MaskSettings.optional() })

export const ToneTable = z.object({
  /** Those that were counted: all, or some from everywhere where all take too long. */
  images: z.int(),
  allImages: z.int(),
  cells: z.int(),
  allCells: z.int(),
  /** For each of `coverSteps`: tones needed, and for each of `toneSteps` the cells that are kept. */
  rows: z.array(z.object({ cover: z.number(), tonesNeeded: z.int(), kept: z.array(z.int()) })),
  /** The pictures that lose most with the settings that were asked for, the worst first. */
  worst: z.array(z.object({ id: z.int(), file: z.string(), cells: z.int(), kept: z.int() }))
})
export type ToneTable = z.infer<typeof ToneTable>

/** What a model makes with these choices, without keeping it. */
export const TryRequest = GenerateRequest.omit({ name: true, count: true, perClass: true }).extend({
  pictures: z.int().min(1).max(32).default(16)
})

export const TryResult = z.object({
  pictures: z.array(
    z.object({
      file: z.string(),
      class: z.string(),
      cells: z.int(),
      /** With auto contrast; beside it the same with its cells outlined. */
      preview: InlinePng
    })
  ),
  warnings: z.array(z.string())
})
export type TryResult = z.infer<typeof TryResult>

export const ForecastRequest = PrepareRequest.omit({ name: true, workers: true })

/** Images, and how many of them go where. */
const SplitCounts = z.object({ images: z.int(), train: z.int(), validation: z.int(), test: z.int() })

/** What stands in the way of a training, and what mends it. */
const Trouble = z.object({ message: z.string(), next: z.string().optional(), remedies: z.array(Remedy).readonly() })

export const Forecast = z.object({
  splitFrom: z.enum(['source', 'shares']),
  classes: z.array(
    SplitCounts.extend({
      name: z.string(),
      /** The classes of the data set that it is made of. */
      of: z.array(z.string()),
      cells: z.int(),
      /** Too little to train on. */
      isPoor: z.boolean(),
      /** The same by hours since the start of the experiment, the first comes first; absent where no image tells its time. */
      times: z.array(SplitCounts.extend({ hour: z.number() })).optional(),
      /** The same by wells, plates, donors or frames, the largest first; absent where each image stands for itself. */
      groups: z.object({ count: z.int(), largest: z.array(SplitCounts.extend({ name: z.string() })) }).optional()
    })
  ),
  /** Images that no tile fits into, and images without annotation. */
  leftOut: z.object({ small: z.int(), bare: z.int() }),
  /** Of the usual image, in pixels after scaling. */
  image: z.object({ width: z.int(), height: z.int() }).optional(),
  cellsPerTile: z.number().optional(),
  troubles: z.array(Trouble)
})
export type Forecast = z.infer<typeof Forecast>
