import { z } from 'zod'
import { Name } from './datasets.ts'
import { EngineInfo, EngineRequest } from './runs.ts'
import { tending, thingId } from './things.ts'

export const StudyId = thingId.brand('StudyId')
export type StudyId = z.infer<typeof StudyId>

/** The paper's three studies, and few annotated images. */
export const StudyDesign = z.enum(['table2', 'table3', 'table4', 'few-images'])
export type StudyDesign = z.infer<typeof StudyDesign>

/** What a segmentation network learns from besides its real images, or how. `real` is what all others are held against. */
export const ArmName = z.enum([
  'real',
  'real-repeated',
  'classic-doubled',
  'copy-paste',
  'synthetic',
  'synthetic-shuffled-masks',
  'synthetic-filtered',
  'synthetic-literal',
  'more-real'
])
export type ArmName = z.infer<typeof ArmName>

/** What a field of the table is of: an arm, or predictions of another program. */
export const CellArm = z.enum([...ArmName.options, 'elsewhere'])
export type CellArm = z.infer<typeof CellArm>

export const StudyMetric = z.enum(['AP', 'AP50', 'F1'])
export type StudyMetric = z.infer<typeof StudyMetric>

/** A comparison of trainings, as a thing of the workspace: it has a name and a folder, and is tended like the others. */
export const Study = z.object({
  id: StudyId,
  name: z.string(),
  created: z.string(),
  kind: StudyDesign.optional(),
  /** Ids of the real images, and of the pictures made elsewhere, that it was planned with. */
  dataset: z.string().optional(),
  synthetic: z.string().optional(),
  arms: z.array(ArmName).optional(),
  /** Trainings of each arm and column. */
  repeats: z.int().optional(),
  /** SHA-256 of the frozen question. */
  question: z.string().optional(),
  ...tending
})
export type Study = z.infer<typeof Study>

const Share = z.number().positive().max(100)

export const PlanStudyRequest = z.object({
  name: Name,
  /** The data set with the real images; may be left out where there is only one. */
  data: z.string().optional(),
  design: StudyDesign.default('few-images'),
  /** `small` is for a look within 40 minutes: few test images, short trainings, two repeats. */
  preset: z.enum(['small', 'full']).default('full'),
  question: z.string().max(2000).optional(),
  arms: z.array(ArmName).min(1).optional(),
  /** Annotated images of the few-image design. */
  sizes: z.array(z.int().positive()).min(1).optional(),
  /** Percent of the real images, for Tables 3 and 4, and for the few-image design of large sets. */
  shares: z.array(Share).min(1).optional(),
  /** Synthetic images of Table 2, besides none. */
  counts: z.array(z.int().positive()).min(1).optional(),
  /** Pictures made before: one generator for all arms, or a data set that is passed off as synthetic. */
  synthetic: z.string().optional(),
  /** Seeds of the segmentation network. */
  repeats: z.int().min(1).max(50).optional(),
  /** Generators that are trained on each share of the real images. */
  generators: z.int().min(1).max(20).optional(),
  /** Draws of the few images. */
  draws: z.int().min(1).max(50).optional(),
  /** How many annotated images the arm `more-real` has more. */
  moreImages: z.int().positive().optional(),
  metric: StudyMetric.default('AP'),
  convention: z.enum(['livecell', 'coco']).default('livecell'),
  /** The smallest difference that would matter, as a fraction. */
  smallestEffect: z.number().positive().max(1).default(0.01),
  /** What must not be parted between training and test: filename:REGEX · none; by default the wells of LIVECell's names. */
  wells: z.string().optional(),
  leaveOut: z.array(z.string()).optional(),
  /** Iterations of each training of a segmentation network: the same in all arms. */
  iterations: z.int().positive().optional(),
  generatorIterations: z.int().positive().optional(),
  /** Side of the pictures that generators make, in pixels. */
  tile: z.int().positive().optional(),
  /** A study whose spread tells what this one could see. */
  pilot: z.string().optional(),
  seed: z.int().default(0),
  engine: EngineRequest.default('auto')
})
export type PlanStudyRequest = z.infer<typeof PlanStudyRequest>

