import { createContext } from 'svelte'
import { demoState, type DemoState } from '../../shared/demo.ts'
import { type Asked, type Task } from '../../shared/tasks.ts'
import { type TaskList } from './tasks.svelte.ts'

type Wish = 'start' | Extract<Asked, 'pause' | 'resume' | 'cancel'>

/** The sample's way through the app: where it is, and the buttons that steer it. */
export class Demo {
  readonly #tasks: TaskList
  #wish = $state<Wish>()

  readonly #plan = $derived.by(() => this.#tasks.newest('sample'))

  /** Undefined until the app has answered for the first time. */
  readonly state: DemoState | undefined = $derived.by(() =>
    this.#tasks.isLoaded
      ? demoState(this.#plan, this.#plan === undefined ? [] : this.#tasks.parts(this.#plan.id))
      : undefined
  )

  /** The step that is worked on, or was when the work stopped. */
  readonly current = $derived(
    this.state?.steps.find(({ state }) => state !== 'done' && state !== 'waiting') ??
      this.state?.steps.find(({ state }) => state === 'waiting')
  )

  constructor(tasks: TaskList) {
    this.#tasks = tasks
  }

  /** The task that all of it is. */
  get plan(): Task | undefined {
    return this.#plan
  }

  /** What was asked for and is not answered yet. */
  get wish(): Wish | undefined {
    return this.#wish
  }

  /**
   * @param minutes of training, or undefined for as long as the app finds good
   * @param first id of the first pictures, where the built-in model has made them
   */
  async start(minutes: number | undefined, first?: string): Promise<void> {
    const input = { ...(minutes !== undefined && { minutes }), ...(first !== undefined && { first }) }
    await this.#ask('start', () => this.#tasks.start('sample', input))
  }

  async pause(): Promise<void> {
    await this.#askPlan('pause')
  }

  async resume(): Promise<void> {
    await this.#askPlan('resume')
  }

  async cancel(): Promise<void> {
    await this.#askPlan('cancel')
  }

  async #askPlan(wish: Exclude<Wish, 'start'>): Promise<void> {
    const plan = this.#plan
    if (plan !== undefined) await this.#ask(wish, () => this.#tasks.ask(wish, plan.id))
  }

  async #ask(wish: Wish, send: () => Promise<void>): Promise<void> {
    if (this.#wish !== undefined) return // one thing at a time: a second press changes nothing
    this.#wish = wish
    try {
      await send()
    } finally {
      this.#wish = undefined
    }
  }
}

export const [getDemo, setDemo] = createContext<Demo>()
