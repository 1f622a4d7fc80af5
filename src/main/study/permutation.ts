import { RandomStream } from '../../shared/random.ts'
import { mean, type Repeat } from './hierarchical-bootstrap.ts'

/** So many units are tried in all their combinations; with more, a seeded sample of these is. */
const mostExact = 16
const sampledFlips = 20_000

export interface PermutationTest {
  /** Two-sided. */
  readonly p: number
  /** The smallest that so many units allow. */
  readonly smallest: number
  readonly units: number
  readonly isExact: boolean
}

/**
 * Sign-flip test of paired differences: if two arms were alike, each difference could as well have had the other sign.
 * Flipped are the units that chance made: a repeat with all its test images, and not the images one by one, since all
 * images of a repeat share one network.
 *
 * @param differences one for each repeat
 * @param units positions of those that are flipped together
 */
export function permutationTest(
  differences: readonly number[],
  units: readonly (readonly number[])[],
  seed: number
): PermutationTest {
  const values = units.map((unit) => mean(unit.map((i) => differences[i] ?? 0)))
  const observed = Math.abs(sum(values))
  const atLeast = observed - 1e-12 * Math.max(observed, ...values.map(Math.abs)) // sums in another order
  const n = values.length
  if (n <= mostExact) {
    let count = 0
    for (let signs = 0; signs < 2 ** n; signs++) {
      if (Math.abs(flipped(values, (i) => ((signs >> i) & 1) === 1)) >= atLeast) count++
    }
    return { p: count / 2 ** n, smallest: Math.min(1, 2 / 2 ** n), units: n, isExact: true }
  }
  const random = new RandomStream(seed, 'permutation')
  let count = 1
  for (let i = 0; i < sampledFlips; i++) {
    if (Math.abs(flipped(values, () => random.uniform() < 0.5)) >= atLeast) count++
  }
  return { p: count / (sampledFlips + 1), smallest: 1 / (sampledFlips + 1), units: n, isExact: false }
}

/**
 * What chance made independently in the repeats of two arms: each generator with all that was trained on its pictures, and
 * where no generator comes in, or one for all, each repeat.
 */
export function independentUnits(repeats: readonly Repeat[], hasGenerator: boolean): readonly (readonly number[])[] {
  const single = [...repeats.keys()].map((i) => [i])
  if (!hasGenerator) return single
  const byGenerator = Map.groupBy(single.flat(), (i) => `${repeats[i]?.draw} ${repeats[i]?.generator}`)
  return byGenerator.size > 1 ? [...byGenerator.values()] : single
}

/** Holm's adjusted p-values, in the order given: what holds at each is held over all of them. */
export function holm(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0))
  const adjusted = values.map(() => 1)
  let least = 0
  for (const [rank, position] of order.entries()) {
    least = Math.min(1, Math.max(least, (values.length - rank) * (values[position] ?? 1)))
    adjusted[position] = least
  }
  return adjusted
}

function flipped(values: readonly number[], isFlipped: (i: number) => boolean): number {
  let total = 0
  for (const [i, value] of values.entries()) total += isFlipped(i) ? -value : value
  return total
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