/** A picture of the study with what decides where it may be used. */
export const StudyImage = z.object({
  id: z.int(),
  file: z.string(),
  class: z.string(),
  time: z.number().optional(),
  stage: z.enum(['early', 'middle', 'late']).optional(),
  well: z.string(),
  width: z.int(),
  height: z.int(),
  cells: z.int(),
  sha256: z.string(),
  split: z.enum(['train', 'validation', 'test'])
})
export type StudyImage = z.infer<typeof StudyImage>

/** A column of the table: how many real images, and how many synthetic ones. */
export const StudyColumn = z.object({
  name: z.string(),
  images: z.int(),
  share: z.number().optional(),
  synthetic: z.int(),
  arms: z.array(ArmName)
})
export type StudyColumn = z.infer<typeof StudyColumn>

/** How every segmentation network of the study is trained. */
export const SegmentationPlan = z.object({
  iterations: z.int(),
  batch: z.int(),
  width: z.enum(['full', 'half', 'quarter']),
  /** Side of the crops that it sees. */
  crop: z.int(),
  learningRate: z.number(),
  /** Share of synthetic pictures in a batch, in arms that have any. */
  syntheticShare: z.number()
})
export type SegmentationPlan = z.infer<typeof SegmentationPlan>

export const GenerationPlan = z.object({
  preset: z.enum(['demo', 'quick', 'livecell']),
  tile: z.int(),
  channels: z.enum(['gray', 'rgb']),
  iterations: z.int(),
  /** Pictures that each generator makes. */
  images: z.int()
})
export type GenerationPlan = z.infer<typeof GenerationPlan>

/** Pictures made before the study, the same in all arms. */
export const GivenPictures = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.enum(['synthetic', 'dataset']),
  images: z.int(),
  /** Why the arms are not honest: what its generator has seen. */
  leaks: z.string(),
  /** What speaks against them, as sentences: hardly a cell, cells of another size. */
  doubts: z.array(z.string()).optional()
})
export type GivenPictures = z.infer<typeof GivenPictures>

/**
 * All that decides what comes of a study, written down before its first arm (`question.json`; its SHA-256 is the study's).
 * Whatever changes later is another study.
 */
export const FrozenStudy = z.object({
  version: z.literal(1),
  program: z.string(),
  created: z.string(),
  name: z.string(),
  question: z.string(),
  design: StudyDesign,
  metric: StudyMetric,
  convention: z.enum(['livecell', 'coco']),
  smallestEffect: z.number(),
  stoppingRule: z.string(),
  confidence: z.number(),
  resamples: z.int(),
  seed: z.int(),
  engine: EngineRequest,
  dataset: z.object({ id: z.string(), name: z.string() }),
  given: GivenPictures.optional(),
  classes: z.array(z.string()),
  /** Boundaries between the stages of each class, in hours. */
  stages: z.array(z.object({ class: z.string(), early: z.array(z.number()), late: z.array(z.number()) })).optional(),
  images: z.array(StudyImage),
  columns: z.array(StudyColumn),
  /** Per draw, the ids of the training images in the order in which they are taken: the few are part of the many. */
  order: z.array(z.array(z.int())),
  moreImages: z.int(),
  repeats: z.object({ draws: z.int(), generators: z.int(), seeds: z.int() }),
  segmentation: SegmentationPlan,
  generation: GenerationPlan.optional(),
  notes: z.array(z.string())
})
export type FrozenStudy = z.infer<typeof FrozenStudy>

export const StudyState = z.enum(['planned', 'partly', 'done'])
export type StudyState = z.infer<typeof StudyState>

export const StudyVerdict = z.enum(['helps', 'harms', 'cannot-tell'])

/** One field of the table. Scores and differences are fractions. */
export const StudyCell = z.object({
  row: z.string(),
  column: z.string(),
  arm: CellArm,
  /** As the paper prints it: of the arm itself, or of the arm without synthetic images where the difference is beside it. */
  ap: z.number(),
  baseline: z.number(),
  score: z.number(),
  difference: z.number().optional(),
  interval: z.tuple([z.number(), z.number()]).optional(),
  p: z.number().optional(),
  /** The smallest p that so few independent repeats allow. */
  leastP: z.number().optional(),
  /** Holm's, over the table. */
  adjusted: z.number().optional(),
  /** What the verdict rests on: interval and p-value, or the interval alone where so few repeats allow no small p. */
  basis: z.enum(['both', 'interval']).optional(),
  verdict: StudyVerdict.optional(),
  /** The smallest difference that this comparison could have seen. */
  detectable: z.number().optional(),
  /** Repeats of the pair. */
  n: z.int(),
  images: z.int(),
  cells: z.int(),
  /** As many real images more would do the same. */
  worth: z.number().optional()
})
export type StudyCell = z.infer<typeof StudyCell>
/** Of an arm of the study itself. */
export type ArmCell = StudyCell & { readonly arm: ArmName }

