import { z } from 'zod'
import { type WireError } from './errors.ts'
import { type Task } from './tasks.ts'
import { thingId } from './things.ts'

/** The steps of "Try the sample", in order: `first` makes pictures with the built-in model, as it is. */
export const DemoStep = z.enum(['first', 'import', 'prepare', 'train', 'evaluate', 'generate', 'package'])
export type DemoStep = z.infer<typeof DemoStep>

/** A step of the sample as a page shows it. */
export interface StepState {
  readonly step: DemoStep
  readonly state: 'waiting' | 'running' | 'paused' | 'done' | 'failed' | 'cancelled'
  readonly done: number
  readonly total: number
  readonly secondsLeft?: number | undefined
  /** What the step came to, in a few words, once it is done. */
  readonly outcome?: string | undefined
}

export const DemoResult = z.object({
  /** Ids of what was made; `first` is the set that the built-in model made before it learned from the sample. */
  first: z.string(),
  dataset: z.string(),
  prepared: z.string(),
  run: z.string(),
  synthetic: z.string(),
  package: z.object({ file: z.string(), bytes: z.int(), sha256: z.string() }),
  /** Overview pictures of the first set and of the last one, a row for each class. Paths on this computer. */
  pictures: z.array(z.string()),
  /** What was made, how good it is, where it is, and what comes next. */
  sentences: z.array(z.string()),
  seconds: z.number(),
  seed: z.int()
})
export type DemoResult = z.infer<typeof DemoResult>

/** The sample as a page shows it. */
export interface DemoState {
  readonly state: 'idle' | 'running' | 'stopping' | 'paused' | 'done' | 'failed' | 'cancelled'
  readonly steps: readonly StepState[]
  /** Id of the set of first pictures, once it is there. */
  readonly first?: string | undefined
  /** Id of the run, once training has begun: its history and sample sheets can be followed. */
  readonly run?: string | undefined
  readonly notices: readonly string[]
  readonly problem?: Omit<WireError, 'kind'> | undefined
  readonly result?: DemoResult | undefined
}

export const DemoRequest = z.object({
  /** Minutes of training, roughly; the first pictures come before. */
  minutes: z.number().positive().max(600).optional(),
  seed: z.int().default(0),
  /** Id of a set that the built-in model made before: it is the first step, and is not made again. */
  first: thingId.optional(),
  engine: z.enum(['auto', 'native-gpu', 'native-cpu', 'webgpu', 'wasm', 'cpu']).default('auto')
})
export type DemoRequest = z.infer<typeof DemoRequest>

/** The sample's plan and its tasks, as a page shows them; without a plan, how it would begin. */
export function demoState(plan: Task | undefined, parts: readonly Task[]): DemoState {
  const partOf = (step: DemoStep) => parts.find(({ name }) => name === step)
  const made = DemoRequest.safeParse(plan?.input).data?.first
  const steps = DemoStep.options.map((step) =>
    step === 'first' && made !== undefined
      ? ({ step, state: 'done', done: 1, total: 1 } as const)
      : stepState(step, partOf(step))
  )
  const first = partOf('first')
  if (plan === undefined) return { state: 'idle', steps, notices: [] }
  const { kind: _, ...problem } = plan.error ?? { kind: '', message: '' }
  return {
    state: planStates[plan.state],
    steps,
    first: made ?? (first?.state === 'done' ? first.thing : undefined),
    run: partOf('train')?.thing,
    notices: parts.flatMap(({ notices }) => notices),
    problem: plan.error && problem,
    result: DemoResult.safeParse(plan.outcome).data
  }
}

const planStates = {
  waiting: 'running',
  running: 'running',
  stopping: 'stopping',
  paused: 'paused',
  interrupted: 'paused',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled'
} as const satisfies Record<Task['state'], DemoState['state']>

const stepStates = {
  waiting: 'waiting',
  running: 'running',
  stopping: 'running',
  paused: 'paused',
  interrupted: 'paused',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled'
} as const satisfies Record<Task['state'], StepState['state']>

function stepState(step: DemoStep, part: Task | undefined): StepState {
  if (part === undefined) return { step, state: 'waiting', done: 0, total: 1 }
  const { state, done = 0, total = 1, secondsLeft, summary } = part
  return { step, state: stepStates[state], done, total, secondsLeft, outcome: summary }
}
