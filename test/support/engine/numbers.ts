import * as tf from '@tensorflow/tfjs'
import { expect } from 'vitest'
import { RandomStream } from '../../../src/shared/random.ts'

/** Standard normal numbers that depend on nothing but the shape and the seed. */
export function normal<R extends tf.Rank>(shape: tf.ShapeMap[R], seed: number): tf.Tensor<R> {
  return tf.tensor<R>(new RandomStream(seed).normals(tf.util.sizeFromShape(shape)), shape)
}

/** Within `tolerance` of the largest expected magnitude. */
export function expectClose(actual: tf.Tensor, expected: tf.Tensor | readonly number[], tolerance = 1e-5): void {
  const got = [...actual.dataSync()]
  const wanted = expected instanceof tf.Tensor ? [...expected.dataSync()] : expected
  expect(got.length).toBe(wanted.length)
  const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const worst = wanted.reduce((most, value, i) => Math.max(most, Math.abs(value - (got[i] ?? Number.NaN))), 0)
  expect(worst, `got ${got.slice(0, 8).join(', ')} for ${wanted.slice(0, 8).join(', ')}`).toBeLessThanOrEqual(
    tolerance * Math.max(largest, 1e-3)
  )
}

/**
 * ⟨∇f(x), d⟩ against (f(x + h·d) − f(x − h·d))/2h, in a random direction d, for each input of a scalar function.
 *
 * @returns the largest difference, relative to that or to the length of the gradient, whichever is larger
 */
export function gradientError(f: (...inputs: tf.Tensor[]) => tf.Tensor, inputs: tf.Tensor[], step: number): number {
  const scalar = (...values: tf.Tensor[]) => f(...values).asScalar()
  const { grads } = tf.valueAndGrads(scalar)(inputs)
  const errors = inputs.map((input, i) => {
    const direction = normal(input.shape, 100 + i)
    const at = (h: number) => {
      const moved = inputs.map((other, j) => (j === i ? tf.add(other, tf.mul(direction, h)) : other))
      return scalar(...moved).dataSync()[0] ?? Number.NaN
    }
    const measured = (at(step) - at(-step)) / (2 * step)
    const gradient = grads[i] ?? tf.fill(input.shape, Number.NaN)
    const computed = tf.sum(tf.mul(gradient, direction)).dataSync()[0] ?? Number.NaN
    const length = tf.norm(gradient).dataSync()[0] ?? Number.NaN // what such a product is on average
    return Math.abs(measured - computed) / Math.max(Math.abs(measured), length)
  })
  return Math.max(...errors)
}
