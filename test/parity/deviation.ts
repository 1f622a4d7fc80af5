import { type ParityResult } from './result.ts'

/** Collects compared numbers and keeps their largest differences. */
export class Deviation {
  #absolute = 0
  #relative = 0
  #compared = 0

  compare(got: number | undefined, expected: number | undefined): void {
    this.#compared++
    if (got === expected) return
    const difference = got === undefined || expected === undefined ? NaN : Math.abs(got - expected)
    const relative = difference / Math.abs(expected ?? NaN)
    this.#absolute = largest(this.#absolute, difference)
    this.#relative = largest(this.#relative, relative)
  }

  /** Lists of different lengths deviate without limit; where the reference states nothing, nothing is compared. */
  compareAll(got: ArrayLike<number> = [], expected?: ArrayLike<number>): void {
    if (expected === undefined) return
    this.compare(got.length === expected.length ? 0 : Infinity, 0)
    for (let i = 0; i < expected.length; i++) this.compare(got[i], expected[i])
  }

  /** Counts what is equal or not, such as a string, as 0 or 1. */
  compareEqual(isEqual: boolean): void {
    this.compare(Number(isEqual), 1)
  }

  exact(name: string): ParityResult {
    return this.#result(name, 'exact', this.#absolute === 0)
  }

  within(name: string, absolute: number): ParityResult {
    return this.#result(name, `${absolute} absolute`, this.#absolute <= absolute)
  }

  withinRelative(name: string, relative: number, absolute: number): ParityResult {
    const isClose = this.#relative <= relative || this.#absolute <= absolute
    return this.#result(name, `${relative} relative or ${absolute} absolute`, isClose)
  }

  #result(name: string, tolerance: string, isClose: boolean): ParityResult {
    return { name, relative: this.#relative, absolute: this.#absolute, tolerance, ok: isClose && this.#compared > 0 }
  }
}

/** NaN, which nothing deviates more than, stays. */
function largest(a: number, b: number): number {
  return Number.isNaN(a) || Number.isNaN(b) ? NaN : Math.max(a, b)
}
