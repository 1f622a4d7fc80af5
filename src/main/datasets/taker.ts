import { availableParallelism } from 'node:os'
import { Piscina } from 'piscina'
import { fromWireError, type WireError } from '../../shared/errors.ts'
import { takeImage, type TakeOutcome, type TakeTask } from './take-image.ts'

/** What a worker answers: a thrown error would lose its class on the way. */
export type TakeReply = { readonly outcome: TakeOutcome } | { readonly error: WireError }

export interface TakeOptions {
  /** Entry file of the worker threads; without it everything runs on the calling thread. */
  readonly workerPath?: string
  /** How many images at a time; as many as there are cores when absent. */
  readonly workers?: number | undefined
}

/** Below this many images, threads cost more time to start than they save. */
const fewestForThreads = 16
/** Images that wait for a thread are held in memory. */
const waitingPerThread = 2

/** Takes images one after the other, or several at a time over the cores. */
export interface Taker {
  /** Waits until another image may be held in memory. */
  room(): Promise<void>
  take(task: TakeTask, onDone: (outcome: TakeOutcome) => void): void
  /** Waits for all; throws what the first of them threw. */
  finish(): Promise<void>
  close(): Promise<void>
}

export function openTaker(images: number, { workerPath, workers }: TakeOptions): Taker {
  const threads = Math.min(workers ?? availableParallelism(), images)
  if (workerPath === undefined || images < fewestForThreads || threads < 2) {
    return new BoundedTaker(1, takeImage, () => Promise.resolve())
  }
  const pool = new Piscina<TakeTask, TakeReply>({
    filename: workerPath,
    name: 'take',
    // The TIFF reader's own worker library takes a thread without data for one of its own, and breaks.
    workerData: {},
    maxThreads: threads,
    minThreads: threads
  })
  const run = async (task: TakeTask): Promise<TakeOutcome> => {
    const reply = await pool.run(task)
    if ('error' in reply) throw fromWireError(reply.error)
    return reply.outcome
  }
  return new BoundedTaker(threads * waitingPerThread, run, () => pool.destroy())
}

class BoundedTaker implements Taker {
  readonly #limit: number
  readonly #run: (task: TakeTask) => Promise<TakeOutcome>
  readonly #end: () => Promise<void>
  readonly #inWork = new Set<Promise<void>>()
  #failure: { readonly thrown: unknown } | undefined

  constructor(limit: number, run: (task: TakeTask) => Promise<TakeOutcome>, end: () => Promise<void>) {
    this.#limit = limit
    this.#run = run
    this.#end = end
  }

  async room(): Promise<void> {
    while (this.#inWork.size >= this.#limit) await Promise.race(this.#inWork)
    this.#throwFailure()
  }

  take(task: TakeTask, onDone: (outcome: TakeOutcome) => void): void {
    const work: Promise<void> = this.#run(task)
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
    await this.#end()
  }

  #throwFailure(): void {
    if (this.#failure) throw this.#failure.thrown
  }
}
