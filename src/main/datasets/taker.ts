import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { limits } from '../../shared/limits.ts'
import { countCategories } from './formats/all-formats.ts'
import { takeImage, type TakeOutcome, type TakeTask } from './take-image.ts'
import { AppError } from '../../shared/errors.ts'
import { ThreadPool } from '../threads/pool.ts'
import { NoteLog } from './import-log.ts'
import { type CountCategories } from './source-image.ts'

export interface TakeOptions {
  /** Entry file of the worker threads; without it everything runs on the calling thread, and nothing is guarded. */
  readonly workerPath?: string | undefined
  /** How many images at a time; as many as there are cores when absent. */
  readonly workers?: number | undefined
}

/** Images that wait for a thread are held in memory. */
const waitingPerThread = 2

/** Takes images one after the other, or several at a time over the cores. */
export interface Taker {
  readonly countCategories: CountCategories
  /** Waits until another image may be held in memory. */
  room(): Promise<void>
  take(task: TakeTask, onDone: (outcome: TakeOutcome) => void): void
  /** Waits for all; throws what the first of them threw. */
  finish(): Promise<void>
  close(): Promise<void>
}

export function openTaker({ workerPath, workers }: TakeOptions): Taker {
  if (workerPath === undefined)
    return new BoundedTaker(1, { take: takeImage, countCategories, end: () => Promise.resolve() })
  const threads = workers ?? availableParallelism()
  const pool = new ThreadPool({ workerPath, threads, heapMebibytes: limits.thread.heapMebibytes })
  return new BoundedTaker(threads * waitingPerThread, {
    take: async (task) => {
      const { path, file, cells } = task.image
      const seconds = await secondsFor(task.read ? [] : [path, ...(cells?.files ?? [])])
      try {
        return await pool.run<TakeOutcome>(task, { name: 'take', guard: { file: path, seconds } })
      } catch (thrown) {
        return refused(file, thrown)
      }
    },
    countCategories: async (place) => {
      const [file = ''] = place.files
      return pool.run(place, { name: 'countCategories', guard: { file, seconds: await secondsFor([file]) } })
    },
    end: () => pool.close()
  })
}

/** What was given up with its thread costs that image alone. */
function refused(file: string, thrown: unknown): TakeOutcome {
  if (!(thrown instanceof AppError) || thrown.kind !== 'input') throw thrown
  const log = new NoteLog()
  log.refuse(file, [thrown.message, thrown.next].filter(Boolean).join(' '))
  return { image: undefined, notes: log.notes }
}

async function secondsFor(files: readonly string[]): Promise<number> {
  const { seconds, bytesPerSecond, filesPerSecond } = limits.thread
  let bytes = 0
  for (const file of files) bytes += (await stat(file).catch(() => undefined))?.size ?? 0
  return seconds + bytes / bytesPerSecond + files.length / filesPerSecond
}

/** What differs between the calling thread and a pool. */
interface Executor {
  readonly take: (task: TakeTask) => Promise<TakeOutcome>
  readonly countCategories: CountCategories
  readonly end: () => Promise<void>
}

class BoundedTaker implements Taker {
  readonly countCategories: Executor['countCategories']
  readonly #limit: number
  readonly #executor: Executor
  readonly #inWork = new Set<Promise<void>>()
  #failure: { readonly thrown: unknown } | undefined

  constructor(limit: number, executor: Executor) {
    this.#limit = limit
    this.#executor = executor
    this.countCategories = executor.countCategories
  }

  async room(): Promise<void> {
    while (this.#inWork.size >= this.#limit) await Promise.race(this.#inWork)
    this.#throwFailure()
  }

  take(task: TakeTask, onDone: (outcome: TakeOutcome) => void): void {
    const work: Promise<void> = this.#executor
      .take(task)
      .then(onDone, (thrown: unknown) => {
        this.#failure ??= { thrown }
      })
      .finally(() => this.#inWork.delete(work))
    this.#inWork.add(work)
  }

  async finish(): Promise<void> {
    await Promise.all(this.#inWork)
    this.#throwFailure()
  }

  async close(): Promise<void> {
    await Promise.all(this.#inWork)
    await this.#executor.end()
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.thrown
  }
}
