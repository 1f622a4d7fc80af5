import { invariant } from '../../../shared/errors.ts'
import { at } from './matrix.ts'

/** Rows of features, each with the answer that is to be learned from it. */
export interface LogisticData {
  /** [rows, size], row after row. */
  readonly features: Float32Array
  /** 0 or 1 for each row. */
  readonly answers: Uint8Array
  readonly size: number
}

const mostRounds = 30
/** A step this small beside the weights changes nothing that can be seen. */
const smallestStep = 1e-7

/**
 * The weights that make σ(w · x + b) most likely to give the answers, by Newton's method (iteratively reweighted least
 * squares), begun at 0. The ridge keeps them finite where a feature tells the answers apart without fail.
 *
 * @param ridge weight of ½ Σw² beside the mean log-loss; the constant b is free of it
 * @returns size + 1 numbers, b last
 */
export function fitLogistic({ features, answers, size }: LogisticData, ridge = 1e-3): Float64Array {
  invariant(features.length === answers.length * size, 'a row of features for each answer')
  const weights = new Float64Array(size + 1)
  for (let round = 0; round < mostRounds; round++) {
    const { gradient, curvature } = derivatives({ features, answers, size }, weights, ridge)
    const step = solvePositive(curvature, gradient)
    for (let i = 0; i <= size; i++) weights[i] = at(weights, i) - at(step, i)
    const largest = Math.max(...weights.map(Math.abs))
    if (step.every((value) => Math.abs(value) <= smallestStep * Math.max(1, largest))) break
  }
  return weights
}

export function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value))
}

/** Of the mean log-loss with its ridge: first derivatives, and second ones as a full matrix row by row. */
function derivatives({ features, answers, size }: LogisticData, weights: Float64Array, ridge: number) {
  const width = size + 1
  const gradient = new Float64Array(width)
  const curvature = new Float64Array(width * width)
  const row = new Float64Array(width)
  row[size] = 1
  for (let n = 0; n < answers.length; n++) {
    let score = at(weights, size)
    for (let i = 0; i < size; i++) {
      row[i] = features[n * size + i] ?? 0
      score += at(weights, i) * at(row, i)
    }
    const probability = sigmoid(score)
    const error = probability - (answers[n] ?? 0)
    const certainty = probability * (1 - probability)
    for (let i = 0; i < width; i++) {
      const value = at(row, i)
      gradient[i] = at(gradient, i) + error * value
      for (let j = 0; j <= i; j++)
        curvature[i * width + j] = at(curvature, i * width + j) + certainty * value * at(row, j)
    }
  }
  addRidge(gradient, curvature, weights, { rows: answers.length, ridge })
  return { gradient, curvature }
}

/** Sums become means, the ridge is added, and what lies below the diagonal is repeated above it. */
function addRidge(
  gradient: Float64Array,
  curvature: Float64Array,
  weights: Float64Array,
  { rows, ridge }: { readonly rows: number; readonly ridge: number }
): void {
  const width = gradient.length
  for (let i = 0; i < width; i++) {
    const own = i < width - 1 ? ridge : 0
    gradient[i] = at(gradient, i) / rows + own * at(weights, i)
    for (let j = 0; j <= i; j++) {
      const value = at(curvature, i * width + j) / rows
      curvature[i * width + j] = i === j ? value + own + tiny : value
      curvature[j * width + i] = at(curvature, i * width + j)
    }
  }
}

/** Keeps the matrix positive where every answer is certain. */
const tiny = 1e-9

/** Solves A·x = b for a symmetric positive A by its Cholesky factor. */
function solvePositive(matrix: Float64Array, right: Float64Array): Float64Array {
  const size = right.length
  const factor = matrix.slice()
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = at(factor, i * size + j)
      for (let k = 0; k < j; k++) sum -= at(factor, i * size + k) * at(factor, j * size + k)
      factor[i * size + j] = i === j ? Math.sqrt(sum) : sum / at(factor, j * size + j)
    }
  }
  const solution = right.slice()
  for (let i = 0; i < size; i++) {
    let sum = at(solution, i)
    for (let k = 0; k < i; k++) sum -= at(factor, i * size + k) * at(solution, k)
    solution[i] = sum / at(factor, i * size + i)
  }
  for (let i = size - 1; i >= 0; i--) {
    let sum = at(solution, i)
    for (let k = i + 1; k < size; k++) sum -= at(factor, k * size + i) * at(solution, k)
    solution[i] = sum / at(factor, i * size + i)
  }
  return solution
}
