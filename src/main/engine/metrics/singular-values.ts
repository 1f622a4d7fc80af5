import { addMultiple, at, dot, makeReflector, type Matrix, reflect, transpose } from './matrix.ts'

/**
 * The singular values of a matrix, largest first, each to within a few roundings of the largest.
 *
 * Householder reflections from both sides make the matrix bidiagonal; the bidiagonal's singular values are the positive
 * eigenvalues of a symmetric tridiagonal matrix of twice the size (Golub and Kahan 1965), found by QL iteration.
 * Nothing is squared on the way, so a zero comes out as 1e-16 of the largest value, where the square root of an
 * eigenvalue of AᵀA would leave 1e-8.
 */
export function singularValues(matrix: Matrix): Float64Array {
  const tall = matrix.rows >= matrix.columns ? { ...matrix, data: matrix.data.slice() } : transpose(matrix)
  const { diagonal, above } = bidiagonalize(tall)
  const size = diagonal.length

  // Rows and columns of [[0, Bᵀ], [B, 0]] in the order that interleaves both halves.
  const beside = new Float64Array(2 * size)
  for (let i = 0; i < size; i++) {
    beside[2 * i] = at(diagonal, i)
    beside[2 * i + 1] = at(above, i) // 0 after the last
  }
  const eigenvalues = tridiagonalEigenvalues(new Float64Array(2 * size), beside)
  return eigenvalues.sort().slice(size).reverse().map(Math.abs)
}

/**
 * @param a overwritten; at least as many rows as columns
 * @returns the diagonal and the numbers above it; the last of these is 0
 */
function bidiagonalize(a: Matrix): { diagonal: Float64Array; above: Float64Array } {
  const { rows, columns, data } = a
  const diagonal = new Float64Array(columns)
  const above = new Float64Array(columns)
  for (let k = 0; k < columns; k++) {
    const column = Float64Array.from({ length: rows - k }, (_, i) => data[(k + i) * columns + k] ?? 0)
    diagonal[k] = makeReflector(column)
    reflectColumns(a, column, k)
    if (k + 1 === columns) break

    const row = data.slice(k * columns + k + 1, (k + 1) * columns)
    above[k] = makeReflector(row)
    for (let i = k + 1; i < rows; i++) reflect(data.subarray(i * columns + k + 1, (i + 1) * columns), row)
  }
  return { diagonal, above }
}

/** Reflects the columns right of k in the rows from k on, in two passes along the rows. */
function reflectColumns({ rows, columns, data }: Matrix, v: Float64Array, k: number): void {
  const shares = new Float64Array(columns - k - 1)
  for (let i = k; i < rows; i++)
    addMultiple(shares, v[i - k] ?? 0, data.subarray(i * columns + k + 1, (i + 1) * columns))
  for (let i = k; i < rows; i++) {
    addMultiple(data.subarray(i * columns + k + 1, (i + 1) * columns), -(v[i - k] ?? 0), shares)
  }
}

/**
 * Eigenvalues of a symmetric tridiagonal matrix by QL iteration with implicit shifts.
 *
 * @param diagonal overwritten by the eigenvalues, in no order
 * @param beside the numbers beside the diagonal, overwritten; the last is not used
 */
function tridiagonalEigenvalues(diagonal: Float64Array, beside: Float64Array): Float64Array {
  const negligible = Number.EPSILON * Math.sqrt(dot(diagonal, diagonal) + 2 * dot(beside, beside))
  const size = diagonal.length
  for (let first = 0; first < size; first++) {
    for (;;) {
      let last = first
      while (last < size - 1 && Math.abs(at(beside, last)) > negligible) last++
      if (last === first) break
      sweep(diagonal, beside, first, last)
    }
  }
  return diagonal
}

/** One implicit QL step on the rows `first` … `last`, which are not yet decoupled. */
function sweep(diagonal: Float64Array, beside: Float64Array, first: number, last: number): void {
  let bulge = at(diagonal, last) - shiftFor(diagonal, beside, first)
  let [sine, cosine, moved] = [1, 1, 0]
  for (let i = last - 1; i >= first; i--) {
    const rotated = sine * at(beside, i)
    const kept = cosine * at(beside, i)
    const length = Math.hypot(rotated, bulge)
    beside[i + 1] = length
    if (length === 0) {
      // The matrix falls apart here: what was moved so far is final.
      diagonal[i + 1] = at(diagonal, i + 1) - moved
      beside[last] = 0
      return
    }
    sine = rotated / length
    cosine = bulge / length
    const base = at(diagonal, i + 1) - moved
    const turned = (at(diagonal, i) - base) * sine + 2 * cosine * kept
    moved = sine * turned
    diagonal[i + 1] = base + moved
    bulge = cosine * turned - kept
  }
  diagonal[first] = at(diagonal, first) - moved
  beside[first] = bulge
  beside[last] = 0
}

/** The eigenvalue of the leading 2 × 2 block that is closer to its corner (Wilkinson). */
function shiftFor(diagonal: Float64Array, beside: Float64Array, first: number): number {
  const corner = at(diagonal, first)
  const ratio = (at(diagonal, first + 1) - corner) / (2 * at(beside, first))
  return corner - at(beside, first) / (ratio + (ratio < 0 ? -1 : 1) * Math.hypot(ratio, 1))
}
