import { invariant } from '../../../shared/errors.ts'
import { asMatrix, at, type Matrix, squaredDistances } from './matrix.ts'

/** How well synthetic pictures lie among the real ones and cover them, each a share; density can exceed 1. */
export interface NeighbourScores {
  /** Share of the synthetic pictures that lie where real ones do: fidelity (Kynkäänniemi et al. 2019). */
  readonly precision: number
  /** Share of the real pictures that lie where synthetic ones do: diversity. */
  readonly recall: number
  /** As precision, but counted by how many real neighbourhoods each lies in: one stray real picture cannot help much. */
  readonly density: number
  /** Share of the real pictures with a synthetic one in their neighbourhood (Naeem et al. 2020). */
  readonly coverage: number
}

/** How many neighbours span a neighbourhood, as published; fewer where there are not as many. */
export const neighbourCount = 5

/**
 * Scores by nearest neighbours. The neighbourhood of a picture reaches to its fifth nearest of the same kind.
 *
 * @param real features [samples, size], at least two
 * @param fake features [samples, size], at least two
 */
export function neighbourScores(
  real: ArrayLike<number>,
  fake: ArrayLike<number>,
  size: number,
  neighbours = neighbourCount
): NeighbourScores {
  const [x, y] = [asMatrix(real, size), asMatrix(fake, size)]
  invariant(x.rows >= 2 && y.rows >= 2, 'at least two vectors in each set')
  const k = Math.min(neighbours, x.rows - 1, y.rows - 1)
  const [realReach, fakeReach] = [reaches(x, k), reaches(y, k)]
  const between = squaredDistances(x, y)

  const neighbourhoodCounts = new Int32Array(y.rows) // per synthetic picture: in how many real neighbourhoods it lies
  let recalled = 0
  let covered = 0
  for (let i = 0; i < x.rows; i++) {
    const row = between.data.subarray(i * y.rows, (i + 1) * y.rows)
    let isRecalled = false
    let isCovered = false
    for (const [j, distance] of row.entries()) {
      if (distance < at(realReach, i)) {
        neighbourhoodCounts[j] = (neighbourhoodCounts[j] ?? 0) + 1
        isCovered = true
      }
      isRecalled ||= distance < at(fakeReach, j)
    }
    recalled += Number(isRecalled)
    covered += Number(isCovered)
  }
  return {
    precision: neighbourhoodCounts.filter((count) => count > 0).length / y.rows,
    recall: recalled / x.rows,
    density: neighbourhoodCounts.reduce((sum, count) => sum + count, 0) / (k * y.rows),
    coverage: covered / x.rows
  }
}

/** A picture and the nearest of another set. */
export interface NearestPair {
  readonly from: number
  readonly to: number
  /** Euclidean, between features. */
  readonly distance: number
}

/**
 * For each vector the nearest of another set.
 *
 * @param may whether two may be compared; a vector without any partner is left out
 */
export function nearestPairs(
  from: ArrayLike<number>,
  to: ArrayLike<number>,
  size: number,
  may: (from: number, to: number) => boolean = () => true
): NearestPair[] {
  const distances = squaredDistances(asMatrix(from, size), asMatrix(to, size))
  return Array.from({ length: distances.rows }, (_, i): NearestPair => {
    let best = { from: i, to: -1, distance: Infinity }
    for (let j = 0; j < distances.columns; j++) {
      const distance = at(distances.data, i * distances.columns + j)
      if (distance < best.distance && may(i, j)) best = { from: i, to: j, distance }
    }
    return { ...best, distance: Math.sqrt(best.distance) }
  }).filter((pair) => pair.to >= 0)
}

/** Per vector the squared distance to its k-th nearest of the same set. */
function reaches(x: Matrix, k: number): Float64Array {
  const distances = squaredDistances(x, x)
  return Float64Array.from({ length: x.rows }, (_, i) => {
    const row = distances.data.slice(i * x.rows, (i + 1) * x.rows)
    row[i] = -1 // itself comes first, whatever rounding left
    return at(row.sort(), k)
  })
}
