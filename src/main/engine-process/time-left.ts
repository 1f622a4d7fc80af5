import { type TrainingSettings } from '../../shared/training.ts'

/** How many of the latest iterations the estimate looks at. */
const windowSize = 50
/** Iterations before the first estimate: the first ones are slow and mean nothing. */
const enough = 10

/**
 * Time left of a run, from this session's own pace: a window over the latest iterations, evaluations and safe points
 * included, so that it is right again soon after a pause.
 */
export class TimeLeft {
  readonly #settings: TrainingSettings
  readonly #times: number[] = []
  readonly #start: number

  constructor(settings: TrainingSettings, iteration: number, seconds: number) {
    this.#settings = settings
    this.#start = iteration
    this.#times.push(seconds)
  }

  after({ iteration, seconds }: { readonly iteration: number; readonly seconds: number }): {
    done: number
    total: number
    secondsLeft?: number
  } {
    this.#times.push(seconds)
    if (this.#times.length > windowSize) this.#times.shift()
    const { iterations, minutes } = this.#settings
    const budget = minutes === undefined ? Number.POSITIVE_INFINITY : 60 * minutes
    const pace = this.#pace()
    const needed = pace === undefined ? Number.POSITIVE_INFINITY : (iterations - iteration) * pace
    const secondsLeft = Math.max(0, Math.min(needed, budget - seconds))
    // Whichever limit comes first decides how full the bar is.
    const isTimed = budget - seconds < needed
    const progress = isTimed
      ? { done: Math.min(seconds, budget), total: budget }
      : { done: iteration, total: iterations }
    return iteration - this.#start < enough || !Number.isFinite(secondsLeft) ? progress : { ...progress, secondsLeft }
  }

  #pace(): number | undefined {
    const [first] = this.#times
    const last = this.#times.at(-1)
    if (first === undefined || last === undefined || this.#times.length < 2) return undefined
    return (last - first) / (this.#times.length - 1)
  }
}
