import { at, type Matrix, squaredDistances } from './matrix.ts'

/**
 * The energy distance 2·E‖X − Y‖ − E‖X − X′‖ − E‖Y − Y′‖ between what two sets are drawn from (Székely and Rizzo 2013),
 * estimated without bias: 0 where they are drawn from the same, in the mean even slightly below or above, whatever their
 * numbers. It takes no distribution for normal, and a vector far away counts by its distance, not by its square.
 *
 * @param withinX `meanWithin(x)`, where it is known already
 */
export function energyDistance(x: Matrix, y: Matrix, withinX = meanWithin(x)): number {
  return 2 * meanBetween(x, y) - withinX - meanWithin(y)
}

/** The mean distance between two different vectors of a set; 0 for a single vector, which stands for a set of equal ones. */
export function meanWithin(x: Matrix): number {
  const pairs = (x.rows * (x.rows - 1)) / 2
  if (pairs === 0) return 0
  const distances = squaredDistances(x, x)
  let sum = 0
  for (let i = 0; i < x.rows; i++) {
    for (let j = 0; j < i; j++) sum += Math.sqrt(at(distances.data, i * x.rows + j))
  }
  return sum / pairs
}

function meanBetween(x: Matrix, y: Matrix): number {
  const { data } = squaredDistances(x, y)
  return data.reduce((sum, square) => sum + Math.sqrt(square), 0) / data.length
}
