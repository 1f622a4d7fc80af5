import type { Progress } from '../../shared/api.ts'
import type { StartTask, Task, TaskKind, Wish } from '../../shared/tasks.ts'

/** What work gets besides its input: how it is told to stop, and how it tells how far it is. */
export interface WorkContext {
  /** Aborted when the work is to stop at its next safe point; `wish` tells what for. */
  readonly signal: AbortSignal
  readonly wish: () => Wish | undefined
  readonly progress: (progress: Progress) => void
  readonly notice: (text: string) => void
  /** Tells the id of what the work makes, as soon as there is one that can be followed. */
  readonly thingBegun: (id: string) => void
}

/** One kind of task: what it does, and what can be asked of it meanwhile. */
export interface Work {
  /** It needs the compute engine, which is given to one task at a time. */
  readonly computes: boolean
  /** It can stop in the middle and go on from there. */
  readonly pauses: boolean
  /** What it has made by then is of use when it is told to leave off. */
  readonly keeps: boolean
  /** The input, checked and complete. @throws AppError 'usage' */
  readonly parse: (input: unknown) => unknown
  /** The same for one that was stored, maybe by another version. @throws AppError 'usage' */
  readonly parseStored: (input: unknown) => unknown
  /** What a person calls it. */
  readonly nameOf: (input: unknown) => string
  readonly run: (input: unknown, context: WorkContext, task: Task) => Promise<unknown>
  /** Whether it came to its end, or stopped on the way and can go on. */
  readonly isPaused: (outcome: unknown) => boolean
  readonly summary: (outcome: unknown) => string
  /** After it failed: whether what it works on can go on. */
  readonly canGoOn: (task: Task) => boolean
  /** Takes away what a cancelled task leaves. */
  readonly discard: (task: Task) => Promise<void>
  /** Ends a paused task as it is. */
  readonly settle: (task: Task) => unknown
  readonly plan?: Plan
}

/** A task that consists of others, one after another. */
export interface Plan {
  readonly steps: (input: unknown) => readonly PlanStep[]
  /** What is said when a part is done. */
  readonly notice: (part: Task) => string
  /** What came of all of them together. */
  readonly conclude: (plan: Task, parts: readonly Task[]) => Promise<unknown>
}

/** Its input may name outcomes of earlier steps (`OutcomeOf`). */
export type PlanStep = Pick<StartTask, 'kind' | 'input'> & { readonly name: string }

export type Works = Readonly<Record<TaskKind, Work>>
