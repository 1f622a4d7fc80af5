import { AppError, fromWireError, toWireError } from '../../shared/errors.ts'
import { hasEnded, type Task, type TaskId, type Wish } from '../../shared/tasks.ts'
import { isMade, lostTasks, settleLost } from './lost.ts'
import { type Follower, runPlan } from './plan.ts'
import type { Presence } from './presence.ts'
import { Sitting } from './sitting.ts'
import type { TaskBook } from './task-book.ts'
import { whoseTurn } from './turns.ts'

/** The tasks that this process works on, or that wait in it for their turn. */
export class Workshop {
  readonly #book: TaskBook
  readonly #presence: Presence
  readonly #log: (thrown: unknown) => void
  readonly #sittings = new Map<TaskId, Sitting>()
  /** Resolved when a waiting task begins, or leaves the queue. */
  readonly #waiters = new Map<TaskId, PromiseWithResolvers<Sitting | undefined>>()
  /** How tasks came to rest that the catalogue had no room for; written when it has. */
  readonly #unwritten = new Map<TaskId, Omit<Task, 'rank'>>()
  #isClosing = false

  constructor(book: TaskBook, presence: Presence, log: (thrown: unknown) => void) {
    this.#book = book
    this.#presence = presence
    this.#log = log
  }

  /** This process, as the worker of a task. */
  get id(): string {
    return this.#presence.id
  }

  /** Makes this process known to others, before its first task. */
  open(): void {
    this.#presence.begin()
  }

  /** As it is known here, which is newer than the catalogue while it is at work here. */
  live(task: Task): Task {
    return this.#sittings.get(task.id)?.task ?? { ...task, ...this.#unwritten.get(task.id) }
  }

