import { z } from 'zod'
import { Name } from './datasets.ts'
import { EngineInfo, EngineRequest, RunState } from './runs.ts'
import { tending, ThingKind, thingId } from './things.ts'

export const SegmenterId = thingId.brand('SegmenterId')
export type SegmenterId = z.infer<typeof SegmenterId>

/** A U-Net of its own, or the same head on the built-in feature network (docs/method.md §12.2, §12.6). */
export const FlowArchitecture = z.enum(['flows', 'flows-effnet'])
export type FlowArchitecture = z.infer<typeof FlowArchitecture>

/** 32, 64, 128, 256 features; three quarters of these; half of them is called a quarter, as weights go. */
export const SegmenterWidth = z.enum(['full', 'half', 'quarter'])
export type SegmenterWidth = z.infer<typeof SegmenterWidth>

/** Whether a picture counts as real or as synthetic: synthetic ones never choose a checkpoint, and have a share. */
export const Provenance = z.enum(['real', 'synthetic'])
export type Provenance = z.infer<typeof Provenance>

/** A data set, the data set of a prepared set, or a synthetic set: all of it, or some of its pictures. */
export const SegmentSource = z.object({
  set: z.string(),
  kind: ThingKind.extract(['dataset', 'prepared', 'synthetic']).optional(),
  /** Names of files of the set; all annotated ones where absent. */
  images: z.array(z.string()).min(1).optional(),
  /** Real for a data set, synthetic for a synthetic set, where absent. */
  as: Provenance.optional(),
  /** Each picture gets the cells of another of the same size, drawn by the seed: a control that must do harm. */
  shuffledMasks: z.boolean().optional()
})
export type SegmentSource = z.infer<typeof SegmentSource>

/** How synthetic pictures take part. `first`: they alone for the first half, and real ones alone from then on. */
export const SyntheticMix = z.enum(['mixed', 'first'])
export type SyntheticMix = z.infer<typeof SyntheticMix>

/** What a segmenter is made of and how it learns (docs/method.md §12). Equal settings and pictures: equal weights. */
export const SegmenterSettings = z.object({
  network: FlowArchitecture.default('flows'),
  width: SegmenterWidth.default('quarter'),
  iterations: z.int().positive(),
  batch: z.int().positive().default(8),
  /** Side of the part of a picture that is learned from, in pixels; a multiple of 16, from 32 to 1,024. */
  crop: z.int().positive().default(128),
  learningRate: z.number().positive().default(0.005),
  weightDecay: z.number().nonnegative().default(1e-5),
  /** Iterations over which the learning rate rises from 0. */
  warmUp: z.int().nonnegative().default(100),
  /** `constant`: as it is after the rise; `cosine`: falls to 0 at the end. */
  schedule: z.enum(['constant', 'cosine']).default('constant'),
  /** Of the pictures of a batch on average, where there are both real and synthetic ones; absent: as many as there are. */
  syntheticShare: z.number().min(0).max(1).optional(),
  syntheticMix: SyntheticMix.default('mixed'),
  /** Pictures are enlarged or made smaller at random within 1 ± half of this. */
  scaleRange: z.number().min(0).max(1.5).default(0.5),
  /** The diameter that cells are brought to before anything else, in pixels; absent: pictures stay as they are. */
  diameter: z.number().positive().optional(),
  /** Changes of brightness, contrast and noise too: those of the picture as Cellpose leaves it, usual ones, or twice those. */
  intensity: z.enum(['none', 'usual', 'doubled']).default('none'),
  /** The probability with which a crop gets cells of other real pictures pasted in. */
  copyPaste: z.number().min(0).max(1).default(0),
  /** Iterations between looks at the validation pictures. */
  evaluateEvery: z.int().positive().default(100),
  seed: z.int().default(0)
})
export type SegmenterSettings = z.infer<typeof SegmenterSettings>