export const StudyTable = z.object({
  metric: StudyMetric,
  rows: z.array(z.string()),
  columns: z.array(z.string()),
  cells: z.array(StudyCell)
})
export type StudyTable = z.infer<typeof StudyTable>

export const StudyReport = z.object({ html: z.string(), csv: z.string(), svg: z.array(z.string()) })
export type StudyReport = z.infer<typeof StudyReport>

/** The difference that a plan of so many repeats finds in four of five studies. */
export const FindableEffect = z.object({ repeats: z.int(), effect: z.number() })
export type FindableEffect = z.infer<typeof FindableEffect>

/** What a study would take, and what it could see. */
export const StudyOutlook = z.object({
  trainings: z.int(),
  generators: z.int(),
  /** Of all its tasks, one after another, and when it would end if it started now: ISO 8601. */
  seconds: z.number().optional(),
  finish: z.string().optional(),
  diskBytes: z.number(),
  /** By the spread of a pilot. */
  findable: z.array(FindableEffect).optional()
})
export type StudyOutlook = z.infer<typeof StudyOutlook>

export const StudyResult = z.object({
  study: z.object({
    id: z.string(),
    name: z.string(),
    kind: StudyDesign,
    arms: z.array(ArmName),
    repeats: z.int(),
    state: StudyState,
    done: z.int(),
    tasks: z.int(),
    question: z.string()
  }),
  table: StudyTable,
  /** The answer in sentences that can be quoted. */
  sentences: z.array(z.string()),
  report: StudyReport.optional(),
  outlook: StudyOutlook.optional(),
  notes: z.array(z.string()),
  seed: z.int()
})
export type StudyResult = z.infer<typeof StudyResult>

/** What one task of a study came to; the pictures and predictions lie in its folder. */
export const TaskRecord = z.object({
  task: z.string(),
  program: z.string(),
  question: z.string(),
  seconds: z.number(),
  engine: EngineInfo.optional(),
  /** Files of the training, and what its network or generator came to. */
  trainedOn: z.array(z.string()),
  details: z.record(z.string(), z.unknown()),
  notes: z.array(z.string())
})
export type TaskRecord = z.infer<typeof TaskRecord>

/** Without a plan, a study that is there goes on; with one it is planned first, or has to be the same. */
export const RunStudyRequest = z.object({
  study: z.string(),
  plan: PlanStudyRequest.omit({ name: true }).optional()
})
export type RunStudyRequest = z.infer<typeof RunStudyRequest>

export const OneStudy = z.object({ study: z.string() })

/** One task of a study that lies in this workspace. */
export const StudyTaskRequest = z.object({ study: z.string(), task: z.string() })
export const StudyTaskResult = z.object({ task: z.string(), state: z.enum(['done', 'was-done']) })
export type StudyTaskResult = z.infer<typeof StudyTaskResult>

export const ExportStudyRequest = z.object({
  study: z.string(),
  folder: z.string(),
  /** How many tasks a cluster works on at a time. */
  atATime: z.int().min(1).max(1000).default(20),
  /** How many tasks one job does, one after the other. */
  bundle: z.int().min(1).max(1000).default(1)
})
export type ExportStudyRequest = z.infer<typeof ExportStudyRequest>

export const ExportStudyResult = z.object({
  folder: z.string(),
  tasks: z.int(),
  /** Files that were written for schedulers, below the folder. */
  files: z.array(z.string())
})
export type ExportStudyResult = z.infer<typeof ExportStudyResult>

/** Predictions of the test images by another program: a COCO file, or a list of results. */
export const StudyPredictionsRequest = z.object({
  study: z.string(),
  file: z.string(),
  /** Of its row: of what made them. */
  name: Name
})
export type StudyPredictionsRequest = z.infer<typeof StudyPredictionsRequest>

export const CollectStudyRequest = z.object({ study: z.string(), folder: z.string() })
export type CollectStudyRequest = z.infer<typeof CollectStudyRequest>