  /** Begins what waits here and may begin. */
  takeTurns(): void {
    if (this.#isClosing) return
    this.#writeEnds()
    const { catalog } = this.#book
    const isPlan = (task: Task): boolean => this.#book.workOf(task).plan !== undefined
    const claimed = catalog.transaction(() =>
      whoseTurn(catalog, this.id, this.#presence.living(), isPlan).map((task) =>
        catalog.tasks.change(task.id, () => ({ state: 'running', started: task.started ?? this.#book.now() }))
      )
    )
    for (const task of catalog.tasks.active()) {
      const waitsHere = task.worker === this.id && task.state === 'waiting'
      if (waitsHere && !this.#waiters.has(task.id)) this.#waiters.set(task.id, Promise.withResolvers())
    }
    for (const task of claimed) void this.#work(task)
  }

  /** Lets a part of a plan begin, with this input: anew where it was cut off, even at the very end. */
  async begin(part: Task, given: unknown): Promise<Task> {
    if (part.state === 'interrupted' && isMade(this.#book.catalog, part)) await this.#book.workOf(part).discard(part)
    const input = this.#book.workOf(part).parseStored(given)
    const change = { state: 'waiting', worker: this.id, input, error: undefined, ended: undefined } as const
    const begun = this.#book.change(part.id, () => change)
    this.takeTurns()
    return begun
  }

  /**
   * Stays with a task of this process until it comes to rest.
   *
   * @throws what the work threw; AppError 'stopped' where it was cancelled
   */
  async follow(id: TaskId, { signal, wish, progress, notice }: Follower): Promise<Task> {
    const stop = (): void => this.#stopFor(id, wish?.())
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    try {
      const sitting = this.#sittings.get(id) ?? (await this.#waiters.get(id)?.promise)
      if (sitting === undefined) return atRest(this.#book.catalog.tasks.require(id), undefined)
      const unhear = sitting.hear(progress, notice ?? (() => undefined))
      const task = await sitting.ended.promise.finally(unhear)
      return atRest(task, sitting.thrown)
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  /** Asks whoever works on a task to stop, here or in another process. */
  ask(task: Task, wish: Wish): Task {
    this.#book.catalog.tasks.setWish(task.id, wish)
    const asked = this.#book.change(task.id, ({ state }) => (state === 'running' ? { state: 'stopping' } : undefined))
    this.#sittings.get(task.id)?.stop(wish)
    return this.live(asked)
  }

  /** A task that waited here left the queue. */
  forget(id: TaskId): void {
    this.#waiters.get(id)?.resolve(undefined)
    this.#waiters.delete(id)
  }

  /** Looks for what other processes wish of tasks that are at work or wait here. */
  hearWishes(): void {
    if (this.#unwritten.size > 0) this.takeTurns()
    for (const [id, sitting] of this.#sittings) {
      const wish = this.#book.catalog.tasks.wish(id)
      if (wish !== undefined && wish !== sitting.wish()) sitting.stop(wish)
    }
    for (const id of this.#waiters.keys()) {
      const { state, worker } = this.#book.catalog.tasks.require(id)
      if (state !== 'waiting' || worker !== this.id) this.forget(id)
    }
  }

  /** Whether there are tasks of processes that are gone. */
  hasLost(): boolean {
    return lostTasks(this.#book.catalog, this.#presence.living()).length > 0
  }

  /** Brings to rest what processes left that are gone. */
  async settleLost(): Promise<void> {
    const book = this.#book
    for (const task of settleLost(book.catalog, this.#presence.living(), book.works, () => book.now())) {
      book.tell(task)
      if (task.state === 'cancelled') await book.tidy(task)
      else if (task.state === 'interrupted' && task.plan === undefined) await book.workOf(task).discard(task)
    }
  }

  /** Brings what is at work here to rest: what can pause does, the rest is interrupted. */
  async close(): Promise<void> {
    this.#isClosing = true
    const { catalog } = this.#book
    for (const task of catalog.tasks.active()) {
      if (task.worker !== this.id || task.state !== 'waiting') continue
      this.#book.leaveQueue(task, 'paused')
      this.forget(task.id)
    }
    const sittings = [...this.#sittings.values()]
    for (const sitting of sittings) {
      sitting.isClosing = true
      sitting.stop(this.#book.workOf(sitting.task).pauses ? 'pause' : 'cancel')
    }
    await Promise.all(sittings.map(({ ended }) => ended.promise))
    this.#presence.end()
  }

  async #work(task: Task): Promise<void> {
    const book = this.#book
    const sitting = new Sitting(task, {
      tell: (changed) => book.tell(changed),
      store: (changed, isLasting) => this.#store(changed, isLasting),
      claim: (claimant, thing) => book.claim(claimant, thing, this.#presence.living()),
      log: this.#log
    })
    this.#sittings.set(task.id, sitting)
    this.#waiters.get(task.id)?.resolve(sitting)
    this.#waiters.delete(task.id)
    book.tell(task)
    const ended = await this.#conclude(sitting, await this.#doWork(sitting))
    this.#sittings.delete(task.id)
    book.tell(ended)
    sitting.ended.resolve(ended)
    try {
      this.takeTurns()
    } catch (thrown) {
      this.#log(thrown) // the next look at the catalogue tries again
    }
  }

  /** How far a task is may be lost; what it makes may not. */
  #store(task: Task, isLasting: boolean): void {
    try {
      this.#book.store(task, isLasting)
    } catch (thrown) {
      if (isLasting) throw thrown
      this.#log(thrown)
    }
  }

  /** Writes down how it ended. A disk that is full under the catalogue ends neither another task nor the program. */
  async #conclude(sitting: Sitting, change: Partial<Task>): Promise<Task> {
    const ended = { ...sitting.task, ...change }
    const { rank: _, ...entry } = ended
    try {
      this.#writeEnd(entry)
    } catch (thrown) {
      this.#log(thrown)
      sitting.thrown ??= thrown
      this.#unwritten.set(entry.id, entry)
      return ended
    }
    if (ended.state === 'cancelled')
      await this.#book.tidy(ended).catch((thrown: unknown) => this.#missTidy(sitting, thrown))
    return ended
  }

  #missTidy(sitting: Sitting, thrown: unknown): void {
    this.#log(thrown)
    sitting.thrown ??= thrown
  }

  #writeEnd(ended: Omit<Task, 'rank'>): void {
    const { catalog } = this.#book
    catalog.transaction(() => {
      catalog.tasks.change(ended.id, () => ended)
      catalog.tasks.setWish(ended.id, undefined)
    })
  }

  /** Until then such a task looks as if it were at work, and what waits for the engine waits. */
  #writeEnds(): void {
    for (const [id, ended] of this.#unwritten) {
      try {
        this.#writeEnd(ended)
      } catch {
        return // there is still no room
      }
      this.#unwritten.delete(id)
      const task = this.#book.catalog.tasks.require(id)
      this.#book.tell(task)
      if (task.state === 'cancelled') void this.#book.tidy(task).catch(this.#log)
    }
  }

  /** @returns how the task stands after it */
  async #doWork(sitting: Sitting): Promise<Partial<Task>> {
    const work = this.#book.workOf(sitting.task)
    const before = sitting.task
    const rest = (): Partial<Task> => ({
      worker: undefined,
      ended: this.#book.now(),
      seconds: before.seconds + sitting.seconds,
      secondsLeft: undefined
    })
    // What it is made ready with may take longer than a moment too.
    if (before.stage === undefined) sitting.progress({ stage: 'start', done: 0, total: 1 })
    try {
      const outcome = await (work.plan === undefined
        ? work.run(before.input, sitting, before)
        : runPlan(this, this.#book, work.plan, sitting))
      if (!work.isPaused(outcome)) return { ...rest(), state: 'done', outcome, summary: work.summary(outcome) }
      if (sitting.wish() === 'cancel') return { ...rest(), state: 'cancelled' }
      return { ...rest(), state: 'paused', outcome, ended: undefined }
    } catch (thrown) {
      sitting.thrown = thrown
      this.#log(thrown)
      return { ...rest(), ...this.#afterThrow(sitting, thrown) }
    }
  }

  #afterThrow(sitting: Sitting, thrown: unknown): Partial<Task> {
    const work = this.#book.workOf(sitting.task)
    if (thrown instanceof AppError && thrown.kind === 'stopped') {
      if (sitting.isClosing) return work.pauses ? { state: 'paused', ended: undefined } : { state: 'interrupted' }
      return sitting.wish() === 'pause' ? { state: 'paused', ended: undefined } : { state: 'cancelled' }
    }
    const error = toWireError(thrown)
    return work.canGoOn(sitting.task) ? { state: 'paused', ended: undefined, error } : { state: 'failed', error }
  }

  #stopFor(id: TaskId, wish: Wish | undefined): void {
    const task = this.#book.catalog.tasks.require(id)
    if (hasEnded(task) || task.state === 'paused') return
    if (task.state === 'waiting') {
      this.#book.leaveQueue(task, 'cancelled')
      this.forget(id)
    } else {
      this.ask(task, wish ?? (this.#book.workOf(task).pauses ? 'pause' : 'cancel'))
    }
  }
}

/** A task that came to rest, or what it ended with. */
function atRest(task: Task, thrown: unknown): Task {
  if (thrown instanceof Error) throw thrown
  if (task.error !== undefined) throw fromWireError(task.error)
  if (task.state === 'cancelled' || task.state === 'interrupted') {
    const next =
      task.kind === 'train' && task.thing !== undefined
        ? 'What it had learned is in the trash, from where it can be restored.'
        : 'Nothing half-made was kept.'
    throw new AppError('stopped', `“${task.name}” was stopped before it finished.`, { next })
  }
  return task
}
