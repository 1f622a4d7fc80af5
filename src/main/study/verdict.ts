import {
  allImages,
  bootstrap,
  type BootstrapChoice,
  type DrawnImages,
  type Sampled,
  type Spread,
  type Statistic
} from './hierarchical-bootstrap.ts'
import { holm, independentUnits, permutationTest, type PermutationTest } from './permutation.ts'
import { smallestDetectable } from './power.ts'

export type Verdict = 'helps' | 'harms' | 'cannot-tell'

/** One arm against another, by what both do with the same test images in the same repeats. */
export interface ArmDifference {
  readonly spread: Spread
  readonly test: PermutationTest
  /** The smallest difference that this comparison finds in four of five studies. */
  readonly detectable: number
}

type RepeatScore = (repeat: number, images: Float64Array, drawn: DrawnImages) => number

export interface Pairing extends Sampled {
  /** The score of each arm in one repeat, in a resample of the test images. */
  readonly arm: RepeatScore
  readonly baseline: RepeatScore
  /** Whether repeats may share a generator, and with it its luck. */
  readonly hasGenerator: boolean
}

/** Differences are paired: both arms see the same draw of real images, the same seed and the same test images. */
export function compareArms(pairing: Pairing, choice: BootstrapChoice): ArmDifference {
  const { repeats, arm, baseline, hasGenerator } = pairing
  const difference: RepeatScore = (...drawn) => arm(...drawn) - baseline(...drawn)
  const statistic: Statistic = (images, weights, drawn) =>
    weightedMean(weights, (repeat) => difference(repeat, images, drawn))
  const spread = bootstrap(pairing, statistic, choice)
  const everyImage = new Float64Array(pairing.wells.length).fill(1)
  const ofRepeats = repeats.map((_, repeat) => difference(repeat, everyImage, allImages))
  return {
    spread,
    test: permutationTest(ofRepeats, independentUnits(repeats, hasGenerator), choice.seed),
    detectable: spread.interval === undefined ? Infinity : smallestDetectable(spread)
  }
}

/** The mean over the repeats of a resample; those that are not in it are not computed. */
function weightedMean(weights: Float64Array, value: (repeat: number) => number): number {
  let [sum, total] = [0, 0]
  for (const [repeat, weight] of weights.entries()) {
    if (weight === 0) continue
    sum += weight * value(repeat)
    total += weight
  }
  return sum / total
}

export interface Judged {
  readonly verdict: Verdict
  /** Holm's over all comparisons of the table. */
  readonly adjusted: number
  /** The interval alone where so many repeats cannot reach 5 % over the table, whatever they show. */
  readonly basis: 'both' | 'interval'
}

const level = 0.05

/**
 * Helps or harms is said where the interval is wholly on one side of zero and, where the repeats are enough for the
 * permutation test to speak at all, its p-value is below 5 % over the whole table (docs/decisions/0041).
 */
export function judge(differences: readonly ArmDifference[]): Judged[] {
  const adjusted = holm(differences.map(({ test }) => test.p))
  return differences.map(({ spread: { interval }, test }, i) => {
    const own = adjusted[i] ?? 1
    const canSpeak = test.smallest * differences.length <= level
    const basis = canSpeak ? 'both' : 'interval'
    const isKnown = interval !== undefined && (!canSpeak || own <= level)
    if (isKnown && interval[0] > 0) return { verdict: 'helps', adjusted: own, basis }
    if (isKnown && interval[1] < 0) return { verdict: 'harms', adjusted: own, basis }
    return { verdict: 'cannot-tell', adjusted: own, basis }
  })
}
