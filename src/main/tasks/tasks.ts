import { type AppError, refuse } from '../../shared/errors.ts'
import { type Answers } from '../../shared/drafts.ts'
import {
  hasEnded,
  inShort,
  isActive,
  type ListTasks,
  type QuitReport,
  type StartTask,
  type Task
} from '../../shared/tasks.ts'
import type { TaskBook } from './task-book.ts'
import type { PlanStep } from './work.ts'
import type { Workshop } from './workshop.ts'

/** What ended longer ago is left out of the usual list. */
const recentMilliseconds = 24 * 60 * 60 * 1000

/** So many of the newest are kept; what is older and has ended is forgotten. */
const keptTasks = 5000

/** Everything that takes longer than a moment, as people see it: started, queued, looked at, stopped and resumed. */
export class Tasks {
  readonly #book: TaskBook
  readonly #workshop: Workshop

  constructor(book: TaskBook, workshop: Workshop) {
    this.#book = book
    this.#workshop = workshop
  }

  /** @throws AppError 'usage' where the input is not one of this kind of task */
  start(request: StartTask): Task {
    return this.#begin(request, this.#book.workOf(request).parse(request.input))
  }

  list({ all, plan }: ListTasks): Task[] {
    return this.#wanted({ all, plan }).map((task) => inShort(this.#workshop.live(task)))
  }

  show(id: string): Task {
    return this.#workshop.live(this.#book.catalog.tasks.require(id))
  }

  /** Stops it at its next safe point, to go on later. */
  pause(id: string): Task {
    const task = this.#unended(id, 'be paused')
    if (task.state === 'waiting') return this.#leaveQueue(task, 'paused')
    if (task.state === 'paused') return task
    if (this.#book.workOf(task).pauses) return this.#workshop.ask(task, 'pause')
    throw refuse(`${quoted(task)} cannot be paused and resumed.`, {
      next: 'Let it finish, or cancel it and start it again later.'
    })
  }

  /** Ends it for good. What it had half made is removed. */
  async cancel(id: string): Promise<Task> {
    const task = this.#unended(id, 'be cancelled')
    if (isActive(task) && task.state !== 'waiting') return this.#workshop.ask(task, 'cancel')
    const cancelled = this.#leaveQueue(task, 'cancelled')
    await this.#book.tidy(cancelled)
    return cancelled
  }

  /** Leaves off now and keeps what there is; a plan goes on with it. */
  keep(id: string): Task {
    const task = this.#keepable(id)
    if (task.state !== 'paused') return this.#workshop.ask(task, 'keep')
    const work = this.#book.workOf(task)
    const outcome = work.settle(task)
    return this.#book.change(task.id, ({ state }) =>
      state === 'paused'
        ? { state: 'done', outcome, summary: work.summary(outcome), ended: this.#book.now() }
        : undefined
    )
  }

  /**
   * Goes on with a paused task, in this process.
   *
   * @param sitting what is asked of it from here on, where it differs from before
   */
  resume(id: string, sitting?: unknown): Task {
    const task = this.#unended(id, 'be resumed')
    this.#workshop.open()
    const worker = this.#workshop.id
    const taken = this.#book.change(task.id, (current) =>
      current.state === 'paused' ? { state: 'waiting', worker, error: undefined, sitting } : undefined
    )
    // Of two processes that ask at once, one finds it waiting in the other.
    if (taken.state !== 'waiting' || taken.worker !== worker) throw isAtWork(taken)
    this.#workshop.takeTurns()
    return this.show(task.id)
  }

  /**
   * Begins anew what ended: the same answers once more, but for those that are changed.
   *
   * @throws AppError 'usage' where a change is none that can be asked of it
   */
  again(id: string, changes: Answers = {}): Task {
    const task = this.#whole(id)
    if (!hasEnded(task)) throw isAtWork(task)
    const work = this.#book.workOf(task)
    const before = work.parseStored(task.input)
    const started = this.#begin(task, Object.keys(changes).length === 0 ? before : work.parse(changed(before, changes)))
    this.dismiss(task.id)
    return started
  }

  /** The person has seen how it ended. */
  dismiss(id: string): Task {
    const task = this.#book.catalog.tasks.require(id)
    if (!hasEnded(task)) throw isAtWork(task)
    return this.#book.change(task.id, () => ({ dismissed: true }))
  }

