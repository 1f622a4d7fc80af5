import type { MessagePort } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { type AppError, type ErrorDetails, refuse } from '../../shared/errors.ts'
import { outcomeOf, type Reply, type ThreadTask } from './reply.ts'

export interface ThreadPoolOptions {
  /** Entry file of the threads. */
  readonly workerPath: string
  readonly threads: number
  /** JavaScript's own memory in each thread; what the system has when absent. */
  readonly heapMebibytes?: number
}

export interface Work {
  /** The export of the entry file that does it. */
  readonly name: string
  readonly signal?: AbortSignal
  /** For files from outside: the one to blame when the work does not end, and how long it may take after its last sign. */
  readonly guard?: Guard
  /** Ports in the input that the thread is to own. */
  readonly transfer?: readonly MessagePort[]
}

interface Guard {
  readonly file: string
  readonly seconds: number
  /** What is done with it, if it is not only read. */
  readonly does?: { readonly verb: string; readonly participle: string }
}

const reading = { verb: 'read', participle: 'read' }
const ticksPerSecond = 2
const waitingCounts = 0.1

/**
 * Threads of one entry file. JavaScript's memory can have a limit there, and guarded work that gives no sign for too long
 * is ended, with its thread: such a file costs itself alone.
 *
 * Time is that of the processor as far as this program gets any: a computer that sleeps, or is busy with other things,
 * does not make files bad. Waiting counts a tenth.
 */
export class ThreadPool {
  readonly #pool: Piscina<ThreadTask<unknown>, Reply<unknown>>
  readonly #watched = new Set<Watched>()
  readonly #clock: NodeJS.Timeout
  readonly #heapMebibytes: number | undefined
  #lastTick = performance.now()
  #lastUsage = process.cpuUsage()

  constructor({ workerPath, threads, heapMebibytes }: ThreadPoolOptions) {
    this.#heapMebibytes = heapMebibytes
    this.#pool = new Piscina({
      filename: workerPath,
      // The TIFF reader's own worker library takes a thread without data for one of its own, and breaks.
      workerData: {},
      // An idle thread waits in its event loop: one that sleeps in `Atomics.wait` may miss that it is to end, and whoever closes
      // the pool then waits for ever.
      atomics: 'disabled',
      minThreads: 1,
      maxThreads: threads,
      idleTimeout: 60_000,
      ...(heapMebibytes === undefined ? {} : { resourceLimits: { maxOldGenerationSizeMb: heapMebibytes } })
    })
    this.#clock = setInterval(() => this.#tick(), 1000 / ticksPerSecond)
    this.#clock.unref()
  }

  /** @throws what the work threw; AppError of kind `input` where guarded work took too much time or memory */
  async run<Outcome>(input: unknown, { name, signal, guard, transfer = [] }: Work): Promise<Outcome> {
    const task = { input, signs: new Int32Array(new SharedArrayBuffer(4)) }
    const options = { name, transferList: [...transfer] }
    if (guard === undefined) return this.#reply(task, { ...options, signal: signal ?? null })
    const overdue = new AbortController()
    const watched = { signs: task.signs, seen: 0, seconds: 0, most: guard.seconds, end: () => overdue.abort() }
    const ends = AbortSignal.any([overdue.signal, ...(signal ? [signal] : [])])
    this.#watched.add(watched)
    try {
      return await this.#reply(task, { ...options, signal: ends })
    } catch (thrown) {
      throw overdue.signal.aborted ? tooSlow(guard) : this.#explain(guard, thrown)
    } finally {
      this.#watched.delete(watched)
    }
  }

  async #reply<Outcome>(task: ThreadTask<unknown>, options: Parameters<Piscina['run']>[1]): Promise<Outcome> {
    return outcomeOf(await this.#pool.run(task, options)) as Outcome // the named export gives it
  }

  async close(): Promise<void> {
    clearInterval(this.#clock)
    await this.#pool.destroy()
  }

  #tick(): void {
    const passed = this.#passed()
    for (const watched of this.#watched) {
      const signs = Atomics.load(watched.signs, 0)
      watched.seconds = signs === watched.seen ? watched.seconds + passed : 0
      watched.seen = signs
      if (signs > 0 && watched.seconds > watched.most) watched.end()
    }
  }

  /** Seconds since the last tick, as far as the program could use them. */
  #passed(): number {
    const [now, usage] = [performance.now(), process.cpuUsage()]
    const used = (usage.user + usage.system - this.#lastUsage.user - this.#lastUsage.system) / 1e6
    const seconds = Math.min((now - this.#lastTick) / 1000, 2 / ticksPerSecond) // a computer that slept has not waited
    this.#lastTick = now
    this.#lastUsage = usage
    return Math.min(seconds, Math.max(used, waitingCounts * seconds))
  }

  #explain({ file, does: { verb, participle } = reading }: Guard, thrown: unknown): unknown {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
    if (code !== 'ERR_WORKER_OUT_OF_MEMORY') return thrown
    return refuse(
      `${file} takes more than ${this.#heapMebibytes} MB of memory to ${verb}, so it was not ${participle}.`,
      advice(file)
    )
  }
}

/** Begins without a sign: work may have to wait for a thread. */
interface Watched {
  readonly signs: Int32Array
  seen: number
  seconds: number
  readonly most: number
  readonly end: () => void
}

function tooSlow({ file, seconds, does: { verb, participle } = reading }: Guard): AppError {
  return refuse(
    `${file} takes longer than ${Math.round(seconds)} seconds to ${verb}, so it was not ${participle}.`,
    advice(file)
  )
}

function advice(file: string): ErrorDetails {
  return { file, next: 'It may be damaged or malicious. If it is sound, split it into smaller files.' }
}
