import { invariant } from '../../../shared/errors.ts'

/** A dense matrix in double precision, row after row. */
export interface Matrix {
  readonly rows: number
  readonly columns: number
  readonly data: Float64Array
}

/** Vectors of this length, one after the other, as the rows of a matrix. */
export function asMatrix(vectors: ArrayLike<number>, columns: number): Matrix {
  const rows = vectors.length / columns
  invariant(Number.isInteger(rows), 'whole feature vectors')
  return { rows, columns, data: Float64Array.from(vectors) }
}

/** A · Bᵀ: two rows of A against two of B at a time, which keeps four sums in registers and doubles the speed. */
export function multiplyTransposed(a: Matrix, b: Matrix): Matrix {
  invariant(a.columns === b.columns, 'rows of equal length')
  const product = { rows: a.rows, columns: b.rows, data: new Float64Array(a.rows * b.rows) }
  for (let i = 0; i < a.rows; i += 2) {
    for (let j = 0; j < b.rows; j += 2) multiplyTile(a, b, i, j, product)
  }
  return product
}

/** Rows i and i + 1 of A against rows j and j + 1 of B. A row beyond the last is the last again. */
function multiplyTile(a: Matrix, b: Matrix, i: number, j: number, product: Matrix): void {
  const length = a.columns
  const nextI = Math.min(i + 1, a.rows - 1)
  const nextJ = Math.min(j + 1, b.rows - 1)
  const x = a.data
  const y = b.data
  let [sum00, sum01, sum10, sum11] = [0, 0, 0, 0]
  for (let k = 0; k < length; k++) {
    const xi = x[i * length + k] ?? 0
    const xNext = x[nextI * length + k] ?? 0
    const yj = y[j * length + k] ?? 0
    const yNext = y[nextJ * length + k] ?? 0
    sum00 += xi * yj
    sum01 += xi * yNext
    sum10 += xNext * yj
    sum11 += xNext * yNext
  }
  const { data, columns } = product
  data[i * columns + j] = sum00
  data[i * columns + nextJ] = sum01
  data[nextI * columns + j] = sum10
  data[nextI * columns + nextJ] = sum11
}

/** ‖x − y‖² for each row x of the one and each row y of the other. */
export function squaredDistances(x: Matrix, y: Matrix): Matrix {
  const [xx, yy] = [squares(x), squares(y)]
  const products = multiplyTransposed(x, y)
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0; j < y.rows; j++) {
      const place = i * y.rows + j
      products.data[place] = Math.max(0, at(xx, i) + at(yy, j) - 2 * at(products.data, place))
    }
  }
  return products
}

function squares({ rows, columns, data }: Matrix): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => {
    const row = data.subarray(i * columns, (i + 1) * columns)
    return dot(row, row)
  })
}

export function transpose({ rows, columns, data }: Matrix): Matrix {
  const transposed = new Float64Array(data.length)
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) transposed[j * rows + i] = data[i * columns + j] ?? 0
  }
  return { rows: columns, columns: rows, data: transposed }
}

/**
 * The triangular factor R of A = Q·R (Householder), which has the same products of columns: RᵀR = AᵀA.
 *
 * Unlike the Cholesky factor of AᵀA it keeps small singular values to full precision.
 *
 * @param a at least as many rows as columns
 * @returns [columns, columns], zero below the diagonal
 */
export function triangularFactor(a: Matrix): Matrix {
  invariant(a.rows >= a.columns, 'a tall matrix')
  const { rows: size, columns: length, data } = transpose(a) // A's columns lie in rows now
  for (let k = 0; k < size; k++) {
    const reflector = data.subarray(k * length + k, (k + 1) * length)
    const diagonal = makeReflector(reflector)
    for (let j = k + 1; j < size; j++) reflect(data.subarray(j * length + k, (j + 1) * length), reflector)
    data[k * length + k] = diagonal
  }
  const factor = new Float64Array(size * size)
  for (let j = 0; j < size; j++) {
    for (let k = 0; k <= j; k++) factor[k * size + j] = data[j * length + k] ?? 0
  }
  return { rows: size, columns: size, data: factor }
}

/**
 * Replaces x by the vector v, scaled to vᵀv = 2, whose reflection I − v·vᵀ takes x to (result, 0, …, 0). A vector that
 * needs no reflection becomes 0.
 */
export function makeReflector(x: Float64Array): number {
  const first = x[0] ?? 0
  const largest = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  if (largest === 0 || x.length === 1) {
    x.fill(0)
    return first
  }
  for (let i = 0; i < x.length; i++) x[i] = at(x, i) / largest // so that no square over- or underflows
  const length = (first > 0 ? -1 : 1) * Math.sqrt(dot(x, x)) // of the sign that avoids cancellation
  x[0] = first / largest - length
  const scale = 1 / Math.sqrt(Math.abs(length * at(x, 0)))
  for (let i = 0; i < x.length; i++) x[i] = at(x, i) * scale
  return length * largest
}

/** x ← x − v·(vᵀx). */
export function reflect(x: Float64Array, v: Float64Array): void {
  addMultiple(x, -dot(x, v), v)
}

/** target ← target + factor · source. */
export function addMultiple(target: Float64Array, factor: number, source: Float64Array): void {
  for (let i = 0; i < target.length; i++) target[i] = at(target, i) + factor * at(source, i)
}

export function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0
  for (let i = 0; i < x.length; i++) sum += at(x, i) * at(y, i)
  return sum
}

/** An entry that is known to be there. */
export function at(x: Float64Array, index: number): number {
  return x[index] ?? NaN
}
