import type { Presence } from './presence.ts'
import type { TaskBook } from './task-book.ts'
import type { Workshop } from './workshop.ts'

/** How often this process looks whether others have written to the catalogue, and whether they still live. */
const lookMilliseconds = 250
const settleMilliseconds = 5000

/** Keeps this process in step with others on the same workspace: their tasks, their wishes, their ends. */
export class Watch {
  readonly #book: TaskBook
  readonly #workshop: Workshop
  readonly #presence: Presence
  readonly #others: { readonly changed: () => void; readonly lost: () => Promise<void> }
  readonly #log: (thrown: unknown) => void
  readonly #timer: NodeJS.Timeout
  #version: number
  #revision: number
  #settled = performance.now()
  #living: number

  /**
   * @param others what to do when another process changed something beside its tasks, and when one was found dead
   */
  constructor(
    book: TaskBook,
    workshop: Workshop,
    presence: Presence,
    others: { readonly changed: () => void; readonly lost: () => Promise<void> },
    log: (thrown: unknown) => void
  ) {
    this.#book = book
    this.#workshop = workshop
    this.#presence = presence
    this.#others = others
    this.#log = log
    this.#version = book.catalog.dataVersion
    this.#revision = book.catalog.tasks.revision
    this.#living = presence.living().size
    this.#timer = setInterval(() => this.#look(), lookMilliseconds)
    this.#timer.unref()
  }

  end(): void {
    clearInterval(this.#timer)
  }

  /** A catalogue that is busy or on a full disk for a moment is looked at again at the next. */
  #look(): void {
    try {
      const version = this.#book.catalog.dataVersion
      if (version !== this.#version) {
        this.#version = version
        this.#hearOthers()
      }
      if (performance.now() - this.#settled > settleMilliseconds) {
        this.#settle()
        this.#workshop.takeTurns()
      }
    } catch (thrown) {
      this.#log(thrown)
    }
  }

  #hearOthers(): void {
    const { tasks } = this.#book.catalog
    const changed = tasks.changedSince(this.#revision).filter(({ worker }) => worker !== this.#presence.id)
    this.#revision = tasks.revision
    for (const task of changed) this.#book.tell(task)
    this.#workshop.hearWishes()
    this.#workshop.takeTurns()
    this.#others.changed()
  }

  #settle(): void {
    this.#settled = performance.now()
    this.#missTheDead()
    if (!this.#workshop.hasLost()) return
    this.#others
      .lost()
      .then(() => this.#workshop.takeTurns())
      .catch(this.#log)
  }

  /** Who was killed does not say that it went. */
  #missTheDead(): void {
    const living = this.#presence.living().size
    if (living < this.#living) this.#others.changed()
    this.#living = living
  }
}
