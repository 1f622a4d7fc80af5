import { createContext } from 'svelte'
import { SvelteMap } from 'svelte/reactivity'
import { type Output } from '../../shared/api.ts'
import { abilities, type Asked, type Task } from '../../shared/tasks.ts'
import { type Bridge } from '../bridge.ts'

/** Everything that takes longer than a moment, of whichever program on this workspace, as it is now. */
export class TaskList {
  readonly #bridge: Bridge
  /** Those that events told of while the list was being asked for: the answer may be older. */
  readonly #heard = new SvelteMap<string, Task>()
  #tasks = $state.raw<readonly Task[]>([]) // replaced whole, never mutated
  #isLoaded = $state(false)

  /** Those that are not part of another, newest first. */
  readonly shown = $derived(this.#tasks.filter(({ plan, dismissed }) => !plan && !dismissed).reverse())

  /** Those that wait for the compute engine, in the order of their turns. */
  readonly queue = $derived(this.#tasks.filter(isInQueue).sort((a, b) => a.rank - b.rank))

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
    this.#heard.clear()
    const { tasks } = await this.#bridge.call('tasks.list', {})
    this.#tasks = tasks
    for (const task of this.#heard.values()) this.#take(task)
    this.#isLoaded = true
  }

  async start(kind: Task['kind'], input: unknown): Promise<void> {
    await this.#send(undefined, this.#bridge.call('tasks.start', { kind, input }))
  }

  async ask(wish: Asked, id: string): Promise<void> {
    await this.#send(id, this.#bridge.call(`tasks.${wish}`, { id }))
  }

  /** Begins anew what ended, with other answers to some of what it was asked. */
  async again(id: string, changes: Readonly<Record<string, unknown>>): Promise<void> {
    await this.#send(undefined, this.#bridge.call('tasks.again', { id, changes: { ...changes } }))
  }

  /** Gives a waiting task another place in the queue for the compute engine: 0 is the front. */
  async move(id: string, place: number): Promise<void> {
    await this.#send(id, this.#bridge.call('tasks.move', { id, place }))
  }

  /** With all that it came to, which the list leaves out where it is long. */
  show(id: string): Promise<Output<'tasks.show'>> {
    return this.#bridge.call('tasks.show', { id })
  }

  /** Starts following events; call the result to stop. */
  follow(): () => void {
    return this.#bridge.onEvent((event) => {
      if (event.event !== 'task.changed') return
      this.#heard.set(event.task.id, event.task)
      this.#take(event.task)
    })
  }

  /** Takes the answer, unless an event has told of the task meanwhile: then more are on their way, and newer. */
  async #send(id: string | undefined, reply: Promise<Task>): Promise<void> {
    const before = this.#find(id)
    const task = await reply
    if (this.#find(task.id) === (task.id === id ? before : undefined)) this.#take(task)
  }

  #find(wanted: string | undefined): Task | undefined {
    return this.#tasks.find(({ id }) => id === wanted)
  }

  #take(task: Task): void {
    const isKnown = this.#find(task.id) !== undefined
    this.#tasks = isKnown ? this.#tasks.map((known) => (known.id === task.id ? task : known)) : [...this.#tasks, task]
  }
}

/** Parts of a plan that have not begun wait as well, but not for their turn: no process has them yet. */
function isInQueue({ kind, state, worker, beside }: Task): boolean {
  return abilities[kind].computes === true && state === 'waiting' && worker !== undefined && !beside
}

export const [getTasks, setTasks] = createContext<TaskList>()
