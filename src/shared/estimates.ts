import { z } from 'zod'
import { InspectRequest } from './datasets.ts'
import { PrepareRequest } from './masks.ts'
import { CreatePackageRequest } from './packages.ts'
import { Remedy } from './remedies.ts'
import { EngineInfo, EngineName, TrainRequest } from './runs.ts'
import { FindableEffect, PlanStudyRequest } from './studies.ts'
import { GenerateRequest } from './synthetic.ts'

/** The same answers as for the work itself; names of what would be made are not needed. */
export const EstimateRequest = z.discriminatedUnion('of', [
  TrainRequest.omit({ name: true }).extend({ of: z.literal('train') }),
  InspectRequest.extend({ of: z.literal('import') }),
  PrepareRequest.omit({ name: true }).extend({ of: z.literal('prepare') }),
  GenerateRequest.omit({ name: true }).extend({ of: z.literal('generate') }),
  CreatePackageRequest.partial({ out: true }).extend({ of: z.literal('package') }),
  PlanStudyRequest.omit({ name: true }).extend({ of: z.literal('study') })
])
export type EstimateRequest = z.infer<typeof EstimateRequest>

/**
 * The memory that the engine would need and could have, in bytes, and what sets the limit: what is free on this computer,
 * the addresses of WebAssembly, or a limit that the user chose (`CYTOLOOM_MEMORY_GB`).
 */
export const MemoryOutlook = z.object({
  neededBytes: z.number(),
  availableBytes: z.number(),
  limit: z.enum(['computer', 'webassembly', 'chosen'])
})
export type MemoryOutlook = z.infer<typeof MemoryOutlook>

/** Seconds that each part of a training takes: its start, then one of each. */
export const StageEstimate = z.object({
  start: z.number(),
  iteration: z.number(),
  evaluation: z.number(),
  safePoint: z.number(),
  sample: z.number()
})
export type StageEstimate = z.infer<typeof StageEstimate>

/** The same work with one thing changed, so that it would fit, and what it would take then. */
export const WayToFit = z.object({
  remedy: Remedy,
  engine: EngineName.optional(),
  /** Side of the tiles, in pixels. */
  tile: z.int().optional(),
  neededBytes: z.number(),
  seconds: z.number(),
  finish: z.string()
})
export type WayToFit = z.infer<typeof WayToFit>

/** What some work would take. */
export const Estimate = z.object({
  /** From the start to the end; where it does not fit, as if it did. */
  seconds: z.number(),
  /** When it would end if it started now: ISO 8601. */
  finish: z.string(),
  /** The most that it takes on the disk at a time. */
  diskBytes: z.number(),
  diskFreeBytes: z.number(),
  /** Absent where no engine is needed, and on graphics cards, which do not tell. */
  memory: MemoryOutlook.optional(),
  /** In memory and on the disk. */
  fits: z.boolean(),
  wouldFit: z.array(WayToFit).optional(),
  /** Of training. */
  secondsPerIteration: z.number().optional(),
  stages: StageEstimate.optional(),
  iterations: z.int().optional(),
  engine: EngineInfo.optional(),
  /** Of a study: its tasks, and by a pilot what plans of so many repeats would find. */
  trainings: z.int().optional(),
  generators: z.int().optional(),
  findable: z.array(FindableEffect).optional(),
  /** What to know of the numbers, as sentences. */
  notes: z.array(z.string())
})
export type Estimate = z.infer<typeof Estimate>

export const EstimateResult = z.object({ of: z.string(), estimate: Estimate })
export type EstimateResult = z.infer<typeof EstimateResult>
