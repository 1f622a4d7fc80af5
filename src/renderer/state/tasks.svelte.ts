import { createContext } from 'svelte'
import { type Task } from '../../shared/tasks.ts'
import { type Bridge } from '../bridge.ts'

/** What can be asked of a task. */
export type TaskWish = 'pause' | 'resume' | 'cancel' | 'keep' | 'again' | 'dismiss'

/** Everything that takes longer than a moment, of whichever program on this workspace, as it is now. */
export class TaskList {
  readonly #bridge: Bridge
  #tasks = $state.raw<readonly Task[]>([]) // replaced whole, never mutated
  #isLoaded = $state(false)

  /** Those that are not part of another, newest first. */
  readonly shown = $derived(this.#tasks.filter(({ plan, dismissed }) => !plan && !dismissed).reverse())

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  /** Whether the app has answered yet. */
  get isLoaded(): boolean {
    return this.#isLoaded
  }

  /** The newest of this kind that was not dismissed. */
  newest(kind: Task['kind']): Task | undefined {
    return this.shown.find((task) => task.kind === kind)
  }

  /** The parts of a plan, in order. */
  parts(plan: string): Task[] {
    return this.#tasks.filter((task) => task.plan === plan)
  }

  async load(): Promise<void> {
    const { tasks } = await this.#bridge.call('tasks.list', {})
    this.#tasks = tasks
    this.#isLoaded = true
  }

  async start(kind: Task['kind'], input: unknown): Promise<void> {
    this.#take(await this.#bridge.call('tasks.start', { kind, input }))
  }

  async ask(wish: TaskWish, id: string): Promise<void> {
    this.#take(await this.#bridge.call(`tasks.${wish}`, { id }))
  }

  /** Starts following events; call the result to stop. */
  follow(): () => void {
    return this.#bridge.onEvent((event) => {
      if (event.event === 'task.changed') this.#take(event.task)
    })
  }

  #take(task: Task): void {
    const isKnown = this.#tasks.some(({ id }) => id === task.id)
    this.#tasks = isKnown ? this.#tasks.map((known) => (known.id === task.id ? task : known)) : [...this.#tasks, task]
  }
}

export const [getTasks, setTasks] = createContext<TaskList>()
