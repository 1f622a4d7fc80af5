/** What one golden case (or one comparison of a set) came to. */
export interface ParityResult {
  /** The case's folder, and after a colon the array that deviates most from its tolerance. */
  readonly name: string
  /** Largest relative difference, |got − expected| / |expected|, over all compared numbers. */
  readonly relative: number
  /** Largest absolute difference over all compared numbers. */
  readonly absolute: number
  /** The tolerance in words, for instance `1e-4 relative + 2e-6`. */
  readonly tolerance: string
  readonly ok: boolean
}
