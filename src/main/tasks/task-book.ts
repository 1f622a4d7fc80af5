import { refuse } from '../../shared/errors.ts'
import type { AppEvent } from '../../shared/api.ts'
import { inShort, type StartTask, type Task, TaskId } from '../../shared/tasks.ts'
import type { Catalog } from '../catalog/catalog.ts'
import { newId } from '../files/new-id.ts'
import type { Work, Works } from './work.ts'

export interface BookSurroundings {
  readonly catalog: Catalog
  readonly works: Works
  readonly emit: (event: AppEvent) => void
  readonly now: () => Date
}

/** The tasks as the catalogue has them. Whoever is interested hears of every change. */
export class TaskBook {
  readonly catalog: Catalog
  readonly #surroundings: BookSurroundings

  constructor(surroundings: BookSurroundings) {
    this.catalog = surroundings.catalog
    this.#surroundings = surroundings
  }

  workOf({ kind }: Pick<Task, 'kind'>): Work {
    return this.#surroundings.works[kind]
  }

  get works(): Works {
    return this.#surroundings.works
  }

  /** A task as it is written down first; not in the catalogue yet. */
  newTask({ kind, beside }: StartTask, input: unknown, name: string, place: Pick<Task, 'plan' | 'worker'>): Task {
    return {
      id: TaskId.parse(newId('t')),
      kind,
      name,
      state: 'waiting',
      input,
      created: this.now(),
      seconds: 0,
      notices: [],
      beside,
      dismissed: false,
      rank: this.catalog.tasks.topRank + 1,
      ...place
    }
  }

  change(id: TaskId, change: (task: Task) => Partial<Task> | undefined): Task {
    const task = this.catalog.tasks.change(id, change)
    this.tell(task)
    return task
  }

  /** Takes a task that nobody works on out of the queue. */
  leaveQueue(task: Task, state: 'paused' | 'cancelled'): Task {
    return this.change(task.id, (current) =>
      current.state === 'waiting' || current.state === 'paused'
        ? { state, worker: undefined, ...(state === 'cancelled' ? { ended: this.now() } : {}) }
        : undefined
    )
  }

  /** Writes down how far a task is; its state and turn may have been changed by another process meanwhile, and stay. */
  store(task: Task, isLasting: boolean): void {
    const store = (): void => void this.catalog.tasks.change(task.id, ({ state, rank }) => ({ ...task, state, rank }))
    if (isLasting) store()
    else this.catalog.unhurried(store)
  }

  /** Gives a thing to one task at a time, over all processes. @throws AppError of kind `input` where another has it */
  claim({ id, name }: Task, thing: string, living: ReadonlySet<string>): void {
    this.catalog.transaction(() => {
      const isTaken = this.catalog.tasks
        .active()
        .some((other) => other.id !== id && other.thing === thing && living.has(other.worker ?? ''))
      if (isTaken) {
        throw refuse(`“${name}” is being worked on by another window or terminal.`, { next: 'Pause it there first.' })
      }
      this.catalog.tasks.change(id, () => ({ thing }))
    })
  }

  /** Removes what a cancelled task leaves; the parts of a plan that had not begun are cancelled with it. */
  async tidy(task: Task): Promise<void> {
    for (const part of this.catalog.tasks.parts(task.id)) {
      if (part.state === 'paused') await this.tidy(this.leaveQueue(part, 'cancelled'))
      else if (part.state === 'waiting') this.leaveQueue(part, 'cancelled')
    }
    await this.workOf(task).discard(task)
  }

  tell(task: Task): void {
    this.#surroundings.emit({ event: 'task.changed', task: inShort(task) })
  }

  now(): string {
    return this.#surroundings.now().toISOString()
  }
}
