import { invariant } from '../../../shared/errors.ts'
import { type RandomStream } from '../../../shared/random.ts'
import { asMatrix, at, type Matrix, multiplyTransposed } from './matrix.ts'

/** Rows of either set, as many of one as of the other. */
export interface SubsetPair {
  readonly a: readonly number[]
  readonly b: readonly number[]
}

/** A kernel distance over several subsets. */
export interface KernelDistance {
  readonly mean: number
  /** Over the subsets; the divisor is their number. */
  readonly standardDeviation: number
  readonly values: Float64Array
}

/**
 * The squared maximum mean discrepancy with the kernel (x·y/size + 1)³, estimated without bias on each subset
 * (docs/method.md §7.4). Small or even negative values mean that the sets cannot be told apart.
 *
 * @param a features [samples, size]
 * @param b features [samples, size]
 */
export function kernelDistance(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  size: number,
  subsets: readonly SubsetPair[]
): KernelDistance {
  invariant(subsets.length > 0, 'at least one subset')
  const [x, y] = [asMatrix(a, size), asMatrix(b, size)]
  const [xx, yy, xy] = [kernel(x, x), kernel(y, y), kernel(x, y)]
  const values = Float64Array.from(subsets, (pair) => discrepancy(pair, xx, yy, xy))
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length
  return { mean, standardDeviation: Math.sqrt(variance), values }
}

/** Draws pairs of subsets of `size` rows each, without replacement within a subset. */
export function drawSubsets(
  random: RandomStream,
  [countA, countB]: readonly [number, number],
  size: number,
  pairs: number
): SubsetPair[] {
  invariant(size <= countA && size <= countB, 'a subset is no larger than its set')
  const [a, b] = [countA, countB].map((count) => Array.from({ length: count }, (_, i) => i))
  const draw = (rows: readonly number[] = []) => random.shuffled(rows).slice(0, size)
  return Array.from({ length: pairs }, () => ({ a: draw(a), b: draw(b) }))
}

function discrepancy({ a, b }: SubsetPair, xx: Matrix, yy: Matrix, xy: Matrix): number {
  const count = a.length
  invariant(count === b.length && count >= 2, 'subsets of equal size, of at least two')
  const within = sumAcross(xx, a, a) - sumAlong(xx, a) + sumAcross(yy, b, b) - sumAlong(yy, b)
  return within / (count * (count - 1)) - (2 * sumAcross(xy, a, b)) / (count * count)
}

function sumAcross({ columns, data }: Matrix, rows: readonly number[], others: readonly number[]): number {
  let sum = 0
  for (const row of rows) {
    for (const other of others) sum += at(data, row * columns + other)
  }
  return sum
}

function sumAlong({ columns, data }: Matrix, rows: readonly number[]): number {
  return rows.reduce((sum, row) => sum + at(data, row * (columns + 1)), 0)
}

function kernel(x: Matrix, y: Matrix): Matrix {
  const products = multiplyTransposed(x, y)
  return { ...products, data: products.data.map((product) => (product / x.columns + 1) ** 3) }
}
