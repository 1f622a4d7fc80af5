import type { MessagePort } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { type AppError, fromWireError, refuse, type WireError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'

/** Work for a thread, and where the thread says that it is alive. */
export interface GuardedTask<Input> {
  readonly input: Input
  /** One number in shared memory, which the thread counts up when it begins, and later if it likes; 0 stops the clock. */
  readonly signs: Int32Array
}

/** What a thread answers: a thrown error would lose its class on the way. */
export type GuardedReply<Outcome> = { readonly outcome: Outcome } | { readonly error: WireError }

export interface GuardedPoolOptions {
  /** Entry file of the threads. */
  readonly workerPath: string
  readonly threads: number
  readonly heapMebibytes?: number
}

export interface GuardedWork {
  /** The export of the entry file that does it. */
  readonly name: string
  /** The file that is to blame when it does not end. */
  readonly file: string
  /** How long it may take after its last sign. */
  readonly seconds: number
  /** Ports in the input that the thread is to own. */
  readonly transfer?: readonly MessagePort[]
}

const ticksPerSecond = 2
const waitingCounts = 0.1

/**
 * Threads that read files from outside. JavaScript's memory has a limit there, and work that gives no sign for too long
 * is ended, with its thread: such a file costs itself alone.
 *
 * Time is that of the processor as far as this program gets any: a computer that sleeps, or is busy with other things,
 * does not make files bad. Waiting counts a tenth.
 */
export class GuardedPool {
  readonly #pool: Piscina<GuardedTask<unknown>, GuardedReply<unknown>>
  readonly #watched = new Set<Watched>()
  readonly #clock: NodeJS.Timeout
  readonly #heapMebibytes: number
  #lastTick = performance.now()
  #lastUsage = process.cpuUsage()

  constructor({ workerPath, threads, heapMebibytes = limits.thread.heapMebibytes }: GuardedPoolOptions) {
    this.#heapMebibytes = heapMebibytes
    this.#pool = new Piscina({
      filename: workerPath,
      // The TIFF reader's own worker library takes a thread without data for one of its own, and breaks.
      workerData: {},
      minThreads: 1,
      maxThreads: threads,
      idleTimeout: 60_000,
      resourceLimits: { maxOldGenerationSizeMb: heapMebibytes }
    })
    this.#clock = setInterval(() => this.#tick(), 1000 / ticksPerSecond)
    this.#clock.unref()
  }

  /** @throws what the work threw; AppError of kind `input` where it took too much time or memory */
  async run<Outcome>(input: unknown, { name, file, seconds, transfer = [] }: GuardedWork): Promise<Outcome> {
    const signs = new Int32Array(new SharedArrayBuffer(4))
    const controller = new AbortController()
    const watched = { signs, seen: 0, seconds: 0, most: seconds, end: () => controller.abort() }
    this.#watched.add(watched)
    try {
      const reply = await this.#pool.run(
        { input, signs },
        { name, signal: controller.signal, transferList: [...transfer] }
      )
      if ('error' in reply) throw fromWireError(reply.error)
      return reply.outcome as Outcome // the named export gives it
    } catch (thrown) {
      throw controller.signal.aborted ? tooSlow(file, seconds) : this.#explain(file, thrown)
    } finally {
      this.#watched.delete(watched)
    }
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

  #explain(file: string, thrown: unknown): unknown {
    const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined
    if (code !== 'ERR_WORKER_OUT_OF_MEMORY') return thrown
    return refuse(`${file} takes more than ${this.#heapMebibytes} MB of memory to read, and was given up.`, {
      file,
      next: 'It may be damaged or made to do harm. If it is sound, divide it into smaller files.'
    })
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

function tooSlow(file: string, seconds: number): AppError {
  return refuse(`${file} takes longer than ${Math.round(seconds)} seconds to read, and was given up.`, {
    file,
    next: 'It may be damaged or made to do harm. If it is sound, divide it into smaller files.'
  })
}
