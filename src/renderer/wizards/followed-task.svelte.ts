import { hasEnded, type Task, type TaskKind } from '../../shared/tasks.ts'
import { type Bridge } from '../bridge.ts'

/**
 * One task that a step of a wizard waits for, from its beginning to its outcome, also after a reload. It outlives the
 * effect that began it: nothing of it is derived, which would come to rest with that.
 */
export class FollowedTask {
  readonly #bridge: Bridge
  #id: string | undefined
  #task = $state.raw<Task>()
  #outcome = $state.raw<unknown>()

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  get task(): Task | undefined {
    return this.#task
  }

  get isAtWork(): boolean {
    return this.#task !== undefined && !hasEnded(this.#task)
  }

  get hasFailed(): boolean {
    return this.#task !== undefined && hasEnded(this.#task) && this.#task.state !== 'done'
  }

  /** What it came to; undefined before its end. */
  get outcome(): unknown {
    return this.#outcome
  }

  /** @returns its id, to be kept with the answers */
  async start(kind: TaskKind, input: unknown): Promise<string> {
    this.#forget(undefined)
    const task = await this.#bridge.call('tasks.start', { kind, input })
    this.#id = task.id
    this.#task = task
    void this.#show(task.id).catch(() => undefined) // its end may have been told before its id was known here
    return task.id
  }

  /** Takes up one that was begun before. */
  async watch(id: string | undefined): Promise<void> {
    if (id === this.#id) return
    this.#forget(id)
    if (id !== undefined) await this.#show(id)
  }

  /** Starts following events; call the result to stop. */
  follow(): () => void {
    return this.#bridge.onEvent((event) => {
      if (event.event !== 'task.changed' || event.task.id !== this.#id) return
      this.#task = event.task
      if (event.task.state === 'done') void this.#show(event.task.id).catch(() => undefined) // a reload asks again
    })
  }

  /** Events leave out what is long. */
  async #show(id: string): Promise<void> {
    const task = await this.#bridge.call('tasks.show', { id })
    if (id !== this.#id) return
    this.#task = task
    this.#outcome = task.state === 'done' ? task.outcome : undefined
  }

  #forget(id: string | undefined): void {
    this.#id = id
    this.#task = undefined
    this.#outcome = undefined
  }
}
