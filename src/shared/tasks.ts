import { z } from 'zod'
import { WireError } from './errors.ts'

export const TaskId = z.string().brand('TaskId')
export type TaskId = z.infer<typeof TaskId>

/** Whatever takes longer than a moment. `sample` and `study` are plans: they consist of other tasks. */
export const TaskKind = z.enum([
  'look',
  'import',
  'prepare',
  'train',
  'resume',
  'evaluate',
  'generate',
  'segment',
  'predict',
  'score',
  'package',
  'verify',
  'open',
  'engine-build',
  'engine-install',
  'estimate',
  'sample',
  'study',
  'study-task'
])
export type TaskKind = z.infer<typeof TaskKind>

export interface Abilities {
  /** It needs the compute engine, which is given to one task at a time. */
  readonly computes?: boolean
  /** It can stop in the middle and go on from there. */
  readonly pauses?: boolean
  /** What it has made by then is of use when it is told to leave off. */
  readonly keeps?: boolean
  /** What it came to names single files, thousands perhaps: `tasks.show` tells it, lists and events leave it out. */
  readonly isLong?: boolean
}

/** What can be asked of each kind of task while it is at work, and what it takes. Every one can be cancelled. */
export const abilities: Readonly<Record<TaskKind, Abilities>> = {
  look: { isLong: true },
  import: { isLong: true },
  prepare: { isLong: true },
  train: { computes: true, pauses: true, keeps: true },
  resume: { computes: true, pauses: true, keeps: true },
  evaluate: { computes: true },
  generate: { computes: true },
  segment: { computes: true, pauses: true, keeps: true },
  predict: { computes: true, isLong: true },
  score: { isLong: true },
  package: {},
  verify: {},
  open: {},
  'engine-build': {},
  'engine-install': {},
  estimate: {},
  sample: { pauses: true },
  study: { pauses: true, isLong: true },
  'study-task': { computes: true, pauses: true }
}

/**
 * waiting: for its turn · running · stopping: was asked to, and is on its way to a safe point · paused: can go on from
 * where it is · done · failed: see `error` · cancelled: by a person · interrupted: the program went away, and what was
 * half made is gone.
 */
export const TaskState = z.enum([
  'waiting',
  'running',
  'stopping',
  'paused',
  'done',
  'failed',
  'cancelled',
  'interrupted'
])
export type TaskState = z.infer<typeof TaskState>

/** Why a task was asked to stop: to go on later · to leave off and keep what there is · for good. */
export const Wish = z.enum(['pause', 'keep', 'cancel'])
export type Wish = z.infer<typeof Wish>

export const Task = z.object({
  id: TaskId,
  kind: TaskKind,
  /** What it is about, as people call it. */
  name: z.string(),
  state: TaskState,
  /** The request that it carries out; in a plan it may name outcomes of earlier tasks. */
  input: z.unknown(),
  stage: z.string().optional(),
  done: z.number().optional(),
  total: z.number().optional(),
  secondsLeft: z.number().optional(),
  created: z.string(),
  started: z.string().optional(),
  ended: z.string().optional(),
  /** Seconds that it has been worked on, over all sittings. */
  seconds: z.number().default(0),
  /** The task whose part this is. */
  plan: TaskId.optional(),
  /** Id of the thing that it makes or works on, once there is one: a run while it trains. */
  thing: z.string().optional(),
  /** Sentences that the person should see although the work goes on. */
  notices: z.array(z.string()).default([]),
  /** What is asked of it from where it paused, where that differs from its input. */
  sitting: z.unknown().optional(),
  error: WireError.optional(),
  outcome: z.unknown().optional(),
  /** What it came to, in a few words. */
  summary: z.string().optional(),
  /** It does not wait for the compute engine. */
  beside: z.boolean().default(false),
  /** The person has seen how it ended. */
  dismissed: z.boolean().default(false),
  /** The process that works on it, or in which it waits. */
  worker: z.string().optional(),
  /** Its place among those that wait for the compute engine: lower goes first. */
  rank: z.number()
})
export type Task = z.infer<typeof Task>

