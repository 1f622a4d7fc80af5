import { z } from 'zod'
import { EngineInfo, EngineRequest } from './runs.ts'
import { ClassHealth, MaskFit } from './set-report.ts'
import { ScoreAnchors } from './training.ts'

/** How pictures reach the size of the Inception network; published scores differ in it (docs/method.md §7.2). */
export const InceptionResize = z.enum(['tf1', 'pytorch', 'clean'])
export type InceptionResize = z.infer<typeof InceptionResize>

/** Which network looks at the pictures: the built-in one, or the published one from a file that the user has. */
export const FeatureChoice = z.discriminatedUnion('network', [
  z.object({ network: z.literal('effnet') }),
  z.object({
    network: z.literal('inception'),
    file: z.string(),
    resize: InceptionResize,
    /** Take other weights than the published ones, and do not call the scores FID and KID. */
    anyWeights: z.boolean()
  })
])
export type FeatureChoice = z.infer<typeof FeatureChoice>

export const EvaluateRequest = z.object({
  run: z.string(),
  checkpoint: z.int().optional(),
  /** Real pictures in all, and as many synthetic ones. */
  count: z.int().positive().optional(),
  /** `effnet`, or `inception:FILE`. */
  features: z.string().default('effnet'),
  resize: InceptionResize.default('tf1'),
  anyWeights: z.boolean().default(false),
  seed: z.int().default(0),
  engine: EngineRequest.default('auto')
})
export type EvaluateRequest = z.infer<typeof EvaluateRequest>

const Neighbours = { precision: z.number(), recall: z.number(), density: z.number(), coverage: z.number() }

/** A synthetic picture and the real tile nearest to it. */
export const NearestTile = z.object({
  /** Of the synthetic picture among those made with this seed. */
  number: z.int(),
  class: z.string(),
  distance: z.number(),
  tile: z.object({ image: z.string(), x: z.int(), y: z.int() })
})

/** Whether synthetic pictures repeat real ones. */
export const MemorizationReport = z.object({
  /** A distance below which only five in a hundred real tiles have one of another image. */
  threshold: z.number().optional(),
  /** Share of the synthetic pictures nearer than that to a real tile; `expected` where nothing is repeated. */
  share: z.number().optional(),
  expected: z.number(),
  /** Those nearer than the threshold, and at least eight; nearest first. */
  nearest: z.array(NearestTile),
  /** The nearest pairs as a picture; its path is relative to the workspace. */
  picture: z.string()
})
export type MemorizationReport = z.infer<typeof MemorizationReport>

/** What made the features, and how scores of them are called. */
export const FeatureDescription = z.object({
  /** The Fréchet distance's name: `FD-EffNet`, or `FID` where it is the published one. */
  name: z.string(),
  kernelName: z.string(),
  network: z.string(),
  /** Of the file of weights. */
  sha256: z.string(),
  resize: InceptionResize.optional()
})
export type FeatureDescription = z.infer<typeof FeatureDescription>

export const EvaluationResult = z.object({
  features: FeatureDescription,
  iteration: z.int(),
  metrics: z.array(
    z.object({
      class: z.string(),
      frechet: z.number(),
      kernel: z.number(),
      /** Over subsets of the pictures. */
      kernelSd: z.number(),
      ...Neighbours,
      real: z.int(),
      fake: z.int(),
      /** The Fréchet distance between two halves of the real pictures. */
      realHalves: z.number().optional(),
      /** The Fréchet distance of blank pictures to the real ones. */
      empty: z.number().optional(),
      /** From 0, as real pictures, to 1, as blank ones; more is possible. */
      cellDistance: z.number().optional(),
      /** The cell distance between two halves of the real pictures. */
      cellDistanceOfHalves: z.number().optional(),
      note: z.string().optional()
    })
  ),
  /** Plain mean over the classes. */
  mean: z.object({ frechet: z.number(), kernel: z.number(), ...Neighbours, cellDistance: z.number().optional() }),
  /** The ends of both scales, in the mean over the classes. */
  anchors: z.object({ frechet: ScoreAnchors, cellDistance: ScoreAnchors }).optional(),
  /** Whether the cell distance found cells in masks, or where there are none by brightness. */
  cellsFrom: z.enum(['masks', 'brightness']).optional(),
  memorization: MemorizationReport,
  /** Absent where the run makes no masks, or neither side shows a cell. */
  maskFit: MaskFit.optional(),
  /** What the masks show, by class; absent where the run makes none. */
  health: z.array(ClassHealth).optional(),
  notes: z.array(z.string()),
  seed: z.int(),
  engine: EngineInfo
})
export type EvaluationResult = z.infer<typeof EvaluationResult>
