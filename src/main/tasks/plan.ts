import type { Progress } from '../../shared/api.ts'
import { resolveInput, type Task, type TaskId, type Wish } from '../../shared/tasks.ts'
import type { Sitting } from './sitting.ts'
import type { TaskBook } from './task-book.ts'
import type { Plan } from './work.ts'

/** Who works on the parts of a plan: this process, as on any other task. */
export interface PartsWorker {
  readonly begin: (part: Task, input: unknown) => Promise<Task>
  readonly ask: (part: Task, wish: Wish) => Task
  readonly follow: (id: TaskId, follower: Follower) => Promise<Task>
}

/** Who follows a task from where it was asked for. */
export interface Follower {
  /** Aborted when the person wants it to stop: it pauses where it can, and is cancelled where it cannot. */
  readonly signal: AbortSignal
  /** What it is to stop for, where that is something else. */
  readonly wish?: (() => Wish | undefined) | undefined
  readonly progress: (progress: Progress) => void
  readonly notice?: ((text: string) => void) | undefined
}

/**
 * Works through the parts of a plan, one after another, from the first that is not done: a plan that was paused, or whose
 * process was killed, goes on where it was.
 *
 * @returns what came of all together, or undefined where it paused
 */
export async function runPlan(worker: PartsWorker, book: TaskBook, plan: Plan, sitting: Sitting): Promise<unknown> {
  for (;;) {
    const parts = book.catalog.tasks.parts(sitting.task.id)
    const position = parts.findIndex(({ state }) => state !== 'done')
    const part = parts[position]
    if (part === undefined) return plan.conclude(sitting.task, parts)
    if (sitting.signal.aborted) return undefined
    const outcomes = parts.map(({ outcome }) => outcome)
    const begun = await worker.begin(part, resolveInput(part.input, outcomes))
    const ended = await followPart(worker, begun, sitting, {
      pauses: book.workOf(part).pauses,
      share: (share) => ({ done: position + share, total: parts.length })
    })
    if (ended.state === 'paused') return undefined
    sitting.notice(plan.notice(ended))
  }
}

interface Part {
  readonly pauses: boolean
  /** How far the plan is when the part has done this share of its work. */
  readonly share: (share: number) => { readonly done: number; readonly total: number }
}

async function followPart(worker: PartsWorker, begun: Task, sitting: Sitting, part: Part): Promise<Task> {
  const passOn = (): void => {
    if (sitting.wish() === 'cancel') worker.ask(begun, 'cancel')
    else if (part.pauses) worker.ask(begun, 'pause') // what cannot pause is short, and comes to its end
  }
  sitting.signal.addEventListener('abort', passOn)
  if (sitting.signal.aborted) passOn()
  try {
    return await worker.follow(begun.id, {
      signal: never,
      notice: sitting.notice,
      progress: ({ done, total, secondsLeft }) =>
        sitting.progress({
          stage: begun.name,
          ...part.share(total > 0 ? Math.min(1, done / total) : 0),
          ...(secondsLeft === undefined ? {} : { secondsLeft })
        })
    })
  } finally {
    sitting.signal.removeEventListener('abort', passOn)
  }
}

/** What a plan wishes of its parts is told to them one by one. */
const never = new AbortController().signal
