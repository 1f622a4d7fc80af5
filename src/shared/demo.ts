import { z } from 'zod'
import { WireError } from './errors.ts'

/** The steps of "Try the sample", in order. */
export const DemoStep = z.enum(['import', 'prepare', 'train', 'evaluate', 'generate', 'package'])
export type DemoStep = z.infer<typeof DemoStep>

export const StepState = z.object({
  step: DemoStep,
  state: z.enum(['waiting', 'running', 'paused', 'done', 'failed', 'cancelled']),
  done: z.number(),
  total: z.number(),
  secondsLeft: z.number().optional(),
  /** What the step came to, in a few words, once it is done. */
  outcome: z.string().optional()
})
export type StepState = z.infer<typeof StepState>

export const DemoResult = z.object({
  dataset: z.string(),
  prepared: z.string(),
  run: z.string(),
  synthetic: z.string(),
  package: z.object({ file: z.string(), bytes: z.int(), sha256: z.string() }),
  /** Overview pictures: a generated image beside its mask, a row per class. Paths on this computer. */
  pictures: z.array(z.string()),
  /** What was made, how good it is, where it is: three sentences. */
  sentences: z.array(z.string()),
  seconds: z.number(),
  seed: z.int()
})
export type DemoResult = z.infer<typeof DemoResult>

export const DemoState = z.object({
  state: z.enum(['idle', 'running', 'paused', 'done', 'failed', 'cancelled']),
  steps: z.array(StepState),
  /** Id of the run, once training has begun: its history and sample sheets can be followed. */
  run: z.string().optional(),
  notices: z.array(z.string()),
  problem: WireError.omit({ kind: true }).optional(),
  result: DemoResult.optional()
})
export type DemoState = z.infer<typeof DemoState>

export const DemoRequest = z.object({
  /** Minutes of training, roughly. */
  minutes: z.number().positive().max(600).optional(),
  seed: z.int().default(0),
  engine: z.enum(['auto', 'native-gpu', 'native-cpu', 'webgpu', 'wasm', 'cpu']).default('auto')
})
export type DemoRequest = z.infer<typeof DemoRequest>
