import { createContext } from 'svelte'
import { SvelteMap } from 'svelte/reactivity'
import { AppError, fromWireError, toWireError } from '../../shared/errors.ts'

/** What a problem belongs to: the page as a whole, a part of it, a form by what it begins, a task or a thing by its id. */
export type Subject =
  'page' | 'sample' | 'computer' | 'packs' | 'trash' | `form ${string}` | `task ${string}` | `thing ${string}`

/** The one place where failed requests end. A problem stays with its subject until it is dismissed or the work succeeds. */
export class Problems {
  readonly #bySubject = new SvelteMap<Subject, AppError>()

  of(subject: Subject): AppError | undefined {
    return this.#bySubject.get(subject)
  }

  /** Waits for the work; if it fails, the reason is shown with its subject. Tells whether it worked. */
  async attempt(subject: Subject, work: Promise<unknown>): Promise<boolean> {
    try {
      await work
      this.#bySubject.delete(subject)
      return true
    } catch (thrown) {
      this.#bySubject.set(subject, thrown instanceof AppError ? thrown : fromWireError(toWireError(thrown)))
      return false
    }
  }

  dismiss(subject: Subject): void {
    this.#bySubject.delete(subject)
  }
}

export const [getProblems, setProblems] = createContext<Problems>()