/** Average precision as Cellpose counts it: TP/(TP + FP + FN), the mean over pictures, 0 … 1. */
export const SegmenterScore = z.object({ iteration: z.int(), AP50: z.number(), meanAP: z.number() })
export type SegmenterScore = z.infer<typeof SegmenterScore>

/** What a segmenter learned from, or was chosen by: a set, and which pictures of it. */
export const LearnedFrom = z.object({
  kind: ThingKind.extract(['dataset', 'synthetic']),
  id: thingId,
  name: z.string(),
  as: Provenance,
  images: z.array(z.string()),
  shuffledMasks: z.boolean().optional()
})
export type LearnedFrom = z.infer<typeof LearnedFrom>

/** A segmentation model, as a thing of the workspace: `segmenters/<id>/`. */
export const Segmenter = z.object({
  id: SegmenterId,
  name: z.string(),
  created: z.string(),
  state: RunState,
  problem: z.string().optional(),
  iteration: z.int(),
  best: SegmenterScore.optional(),
  parameters: z.int().optional(),
  engine: EngineInfo.optional(),
  secondsPerIteration: z.number().optional(),
  settings: SegmenterSettings,
  learnedFrom: z.array(LearnedFrom),
  /** Real pictures alone; empty where there was none to spare, and the last weights count as the best. */
  validatedOn: z.array(LearnedFrom),
  ...tending
})
export type Segmenter = z.infer<typeof Segmenter>

/** A line of `history.jsonl`. Losses are those of the batch before the step. */
export const SegmenterEntry = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('step'), iteration: z.int(), loss: z.number(), seconds: z.number() }),
  SegmenterScore.extend({ kind: z.literal('evaluation'), isBest: z.boolean() })
])
export type SegmenterEntry = z.infer<typeof SegmenterEntry>

export const SegmentTrainRequest = SegmenterSettings.omit({ iterations: true }).extend({
  /** Names or ids of sets, or parts of sets. */
  sets: z.array(z.union([z.string(), SegmentSource])).min(1),
  /** Real pictures that choose the checkpoint; absent: those that the data sets call validation, else a tenth held out. */
  validation: z.array(z.union([z.string(), SegmentSource])).optional(),
  name: Name,
  iterations: z.int().positive().default(2000),
  minutes: z.number().positive().optional(),
  engine: EngineRequest.default('auto')
})
export type SegmentTrainRequest = z.infer<typeof SegmentTrainRequest>

export const SegmentTrainResult = z.object({
  model: Segmenter,
  /** Path of its history, relative to the workspace. */
  history: z.string(),
  best: z.object({ iteration: z.int(), AP50: z.number() }).optional(),
  notices: z.array(z.string()),
  seed: z.int(),
  engine: EngineInfo
})
export type SegmentTrainResult = z.infer<typeof SegmentTrainResult>

export const SegmentPredictRequest = z.object({
  model: z.string(),
  /** A data set's, prepared set's or synthetic set's name or id, or a folder of pictures. */
  source: z.string(),
  /** Names of files of the source; all where absent. */
  images: z.array(z.string()).min(1).optional(),
  out: z.string(),
  checkpoint: z.enum(['best', 'last']).default('best'),
  /** `masks`: one good picture of labels; `curve`: unsure cells too, with low scores, for precision and recall. */
  decoding: z.enum(['masks', 'curve']).default('curve'),
  engine: EngineRequest.default('auto')
})
export type SegmentPredictRequest = z.infer<typeof SegmentPredictRequest>

export const SegmentPredictResult = z.object({
  /** A COCO file: `images` by the names of their files, `annotations` with run-length masks and `score`, 0 … 1. */
  predictions: z.string(),
  images: z.int(),
  cells: z.int(),
  refused: z.array(z.object({ file: z.string(), reason: z.string() })),
  engine: EngineInfo
})
export type SegmentPredictResult = z.infer<typeof SegmentPredictResult>
