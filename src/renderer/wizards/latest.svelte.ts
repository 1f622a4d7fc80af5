import { AppError, fromWireError, toWireError } from '../../shared/errors.ts'

/** An answer that depends on choices which change faster than it comes: only the newest is shown. */
export class Latest<Value> {
  #key: string | undefined
  #value = $state.raw<Value>()
  #problem = $state.raw<AppError>()
  #isLoading = $state(false)

  /** The last one that came, also while another is on its way. */
  get value(): Value | undefined {
    return this.#value
  }

  get problem(): AppError | undefined {
    return this.#problem
  }

  get isLoading(): boolean {
    return this.#isLoading
  }

  /**
   * @param key what the answer depends on; nothing is asked while it stays the same
   * @param delay in milliseconds, for choices that are dragged
   */
  ask(key: string, load: () => Promise<Value>, delay = 0): void {
    if (key === this.#key) return
    this.#key = key
    this.#isLoading = true
    setTimeout(() => {
      if (key === this.#key) void this.#load(key, load)
    }, delay)
  }

  async #load(key: string, load: () => Promise<Value>): Promise<void> {
    try {
      const value = await load()
      if (key !== this.#key) return
      this.#value = value
      this.#problem = undefined
    } catch (thrown) {
      if (key !== this.#key) return
      this.#problem = thrown instanceof AppError ? thrown : fromWireError(toWireError(thrown))
    }
    this.#isLoading = false
  }
}
