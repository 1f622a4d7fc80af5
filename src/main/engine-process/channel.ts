import { setImmediate } from 'node:timers/promises'
import { AppError } from '../../shared/errors.ts'
import { EngineCommand, EngineJob, type EngineMessage } from '../jobs/engine-protocol.ts'

/**
 * The engine's end of the line to the process that started it.
 *
 * A parent that goes away means the same as a request to pause: finish the step, save, end.
 */
export class Channel {
  /** Aborted when the parent asks to pause, or is gone. */
  readonly pause: AbortSignal
  readonly #process: NodeJS.Process
  readonly #controller = new AbortController()
  readonly #job = Promise.withResolvers<EngineJob>()

  constructor(process: NodeJS.Process) {
    this.#process = process
    this.pause = this.#controller.signal
    process.on('message', (raw) => this.#take(raw))
    process.on('disconnect', () => this.#controller.abort())
    // A signal meant for the whole terminal reaches the parent too, which decides; the engine waits for its word.
    process.on('SIGINT', () => undefined)
    process.on('SIGTERM', () => this.#controller.abort())
  }

  job(): Promise<EngineJob> {
    return this.#job.promise
  }

  /** Resolves when the message has left this process. A parent that is gone hears nothing, and nothing breaks. */
  send(message: EngineMessage): Promise<void> {
    return new Promise((resolve) => {
      if (this.#process.send === undefined || !this.#process.connected) resolve()
      else this.#process.send(message, undefined, undefined, () => resolve())
    })
  }

  /** Lets messages in: an engine computes without giving way. */
  async listen(): Promise<void> {
    await setImmediate()
  }

  /**
   * Lets messages in, between two steps of a work that cannot be resumed.
   *
   * @throws AppError of kind `stopped` where the parent wants it no longer, or is gone
   */
  async refuseIfStopped(sentence: string, next = 'Start it again at any time.'): Promise<void> {
    await this.listen()
    if (this.pause.aborted) throw new AppError('stopped', sentence, { next })
  }

  close(): void {
    if (this.#process.connected) this.#process.disconnect()
  }

  #take(raw: unknown): void {
    if (EngineCommand.safeParse(raw).success) this.#controller.abort()
    else this.#job.resolve(EngineJob.parse(raw))
  }
}
