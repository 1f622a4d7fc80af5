import { invariant } from '../../../shared/errors.ts'
import { type FeatureStatistics } from './feature-statistics.ts'
import { multiplyTransposed } from './matrix.ts'
import { singularValues } from './singular-values.ts'

/** The parts of a Fréchet distance. */
export interface FrechetDistance {
  /** ‖μ₁ − μ₂‖² + tr Σ₁ + tr Σ₂ − 2·tr (Σ₁Σ₂)^½; never negative. */
  readonly distance: number
  /** tr (Σ₁Σ₂)^½ */
  readonly traceRoot: number
}

/**
 * The Fréchet distance between two sets of features, each taken for normally distributed (docs/method.md §7.3).
 *
 * With Σ = FᵀF/divisor, the trace of the root is the nuclear norm of F₁F₂ᵀ over the root of both divisors. That holds
 * for singular covariances too, needs no matrix root, and with few samples no covariance either.
 *
 * @param divisor of the covariances: one less than the count of vectors, as the published FID has it, or the count
 */
export function frechetDistance(
  a: FeatureStatistics,
  b: FeatureStatistics,
  divisor: 'n-1' | 'n' = 'n-1'
): FrechetDistance {
  invariant(a.mean.length === b.mean.length, 'features of the same network')
  const [nA, nB] = divisor === 'n' ? [a.count, b.count] : [a.count - 1, b.count - 1]
  invariant(nA > 0 && nB > 0, 'at least two vectors in each set')
  const meanSquare = a.mean.reduce((sum, value, i) => sum + (value - (b.mean[i] ?? NaN)) ** 2, 0)
  const nuclearNorm = singularValues(multiplyTransposed(a.factor, b.factor)).reduce((sum, value) => sum + value, 0)
  const traceRoot = nuclearNorm / Math.sqrt(nA * nB)
  // Rounding may leave equal sets a hair below zero.
  return { distance: Math.max(0, meanSquare + a.scatter / nA + b.scatter / nB - 2 * traceRoot), traceRoot }
}