  /** Gives a waiting task another place in the queue for the compute engine: 0 is the front. */
  move(id: string, place: number): Task {
    const { tasks } = this.#book.catalog
    const task = tasks.require(id)
    if (task.state !== 'waiting') throw refuse(`${quoted(task)} is not waiting.`)
    const others = tasks.engineQueue().filter((other) => waitsForTurn(other) && other.id !== id)
    const after = others[place]?.rank ?? tasks.topRank + 2
    const before = others[place - 1]?.rank ?? after - 2
    const moved = this.#book.change(task.id, () => ({ rank: (before + after) / 2 }))
    this.#workshop.takeTurns()
    return moved
  }

  /** What has the compute engine that a task waits for, or waits in front of it. */
  inFrontOf(id: string): Task | undefined {
    const queue = this.#book.catalog.tasks.engineQueue().filter(({ worker }) => worker !== undefined)
    const place = queue.findIndex((task) => task.id === id)
    return queue.slice(0, Math.max(0, place)).at(-1) ?? queue.find(({ state }) => state !== 'waiting')
  }

  /** What happens to tasks when this process ends now. */
  whenQuitting(): QuitReport {
    const active = this.#book.catalog.tasks.active().filter(({ plan }) => plan === undefined)
    const mine = active.filter(({ worker }) => worker === this.#workshop.id)
    const live = mine.map((task) => this.#workshop.live(task))
    const pauses = (task: Task): boolean => task.state === 'waiting' || this.#book.workOf(task).pauses
    return {
      goesOn: active.filter((task) => !mine.includes(task)),
      pauses: live.filter(pauses),
      lost: live.filter((task) => !pauses(task))
    }
  }

  #begin(request: StartTask, input: unknown): Task {
    const book = this.#book
    const work = book.workOf(request)
    this.#workshop.open()
    const task = book.newTask(request, input, work.nameOf(input), { worker: this.#workshop.id })
    const steps = work.plan?.steps(input) ?? []
    const all = [task, ...steps.map((step) => this.#partOf(task, step))]
    book.catalog.transaction(() => {
      book.catalog.tasks.keepNewest(keptTasks)
      for (const each of all) book.catalog.tasks.insert(each, book.workOf(each).computes)
    })
    all.forEach((each) => book.tell(each))
    this.#workshop.takeTurns()
    return this.show(task.id)
  }

  /** A list of thousands is read only where it is asked for. */
  #wanted({ all, plan }: ListTasks): Task[] {
    const { tasks } = this.#book.catalog
    if (plan === undefined && all) return tasks.list()
    const since = Date.parse(this.#book.now()) - recentMilliseconds
    if (plan === undefined) return tasks.current(new Date(since))
    const isRecent = (task: Task): boolean => !task.dismissed && Date.parse(task.ended ?? task.created) > since
    return tasks.parts(plan).filter((task) => all || !hasEnded(task) || isRecent(task))
  }

  #partOf({ id, beside }: Task, { kind, input, name }: PlanStep): Task {
    return this.#book.newTask({ kind, input, beside }, input, name, { plan: id })
  }

  #leaveQueue(task: Task, state: 'paused' | 'cancelled'): Task {
    const left = this.#book.leaveQueue(task, state)
    this.#workshop.forget(task.id)
    return left
  }

  /** The task, or the plan that it is part of: a plan is paused, resumed and cancelled as a whole. */
  #whole(id: string): Task {
    const task = this.#book.catalog.tasks.require(id)
    return task.plan === undefined ? task : this.#book.catalog.tasks.require(task.plan)
  }

  #unended(id: string, what: string): Task {
    const task = this.#whole(id)
    if (hasEnded(task)) throw refuse(`${quoted(task)} is over (${task.state}) and cannot ${what}.`)
    return task
  }

  /** The task, or what is at work of a plan. */
  #keepable(id: string): Task {
    const { tasks } = this.#book.catalog
    const task = tasks.require(id)
    const parts = tasks.parts(task.id)
    const candidate = parts.length === 0 ? task : (parts.find((part) => !hasEnded(part)) ?? task)
    if (!hasEnded(candidate) && candidate.state !== 'waiting' && this.#book.workOf(candidate).keeps) return candidate
    throw refuse(`${quoted(task)} has nothing to keep now.`, { next: 'Let it continue, or cancel it.' })
  }
}

function changed(before: unknown, changes: Answers): unknown {
  return typeof before === 'object' && before !== null ? { ...before, ...changes } : before
}

/** Parts of a plan that have not begun wait as well, but not for their turn. */
function waitsForTurn({ state, worker }: Task): boolean {
  return state === 'waiting' && worker !== undefined
}

function quoted({ kind, name }: Task): string {
  return `The task “${name}” (${kind})`
}

function isAtWork(task: Task): AppError {
  return refuse(`${quoted(task)} is ${task.state}.`, {
    next: 'It may be worked on by another window or terminal. Look at the list of tasks.'
  })
}
