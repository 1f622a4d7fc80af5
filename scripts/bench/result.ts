/** One measured operation. */
export interface BenchResult {
  readonly name: string
  /** The engine that ran it; absent where no tensor is touched. */
  readonly engine?: string
  readonly threads: number
  /** Wall-clock time of one repetition. */
  readonly seconds: { readonly min: number; readonly median: number }
  /** Processor time of all threads in one repetition, where that was measured. */
  readonly cpuSeconds?: number
  /** The same of the repetition that took the least, where several were measured; `cpuSeconds` is then their median. */
  readonly cpuSecondsMin?: number
  /** The most memory that the process had held when it was done, where that was measured. */
  readonly peakBytes?: number
  /** What one repetition handles, in the plural: `iterations`, `images`, `distances`. */
  readonly unit: string
  /** Units a second at the median time. */
  readonly perSecond: number
  /** How good the result was, where that was measured; 0 … 1. */
  readonly scores?: Readonly<Record<string, number>>
}
