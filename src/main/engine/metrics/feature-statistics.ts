import { invariant } from '../../../shared/errors.ts'
import { addMultiple, dot, type Matrix, triangularFactor } from './matrix.ts'

/** What a Fréchet distance needs to know of a set of feature vectors. */
export interface FeatureStatistics {
  readonly count: number
  readonly mean: Float64Array
  /**
   * F with FᵀF = Σ (x − mean)(x − mean)ᵀ, the scatter matrix, and one column per feature: the centred vectors
   * themselves, or their triangular factor where there are more vectors than features.
   */
  readonly factor: Matrix
  /** The trace of the scatter matrix; divided by count − 1 it is the sum of the features' variances. */
  readonly scatter: number
}

/**
 * @param features [count, size]
 * @param size length of a vector
 */
export function featureStatistics(features: ArrayLike<number>, size: number): FeatureStatistics {
  const count = features.length / size
  invariant(Number.isInteger(count) && count >= 1, 'whole feature vectors, and at least one')
  const data = new Float64Array(features)
  const vectors = Array.from({ length: count }, (_, i) => data.subarray(i * size, (i + 1) * size))

  const mean = new Float64Array(size)
  for (const vector of vectors) addMultiple(mean, 1 / count, vector)
  for (const vector of vectors) addMultiple(vector, -1, mean)
  const scatter = dot(data, data)
  const centred = { rows: count, columns: size, data }
  return { count, mean, factor: count > size ? triangularFactor(centred) : centred, scatter }
}