export const StartTask = z.object({
  kind: TaskKind,
  input: z.unknown(),
  /** Start at once, also while another task has the compute engine. */
  beside: z.boolean().default(false)
})
export type StartTask = z.infer<typeof StartTask>

export const ListTasks = z.object({
  /** Also what ended long ago or was dismissed. */
  all: z.boolean().default(false),
  /** Only the parts of this one. */
  plan: TaskId.optional()
})
export type ListTasks = z.infer<typeof ListTasks>

/** What happens to tasks when this process ends now. */
export const QuitReport = z.object({
  /** Worked on by another process. */
  goesOn: z.array(Task),
  /** Stops at a safe point, or waits, and can go on. */
  pauses: z.array(Task),
  /** Would have to begin anew. */
  lost: z.array(Task)
})
export type QuitReport = z.infer<typeof QuitReport>

/** A task as lists and events carry it, many at a time. */
export function inShort(task: Task): Task {
  if (abilities[task.kind].isLong !== true) return task
  const { outcome: _, ...rest } = task
  return rest
}

/** Neither waiting nor worked on. */
export function hasEnded({ state }: Pick<Task, 'state'>): boolean {
  return ['done', 'failed', 'cancelled', 'interrupted'].includes(state)
}

/** Waiting, or worked on: some process has it. */
export function isActive({ state }: Pick<Task, 'state'>): boolean {
  return ['waiting', 'running', 'stopping'].includes(state)
}

/** What a person can ask of a task. */
export type Asked = Wish | 'resume' | 'again' | 'dismiss'

/**
 * What can be asked of a task as it is now, the most likely first.
 *
 * @param parts where it is a plan: "keep" reaches the one that is at work
 */
export function askable(task: Task, parts: readonly Task[] = []): Asked[] {
  const atWork = parts.find((part) => !hasEnded(part)) ?? task
  const can = { pause: canPause(task), keep: canKeep(atWork) }
  return askedIn[task.state].filter((asked) => (asked === 'pause' || asked === 'keep' ? can[asked] : true))
}

/** What can be asked in each state of a task that can do everything. */
const askedIn: Readonly<Record<TaskState, readonly Asked[]>> = {
  waiting: ['pause', 'cancel'],
  running: ['pause', 'keep', 'cancel'],
  stopping: ['cancel'],
  paused: ['resume', 'keep', 'cancel'],
  done: ['dismiss'],
  failed: ['again', 'dismiss'],
  cancelled: ['again', 'dismiss'],
  interrupted: ['again', 'dismiss']
}

/** Whatever waits can leave the queue for a while. */
function canPause({ kind, state }: Task): boolean {
  return state === 'waiting' || abilities[kind].pauses === true
}

/** One that was cut off before it could say how far it is has to be resumed first. */
function canKeep({ kind, state, outcome }: Task): boolean {
  return abilities[kind].keeps === true && (state === 'running' || (state === 'paused' && outcome !== undefined))
}

/** A part of a plan's input that stands for what an earlier task came to: `outcome` of the task at `step`, by `path`. */
export const OutcomeOf = z.object({ outcomeOf: z.int().nonnegative(), path: z.array(z.string()) })
export type OutcomeOf = z.infer<typeof OutcomeOf>

/**
 * The input of a task in a plan, with the outcomes of earlier ones put in.
 *
 * @param outcomes of the plan's tasks, in order
 */
export function resolveInput(input: unknown, outcomes: readonly unknown[]): unknown {
  const reference = OutcomeOf.safeParse(input)
  if (reference.success) {
    const { outcomeOf, path } = reference.data
    return path.reduce<unknown>((value, key) => field(value, key), outcomes[outcomeOf])
  }
  if (Array.isArray(input)) return input.map((part) => resolveInput(part, outcomes))
  if (typeof input !== 'object' || input === null) return input
  return Object.fromEntries(Object.entries(input).map(([key, part]) => [key, resolveInput(part, outcomes)]))
}

function field(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return Object.entries(value).find(([name]) => name === key)?.[1]
}
