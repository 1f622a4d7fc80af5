import { at } from './matrix.ts'
import { type NearestPair, nearestPairs } from './neighbours.ts'

/** Whether synthetic pictures repeat real ones. */
export interface Memorization {
  /** Each synthetic picture with its nearest real one, nearest first. */
  readonly pairs: readonly NearestPair[]
  /**
   * Five in a hundred real pictures have one from another image nearer than this. Absent where all are from one image,
   * so that there is nothing to compare with.
   */
  readonly threshold: number | undefined
  /** Share of the synthetic pictures nearer than the threshold: about 0.05 where nothing is repeated. */
  readonly share: number | undefined
}

/** The share of real pictures that lie nearer to another image's than the threshold. */
export const expectedShare = 0.05

/**
 * Compares how near synthetic pictures come to real ones with how near real ones of different images come to each other.
 * Tiles of one image show the same cells, so they do not count as neighbours.
 *
 * @param imageOf the image of each real picture
 */
export function findMemorized(
  real: ArrayLike<number>,
  fake: ArrayLike<number>,
  size: number,
  imageOf: ArrayLike<number>
): Memorization {
  const pairs = nearestPairs(fake, real, size).sort((a, b) => a.distance - b.distance || a.from - b.from)
  const among = nearestPairs(real, real, size, (a, b) => imageOf[a] !== imageOf[b])
  if (among.length === 0) return { pairs, threshold: undefined, share: undefined }
  const threshold = quantile(Float64Array.from(among, ({ distance }) => distance).sort(), expectedShare)
  return { pairs, threshold, share: pairs.filter(({ distance }) => distance < threshold).length / pairs.length }
}

/** Of ascending numbers, between two of them by proportion. */
function quantile(ascending: Float64Array, share: number): number {
  const place = share * (ascending.length - 1)
  const below = Math.floor(place)
  const above = Math.min(below + 1, ascending.length - 1)
  return at(ascending, below) + (place - below) * (at(ascending, above) - at(ascending, below))
}
