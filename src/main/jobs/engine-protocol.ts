import { z } from 'zod'
import { WireError } from '../../shared/errors.ts'
import { Progress } from '../../shared/api.ts'
import { MemoryOutlook, StageEstimate } from '../../shared/estimates.ts'
import { EvaluationResult, FeatureChoice } from '../../shared/evaluation.ts'
import { CellLimits } from '../../shared/masks.ts'
import { Best, Checkpoint, EngineInfo, EngineName, EngineRequest } from '../../shared/runs.ts'
import { Provenance, SegmenterScore, SegmenterSettings, SegmentPredictRequest } from '../../shared/segmentation.ts'
import { RealClass } from '../../shared/set-report.ts'
import { Filtered, setReport, SyntheticImage } from '../../shared/synthetic.ts'
import { HistoryEntry, TrainingSettings } from '../../shared/training.ts'

/** Where the engine finds what it does not carry itself. */
const Surroundings = {
  engine: EngineRequest,
  resources: z.string(),
  nativeEngine: z.string().optional()
}

/** Trains until the iterations or minutes are done, or until told to pause. */
export const TrainJob = z.object({
  job: z.literal('train'),
  ...Surroundings,
  runFolder: z.string(),
  preparedFolder: z.string(),
  settings: TrainingSettings,
  classes: z.array(z.string()),
  /** When this sitting has to be over, with all that surrounds training: seconds on the clock that processes share. */
  endsAt: z.number().optional(),
  /** Folder of the prepared set of images without annotation, where the settings name one. */
  unannotatedFolder: z.string().optional(),
  /** Folder of the run whose best model is the start of this one. */
  fromRunFolder: z.string().optional()
})
export type TrainJob = z.infer<typeof TrainJob>

/** Tries a training in a folder that is removed afterwards: what each part of it takes. */
export const TrialJob = TrainJob.omit({ endsAt: true }).extend({
  job: z.literal('trial'),
  /** The same training on smaller tiles, the largest first. */
  smaller: z.array(TrainingSettings),
  /** The same training with thinner networks, the widest first. */
  thinner: z.array(TrainingSettings)
})
export type TrialJob = z.infer<typeof TrialJob>

/** Makes synthetic pictures and their label images, decoded and filtered, into `outFolder`. */
export const GenerateJob = z.object({
  job: z.literal('generate'),
  ...Surroundings,
  runFolder: z.string(),
  outFolder: z.string(),
  settings: TrainingSettings,
  classes: z.array(z.string()),
  /** How many pictures of each class, in the order of `classes`. */
  counts: z.array(z.int().nonnegative()),
  grayLevels: z.int(),
  truncation: z.number(),
  seed: z.int(),
  /** The safe point to take; the best where absent. */
  checkpoint: z.int().optional(),
  /** Real limits of each class; absent when the filter is off. */
  limits: z.array(CellLimits).optional(),
  /** Folder of the prepared set whose tiles the pictures are compared with. */
  preparedFolder: z.string().optional(),
  /** What real tiles are like, where that is known without them. */
  real: z.array(RealClass).optional(),
  /** What each picture says of itself in its PNG text. */
  statement: z.string()
})
export type GenerateJob = z.infer<typeof GenerateJob>

export const EvaluateJob = z.object({
  job: z.literal('evaluate'),
  ...Surroundings,
  runFolder: z.string(),
  preparedFolder: z.string(),
  settings: TrainingSettings,
  classes: z.array(z.string()),
  checkpoint: z.int().optional(),
  count: z.int().positive().optional(),
  features: FeatureChoice,
  seed: z.int()
})
export type EvaluateJob = z.infer<typeof EvaluateJob>

/** A set of this workspace, and which pictures of it. */
export const PictureSet = z.object({
  kind: z.enum(['dataset', 'synthetic']),
  folder: z.string(),
  as: Provenance,
  images: z.array(z.string()),
  shuffledMasks: z.boolean().default(false)
})
export type PictureSet = z.infer<typeof PictureSet>

/** Trains a segmentation network until its iterations or minutes are done, or until told to pause. */
export const SegmentJob = z.object({
  job: z.literal('segment'),
  ...Surroundings,
  /** Of the segmenter. */
  folder: z.string(),
  settings: SegmenterSettings,
  sets: z.array(PictureSet),
  validation: z.array(PictureSet),
  /** When this sitting has to be over: seconds on the clock that processes share. */
  endsAt: z.number().optional()
})
export type SegmentJob = z.infer<typeof SegmentJob>

/** Finds the cells of pictures and writes them to a COCO file. */
export const PredictJob = z.object({
  job: z.literal('predict'),
  ...Surroundings,
  /** Of the segmenter. */
  folder: z.string(),
  checkpoint: SegmentPredictRequest.shape.checkpoint.unwrap(),
  decoding: SegmentPredictRequest.shape.decoding.unwrap(),
  pictures: PictureSet,
  out: z.string()
})
export type PredictJob = z.infer<typeof PredictJob>

/** Says how fast the engine is; with `compare` also how far its numbers are from those of plain JavaScript. */
export const ProbeJob = z.object({ job: z.literal('probe'), ...Surroundings, compare: z.boolean() })
export type ProbeJob = z.infer<typeof ProbeJob>

