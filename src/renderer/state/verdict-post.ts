import { type Verdict } from '../../shared/pictures.ts'

type Verdicts = ReadonlyMap<number, Verdict | undefined>
type Send = (positions: readonly number[], verdict: Verdict | undefined) => Promise<void>
type TakeBack = (verdicts: Verdicts) => void

/** So many travel in one request that a browser delivers it even when the page is gone: it takes 64 KiB. */
const mostInOne = 4000

/**
 * Brings what a person says of pictures to the app, at once, one request at a time: what is said while one is under way
 * goes together in the next. So ten quick presses take two or three requests, and none waits for a timer.
 */
export class VerdictPost {
  readonly #send: Send
  readonly #takeBack: TakeBack
  readonly #unsent = new Map<number, Verdict | undefined>()
  /** What the app still thinks of pictures of which something else was said. */
  readonly #noted = new Map<number, Verdict | undefined>()
  #sending: Promise<void> | undefined

  /** @param takeBack what the app thinks of pictures, where it refused what was said */
  constructor(send: Send, takeBack: TakeBack) {
    this.#send = send
    this.#takeBack = takeBack
  }

  /**
   * @param before what was said of the same pictures until now
   * @returns once the app has noted all that was said
   */
  say(verdicts: Verdicts, before: Verdicts): Promise<void> {
    for (const [position, verdict] of verdicts) {
      this.#unsent.set(position, verdict)
      if (!this.#noted.has(position)) this.#noted.set(position, before.get(position))
    }
    this.#sending ??= this.#sendAll()
    return this.#sending
  }

  /** The page is being left: all that has not set out does so now. */
  leave(): void {
    while (this.#unsent.size > 0) void this.#sendSome().catch(() => undefined)
  }

  async #sendAll(): Promise<void> {
    try {
      while (this.#unsent.size > 0) await this.#sendSome()
    } catch (thrown) {
      this.#takeBack(new Map(this.#noted))
      this.#unsent.clear()
      this.#noted.clear()
      throw thrown
    } finally {
      this.#sending = undefined
    }
  }

  async #sendSome(): Promise<void> {
    const [verdict] = this.#unsent.values()
    const positions = [...this.#unsent].flatMap(([position, each]) => (each === verdict ? [position] : []))
    const sent = positions.slice(0, mostInOne)
    for (const position of sent) this.#unsent.delete(position)
    await this.#send(sent, verdict)
    for (const position of sent) {
      if (this.#unsent.has(position)) this.#noted.set(position, verdict)
      else this.#noted.delete(position)
    }
  }
}
