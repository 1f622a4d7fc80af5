import { sharedSeconds } from '../jobs/shared-clock.ts'

/** How much time a sitting has, with all that surrounds training; without end where nobody asked for one. */
export class SittingClock {
  readonly #began = sharedSeconds()
  readonly #endsAt: number

  /** @param endsAt on the clock that all processes share */
  constructor(endsAt = Number.POSITIVE_INFINITY) {
    this.#endsAt = endsAt
  }

  get isLimited(): boolean {
    return Number.isFinite(this.#endsAt)
  }

  /** Seconds that are left; negative when it is over. */
  get left(): number {
    return this.#endsAt - sharedSeconds()
  }

  /** Seconds that the engine had in all when it began. */
  get total(): number {
    return this.#endsAt - this.#began
  }

  get elapsed(): number {
    return sharedSeconds() - this.#began
  }
}
