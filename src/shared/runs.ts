import { z } from 'zod'
import { Name } from './datasets.ts'
import { InnerPath, tending, thingId } from './things.ts'
import {
  AdversarialLoss,
  Augmentation,
  Discriminators,
  Freeze,
  GeneratorKind,
  MaskCode,
  Recipe,
  SkipPath,
  TrainingSettings
} from './training.ts'

export const RunId = thingId.brand('RunId')
export type RunId = z.infer<typeof RunId>

export const EngineName = z.enum(['native-gpu', 'native-cpu', 'webgpu', 'wasm', 'cpu'])
export type EngineName = z.infer<typeof EngineName>

export const EngineRequest = z.enum(['auto', ...EngineName.options])
export type EngineRequest = z.infer<typeof EngineRequest>

export const EngineInfo = z.object({ name: z.string(), library: z.string(), device: z.string(), threads: z.int() })
export type EngineInfo = z.infer<typeof EngineInfo>

/**
 * running: an engine works on it · paused: at a safe point, to go on later · stopped: ended before its last iteration,
 * because its minutes were over or with the wish to keep what there was; can go on · finished: can be extended ·
 * failed: see `problem`.
 */
export const RunState = z.enum(['running', 'paused', 'stopped', 'finished', 'failed'])
export type RunState = z.infer<typeof RunState>

export const Best = z.object({ iteration: z.int(), metric: z.string(), value: z.number() })
export type Best = z.infer<typeof Best>

export const Run = z.object({
  id: RunId,
  name: z.string(),
  created: z.string(),
  /** Id of the prepared set it learns from. */
  prepared: thingId,
  /** What it went on from, where it was not started from nothing. */
  from: z.string().optional(),
  state: RunState,
  problem: z.string().optional(),
  iteration: z.int(),
  best: Best.optional(),
  parameters: z.object({ generator: z.int(), discriminator: z.int() }).optional(),
  engine: EngineInfo.optional(),
  secondsPerIteration: z.number().optional(),
  classes: z.array(z.string()),
  settings: TrainingSettings,
  ...tending
})
export type Run = z.infer<typeof Run>

export const Checkpoint = z.object({
  iteration: z.int(),
  /** Folder below `runs/<id>/checkpoints/`. */
  folder: InnerPath,
  isBest: z.boolean()
})
export type Checkpoint = z.infer<typeof Checkpoint>

export const TrainRequest = z.object({
  prepared: z.string(),
  name: Name,
  preset: z.enum(['demo', 'quick', 'livecell', 'tissuenet']).default('quick'),
  /** Networks as they proved best here, or as the paper has them (src/shared/presets.ts). Absent: as the preset has it. */
  recipe: Recipe.optional(),
  generator: GeneratorKind.optional(),
  discriminators: Discriminators.optional(),
  iterations: z.int().positive().optional(),
  batch: z.int().positive().optional(),
  /** Samples that are computed at a time, for less memory; a divisor of the batch. */
  microBatch: z.int().positive().optional(),
  learningRate: z.number().positive().optional(),
  warmUp: z.int().nonnegative().optional(),
  mappingLayers: z.int().positive().optional(),
  /** Whether a mask is made with the image. The paper's generator makes one, the baseline of Table 1 does not. */
  mask: z.boolean().optional(),
  /** How the mask is written for the networks; that of the model where one is gone on from, else the paper's. */
  maskCode: MaskCode.optional(),
  /** The letter of the published recipe instead of our departures from it (src/shared/presets.ts). */
  paper: z.boolean().default(false),
  skipPath: SkipPath.optional(),
  /** All augmentations that are on; `diffaug` stands for its three parts. */
  augment: z.array(z.enum(['ada', 'apa', 'diffaug', 'color', 'translation', 'cutout'])).optional(),
  adaGeometry: Augmentation.shape.ada.unwrap().exclude(['off']).optional(),
  adaTarget: z.number().min(-1).max(1).optional(),
  adaKimg: z.number().positive().optional(),
  /** Standard deviation of the noise on the mask that the discriminator sees; 0: none. */
  maskNoise: z.number().nonnegative().optional(),
  /** The loss of each sample for itself, or of a real and a synthetic one together. */
  adversarial: AdversarialLoss.optional(),
  /** The gradient penalty on synthetic samples, too. */
  r2: z.boolean().optional(),
  r1Gamma: z.number().nonnegative().optional(),
  /** Weight of LeCam regularisation; 0: none. */
  leCam: z.number().nonnegative().optional(),
  /** Weight of real masks moved off their images, for a discriminator of masks; 0: none. */
  misplacedMasks: z.number().nonnegative().optional(),
  /** Iterations between the steps of a regulariser; 0 turns it off. */
  r1Interval: z.int().nonnegative().optional(),
  pathLengthInterval: z.int().nonnegative().optional(),
  evaluateEvery: z.int().positive().optional(),
  minutes: z.number().positive().optional(),
  seed: z.int().default(0),
  engine: EngineRequest.default('auto'),
  /** A prepared set of images without annotation, for separate discriminators: that of the image sees its tiles as well. */
  unannotated: z.string().optional(),
  /** What of the model that it starts from stays as it is. */
  freeze: Freeze.exclude(['none']).optional(),
  /** A run's name or id whose best model is taken as the start, with a fresh optimiser. */
  from: z.string().optional()
})
export type TrainRequest = z.infer<typeof TrainRequest>

export const TrainResult = z.object({
  run: Run,
  parameters: z.object({ generator: z.int(), discriminator: z.int() }),
  secondsPerIteration: z.number(),
  /** Path of the run's history, relative to the workspace. */
  history: z.string(),
  notices: z.array(z.string()),
  seed: z.int(),
  engine: EngineInfo
})
export type TrainResult = z.infer<typeof TrainResult>
