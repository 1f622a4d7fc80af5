import { type TrainingSettings } from '../../shared/training.ts'

/** Iterations in which the same regularisers are due. */
export interface IterationKind {
  /** The first of them after iteration 0. */
  readonly iteration: number
  /** Their share of all iterations. */
  readonly share: number
}

type Regularised = Pick<TrainingSettings, 'r1' | 'pathLength'>

/** The kinds of iterations that a training has, the most frequent first. */
export function iterationKinds({ r1, pathLength }: Regularised): IterationKind[] {
  const period = commonMultiple(Math.max(1, r1.interval), Math.max(1, pathLength.interval))
  const kinds = new Map<string, { iteration: number; count: number }>()
  for (let iteration = 1; iteration <= period; iteration++) {
    const isDue = ({ interval }: { readonly interval: number }) => interval > 0 && iteration % interval === 0
    const key = `${isDue(r1)} ${isDue(pathLength)}`
    const kind = kinds.get(key) ?? { iteration, count: 0 }
    kinds.set(key, { ...kind, count: kind.count + 1 })
  }
  return [...kinds.values()]
    .map(({ iteration, count }) => ({ iteration, share: count / period }))
    .sort((a, b) => b.share - a.share)
}

/**
 * Seconds of an iteration in the mean over all kinds.
 *
 * @param measured seconds of some iterations of each kind, in the kinds' order; of a kind without any, `otherwise` counts
 */
export function meanSeconds(
  kinds: readonly IterationKind[],
  measured: readonly (readonly number[])[],
  otherwise: number
): number {
  return kinds.reduce((sum, { share }, i) => sum + share * (median(measured[i] ?? []) ?? otherwise), 0)
}

function median(values: readonly number[]): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}

function commonMultiple(a: number, b: number): number {
  return (a * b) / greatestDivisor(a, b)
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b)
}
