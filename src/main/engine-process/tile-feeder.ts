import { Worker } from 'node:worker_threads'
import { AppError, fromWireError } from '../../shared/errors.ts'
import { limits } from '../../shared/limits.ts'
import { type TileBatch } from '../datasets/tile-source.ts'
import { type TrainingTileRequest } from '../datasets/prepared-tiles.ts'
import { type BatchReply, type BatchRequest } from '../workers/tile-worker.ts'

/** Batches that are asked for before they are needed: one is ready when a step ends, one is being made. */
const ahead = 2

/**
 * Gets the batches of a run ready in a thread of its own. An engine computes without giving way, so what is read on its
 * own thread is read while it waits; here the next batch lies ready when the step ends.
 */
export class TileFeeder {
  readonly #worker: Worker
  readonly #size: number
  readonly #asked = new Map<number, PromiseWithResolvers<TileBatch>>()
  #isClosed = false

  constructor(request: TrainingTileRequest) {
    this.#size = request.settings.batch
    this.#worker = new Worker(workerFile(), {
      workerData: request,
      resourceLimits: { maxOldGenerationSizeMb: limits.thread.tileHeapMebibytes }
    })
    this.#worker.on('message', (reply: BatchReply) => this.#take(reply))
    this.#worker.on('error', (thrown) => this.#fail(thrown))
    this.#worker.on('exit', () => this.#fail(new Error('The thread that reads pictures ended.')))
  }

  /** The real samples of an iteration; the next ones are asked for as well. */
  async batch(iteration: number): Promise<TileBatch> {
    for (const asked of this.#asked.keys()) {
      if (asked < iteration || asked > iteration + ahead) this.#asked.delete(asked) // the run went back, or another way
    }
    const { promise } = this.#ask(iteration)
    for (let next = 1; next <= ahead; next++) this.#ask(iteration + next)
    const batch = await promise
    this.#asked.delete(iteration)
    return batch
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#worker.terminate()
  }

  #ask(iteration: number): PromiseWithResolvers<TileBatch> {
    const present = this.#asked.get(iteration)
    if (present !== undefined) return present
    const asked = Promise.withResolvers<TileBatch>()
    asked.promise.catch(() => undefined) // what went wrong is thrown to whoever waits for that batch
    this.#asked.set(iteration, asked)
    this.#worker.postMessage({ iteration, size: this.#size } satisfies BatchRequest)
    return asked
  }

  #take({ iteration, reply }: BatchReply): void {
    const asked = this.#asked.get(iteration)
    if ('outcome' in reply) asked?.resolve(reply.outcome)
    else asked?.reject(fromWireError(reply.error))
  }

  #fail(thrown: unknown): void {
    if (this.#isClosed) return
    const error = thrown instanceof AppError ? thrown : failure(thrown)
    for (const { reject } of this.#asked.values()) reject(error)
  }
}

function failure(thrown: unknown): Error {
  if (!(thrown instanceof Error && 'code' in thrown && thrown.code === 'ERR_WORKER_OUT_OF_MEMORY')) {
    return new Error('Reading pictures failed.', { cause: thrown })
  }
  return new AppError('resources', 'Reading the prepared pictures takes more memory than is allowed.', {
    next: 'Prepare smaller tiles, or fewer images.'
  })
}

/** Beside this file in a checkout, beside the entries in the built program. */
function workerFile(): URL {
  return new URL(import.meta.url.endsWith('.ts') ? '../workers/tile-worker.ts' : './tile-worker.js', import.meta.url)
}
