import type { Progress } from '../../shared/api.ts'
import type { Task, Wish } from '../../shared/tasks.ts'
import { tellAll } from '../../shared/tell-all.ts'
import type { WorkContext } from './work.ts'

/** How often listeners hear of progress, and how often the catalogue does. */
const tellMilliseconds = 100
const storeMilliseconds = 1000

/** Where a sitting leaves what it has to say about its task. */
export interface SittingHearer {
  /** @param isLasting whether it must survive a crash */
  readonly tell: (task: Task) => void
  readonly store: (task: Task, isLasting: boolean) => void
  /** Makes a thing the task's own. @throws AppError of kind `input` where another task that lives works on it */
  readonly claim: (task: Task, thing: string) => void
  /** What a listener threw; the task goes on. */
  readonly log: (thrown: unknown) => void
}

/** One task while this process works on it: how far it is, and what was asked of it. */
export class Sitting implements WorkContext {
  readonly ended = Promise.withResolvers<Task>()
  /** What it ended with, as it was thrown: the task itself keeps only the sentence. */
  thrown: unknown
  /** The process is about to end: whatever cannot pause is interrupted. */
  isClosing = false
  readonly #hearer: SittingHearer
  readonly #stop = new AbortController()
  readonly #progressListeners = new Set<(progress: Progress) => void>()
  readonly #noticeListeners = new Set<(text: string) => void>()
  readonly #started = performance.now()
  #task: Task
  #wish: Wish | undefined
  #told = Number.NEGATIVE_INFINITY
  #stored = Number.NEGATIVE_INFINITY

  constructor(task: Task, hearer: SittingHearer) {
    this.#task = task
    this.#hearer = hearer
  }

  get task(): Task {
    return this.#task
  }

  get signal(): AbortSignal {
    return this.#stop.signal
  }

  /** Seconds of this sitting. */
  get seconds(): number {
    return (performance.now() - this.#started) / 1000
  }

  readonly wish = (): Wish | undefined => this.#wish

  /** Asks it to stop; a later wish that is more final takes the place of an earlier one. */
  stop(wish: Wish): void {
    if (this.#wish !== 'cancel') this.#wish = wish
    this.#task = { ...this.#task, state: 'stopping' }
    this.#stop.abort()
  }

  readonly progress = (progress: Progress): void => {
    const { secondsLeft: _, ...task } = this.#task
    const isNewStage = task.stage !== progress.stage
    this.#task = { ...task, ...progress }
    tellAll(this.#progressListeners, progress, this.#hearer.log)
    const now = performance.now()
    if (isNewStage || now - this.#stored >= storeMilliseconds) {
      this.#stored = now
      this.#hearer.store(this.#task, false)
    }
    if (isNewStage || now - this.#told >= tellMilliseconds || progress.done >= progress.total) {
      this.#told = now
      this.#hearer.tell(this.#task)
    }
  }

  readonly notice = (text: string): void => {
    tellAll(this.#noticeListeners, text, this.#hearer.log)
    this.change({ notices: [...this.#task.notices, text] })
  }

  readonly thingBegun = (id: string): void => {
    this.#hearer.claim(this.#task, id)
    this.change({ thing: id })
  }

  /** Something that must not be forgotten. */
  change(change: Partial<Task>): void {
    this.#task = { ...this.#task, ...change }
    this.#hearer.store(this.#task, true)
    this.#hearer.tell(this.#task)
  }

  /** Tells how far it is, and passes on what it tells from here on. */
  hear(progress: (progress: Progress) => void, notice: (text: string) => void): () => void {
    const { stage, done, total } = this.#task
    if (stage !== undefined && done !== undefined && total !== undefined)
      tellAll([progress], { stage, done, total }, this.#hearer.log)
    this.#progressListeners.add(progress)
    this.#noticeListeners.add(notice)
    return () => {
      this.#progressListeners.delete(progress)
      this.#noticeListeners.delete(notice)
    }
  }
}
