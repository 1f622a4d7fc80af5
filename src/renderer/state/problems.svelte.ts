import { createContext } from 'svelte'
import { AppError, fromWireError, toWireError } from '../../shared/errors.ts'

/** The one place where failed requests end: the newest is shown until it is put away or something works again. */
export class Problems {
  #newest = $state.raw<AppError>()

  get newest(): AppError | undefined {
    return this.#newest
  }

  /** Waits for the work; if it fails, the reason is shown. Tells whether it worked. */
  async attempt(work: Promise<unknown>): Promise<boolean> {
    try {
      await work
      this.#newest = undefined
      return true
    } catch (thrown) {
      this.#newest = thrown instanceof AppError ? thrown : fromWireError(toWireError(thrown))
      return false
    }
  }

  dismiss(): void {
    this.#newest = undefined
  }
}

export const [getProblems, setProblems] = createContext<Problems>()
