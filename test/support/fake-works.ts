import { setTimeout } from 'node:timers/promises'
import type { AppEvent } from '../../src/shared/api.ts'
import { AppError } from '../../src/shared/errors.ts'
import type { Task } from '../../src/shared/tasks.ts'
import { type Catalog, openCatalog } from '../../src/main/catalog/catalog.ts'
import { Presence } from '../../src/main/tasks/presence.ts'
import { TaskBook } from '../../src/main/tasks/task-book.ts'
import { Tasks } from '../../src/main/tasks/tasks.ts'
import { Watch } from '../../src/main/tasks/watch.ts'
import type { Work, WorkContext, Works } from '../../src/main/tasks/work.ts'
import { Workshop } from '../../src/main/tasks/workshop.ts'

/** Work that a test steers: it goes on until it is let go or told to stop. */
export class SteeredWork {
  readonly begun: string[] = []
  readonly discarded: string[] = []
  readonly contexts = new Map<string, WorkContext>()
  readonly #gates = new Map<string, PromiseWithResolvers<unknown>>()

  /** Lets the work called so come to its end. */
  finish(name: string, outcome: unknown = { name }): void {
    this.#gate(name).resolve(outcome)
  }

  fail(name: string, error: Error): void {
    this.#gate(name).reject(error)
  }

  /** @param abilities what differs from work that can only be cancelled */
  work(abilities: Partial<Work> = {}): Work {
    return {
      computes: false,
      pauses: false,
      keeps: false,
      parse: (input) => input,
      parseStored: (input) => input,
      nameOf: (input) => nameIn(input),
      isPaused: (outcome) => outcome === 'paused',
      summary: (outcome) => JSON.stringify(outcome),
      canGoOn: () => false,
      settle: () => 'kept',
      discard: (task) => Promise.resolve(void this.discarded.push(task.name)),
      run: (input, context, task) => this.#run(input, context, task),
      ...abilities
    }
  }

  async #run(input: unknown, context: WorkContext, task: Task): Promise<unknown> {
    const name = nameIn(input)
    this.begun.push(name)
    this.contexts.set(name, context)
    if (task.kind === 'train') context.thingBegun(`r-${name}`)
    const stopped = new Promise((resolve, reject) => {
      const stop = (): void => {
        if (task.kind !== 'train') reject(new AppError('stopped', `${name} was stopped.`))
        else resolve(context.wish() === 'keep' ? 'stopped early' : 'paused')
      }
      context.signal.addEventListener('abort', stop)
      if (context.signal.aborted) stop()
    })
    return await Promise.race([this.#gate(name).promise, stopped]).finally(() => this.#gates.delete(name))
  }

  #gate(name: string): PromiseWithResolvers<unknown> {
    const gate = this.#gates.get(name) ?? Promise.withResolvers<unknown>()
    this.#gates.set(name, gate)
    return gate
  }
}

function nameIn(input: unknown): string {
  return typeof input === 'object' && input !== null && 'name' in input ? String(input.name) : ''
}

/** Trains compute and pause; the rest is short; the sample is a plan of an import and a training of what it made. */
export function steeredWorks(steered: SteeredWork): Works {
  const short = steered.work()
  const training = steered.work({ computes: true, pauses: true, keeps: true })
  const engine = steered.work({ computes: true })
  const plan = steered.work({
    pauses: true,
    isPaused: (outcome) => outcome === undefined,
    canGoOn: () => false,
    plan: {
      steps: () => [
        { kind: 'import', name: 'import', input: { name: 'first' } },
        { kind: 'train', name: 'train', input: { name: { outcomeOf: 0, path: ['made'] } } }
      ],
      notice: ({ name, summary = '' }) => `${name}: ${summary}`,
      conclude: (_, parts) => Promise.resolve(parts.map(({ outcome }) => outcome))
    }
  })
  return {
    look: short,
    import: short,
    prepare: short,
    score: short,
    package: short,
    verify: short,
    open: short,
    'engine-build': short,
    'engine-install': short,
    estimate: short,
    train: training,
    resume: training,
    evaluate: engine,
    generate: engine,
    segment: training,
    predict: engine,
    sample: plan,
    study: plan,
    'study-task': training
  }
}

/** What one process has of the tasks of a workspace. */
export interface TaskHost {
  readonly catalog: Catalog
  readonly tasks: Tasks
  readonly workshop: Workshop
  readonly steered: SteeredWork
  readonly events: AppEvent[]
  /** Ends as a killed process does: nothing is said, nothing is written. */
  readonly vanish: () => void
  readonly close: () => Promise<void>
}

/** A process of its own, as far as the catalogue can tell. */
export function openTaskHost(file: string): TaskHost {
  const catalog = openCatalog(file)
  const steered = new SteeredWork()
  const events: AppEvent[] = []
  const presence = new Presence(catalog, 'test')
  const book = new TaskBook({
    catalog,
    works: steeredWorks(steered),
    emit: (event) => events.push(event),
    now: () => new Date()
  })
  const log = (): void => undefined
  const workshop = new Workshop(book, presence, log)
  const others = { changed: () => undefined, lost: () => workshop.settleLost() }
  const watch = new Watch(book, workshop, presence, others, log)
  return {
    catalog,
    tasks: new Tasks(book, workshop),
    workshop,
    steered,
    events,
    vanish() {
      watch.end()
      presence.end() // its row is gone, as when others find its process dead
    },
    async close() {
      await workshop.close()
      watch.end()
      catalog.close()
    }
  }
}

/** Time for what was set going to come to rest. */
export async function settled(): Promise<void> {
  await setTimeout(20)
}
