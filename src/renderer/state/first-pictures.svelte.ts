import { createContext } from 'svelte'
import { z } from 'zod'
import { starterName } from '../../shared/starter.ts'
import { type Task } from '../../shared/tasks.ts'
import { type TaskList } from './tasks.svelte.ts'

/** Enough to see what it is about, and there in seconds. */
const perClass = 12
const Input = z.object({ run: z.string(), perClass: z.literal(perClass) })

/** The sample's first step, which needs no learning: pictures by the built-in model. */
export class FirstPictures {
  readonly #tasks: TaskList
  #isStarting = $state(false)

  /** Whoever began it, in this page or another. */
  readonly task: Task | undefined = $derived.by(() => this.#tasks.shown.find(isFirst))

  /** Id of the set, once it is there. */
  readonly set = $derived(this.task?.state === 'done' ? this.task.thing : undefined)

  constructor(tasks: TaskList) {
    this.#tasks = tasks
  }

  get isStarting(): boolean {
    return this.#isStarting
  }

  /** @param name that no other set has */
  async start(name: string): Promise<void> {
    if (this.#isStarting) return // a second press changes nothing
    this.#isStarting = true
    try {
      await this.#tasks.start('generate', { run: starterName, name, perClass })
    } finally {
      this.#isStarting = false
    }
  }
}

function isFirst({ kind, input }: Task): boolean {
  const { data } = kind === 'generate' ? Input.safeParse(input) : {}
  return data?.run === starterName
}

export const [getFirstPictures, setFirstPictures] = createContext<FirstPictures>()