export const EngineJob = z.discriminatedUnion('job', [
  TrainJob,
  TrialJob,
  GenerateJob,
  EvaluateJob,
  SegmentJob,
  PredictJob,
  ProbeJob
])
export type EngineJob = z.infer<typeof EngineJob>

/** What the parent may say while a job runs: finish the current step, save, stop. */
export const EngineCommand = z.object({ command: z.literal('pause') })
export type EngineCommand = z.infer<typeof EngineCommand>

export const GenerateOutcome = z.object({
  images: z.array(SyntheticImage),
  filtered: Filtered,
  ...setReport,
  warnings: z.array(z.string()),
  iteration: z.int()
})
export type GenerateOutcome = z.infer<typeof GenerateOutcome>

export const TrainOutcome = z.object({
  iteration: z.int(),
  /** Why it ended: its iterations are done, its minutes are over, or it was asked to. */
  ending: z.enum(['finished', 'minutes', 'pause']),
  secondsPerIteration: z.number(),
  parameters: z.object({ generator: z.int(), discriminator: z.int() })
})
export type TrainOutcome = z.infer<typeof TrainOutcome>

export const SegmentOutcome = z.object({
  iteration: z.int(),
  ending: TrainOutcome.shape.ending,
  secondsPerIteration: z.number(),
  parameters: z.int(),
  best: SegmenterScore.optional()
})
export type SegmentOutcome = z.infer<typeof SegmentOutcome>

export const PredictOutcome = z.object({
  images: z.int(),
  cells: z.int(),
  refused: z.array(z.object({ file: z.string(), reason: z.string() }))
})
export type PredictOutcome = z.infer<typeof PredictOutcome>

export const ProbeOutcome = z.object({
  /** In convolutions, and in convolutions with their gradients. */
  convGflops: z.number(),
  trainGflops: z.number(),
  /** Largest relative difference; infinite where a number is missing. */
  deviation: z.union([z.number(), z.literal(Infinity)]).optional()
})
export type ProbeOutcome = z.infer<typeof ProbeOutcome>

/** A change that makes a training fit into memory. */
export const TrialWay = z.object({
  engine: EngineName.optional(),
  tile: z.int().optional(),
  neededBytes: z.number(),
  stages: StageEstimate
})
export type TrialWay = z.infer<typeof TrialWay>

export const TrialOutcome = z.object({
  /** Less was tried than was asked for, since that does not fit or takes long; the times follow from how much more it is. */
  isInProportion: z.boolean(),
  stages: StageEstimate,
  bytes: z.object({ safePoint: z.number(), sheet: z.number() }),
  memory: MemoryOutlook.optional(),
  /** Of thinner networks, in the order in which they were given. */
  thinner: z.array(z.object({ stages: StageEstimate, fits: z.boolean(), memory: MemoryOutlook.optional() })),
  /** Where it does not fit. */
  ways: z.array(TrialWay)
})
export type TrialOutcome = z.infer<typeof TrialOutcome>

/** How a run fits into the memory of this computer, as predicted before its first iteration. */
export const MemoryPlan = z.object({
  /** Samples that go through the networks at once. */
  microBatch: z.int().positive(),
  /** Most memory that the engine process will have at a time. */
  peakBytes: z.number(),
  /** What it may have; absent where nobody can tell, on graphics cards. */
  limitBytes: z.number().optional(),
  /** The size to try should memory run out all the same; absent when there is no smaller one. */
  smallerMicroBatch: z.int().positive().optional()
})
export type MemoryPlan = z.infer<typeof MemoryPlan>

/** What the engine says while it works. The last word carries the outcome, or is `failed` or `out-of-memory`. */
export const EngineMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('engine'), engine: EngineInfo }),
  z.object({ type: z.literal('memory'), plan: MemoryPlan }),
  Progress.extend({ type: z.literal('progress') }),
  /** The run as its files hold it at the iteration from which it goes on: sent once when a run starts or goes on. */
  z.object({
    type: z.literal('history-begins'),
    entries: z.array(HistoryEntry),
    checkpoints: z.array(Checkpoint),
    best: Best.optional()
  }),
  z.object({ type: z.literal('history'), entry: HistoryEntry }),
  z.object({
    type: z.literal('safe-point'),
    iteration: z.int(),
    checkpoints: z.array(Checkpoint),
    best: Best.optional()
  }),
  /** The same of a segmenter. */
  z.object({ type: z.literal('segmenter-point'), iteration: z.int(), best: SegmenterScore.optional() }),
  z.object({ type: z.literal('notice'), text: z.string() }),
  z.object({ type: z.literal('trained'), outcome: TrainOutcome }),
  z.object({ type: z.literal('tried'), outcome: TrialOutcome }),
  z.object({ type: z.literal('generated'), outcome: GenerateOutcome }),
  z.object({ type: z.literal('evaluated'), outcome: EvaluationResult }),
  z.object({ type: z.literal('segmented'), outcome: SegmentOutcome }),
  z.object({ type: z.literal('predicted'), outcome: PredictOutcome }),
  z.object({ type: z.literal('probed'), outcome: ProbeOutcome }),
  z.object({ type: z.literal('failed'), error: WireError }),
  z.object({ type: z.literal('out-of-memory') })
])
export type EngineMessage = z.infer<typeof EngineMessage>

/** A progress message without the part that makes it a message. */
export function progressOf({ type: _, ...progress }: Extract<EngineMessage, { type: 'progress' }>): Progress {
  return progress
}
