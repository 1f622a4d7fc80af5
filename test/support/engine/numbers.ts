import * as tf from '@tensorflow/tfjs'
import { expect } from 'vitest'
import { RandomStream } from '../../../src/shared/random.ts'

/** Standard normal numbers that depend on nothing but the shape and the seed. */
export function normal<R extends tf.Rank>(shape: tf.ShapeMap[R], seed: number): tf.Tensor<R> {
  return tf.tensor<R>(new RandomStream(seed).normals(tf.util.sizeFromShape(shape)), shape)
}

/** Within `tolerance` of the largest expected magnitude. */
export async function expectClose(
  actual: tf.Tensor,
  expected: tf.Tensor | readonly number[],
  tolerance = 1e-5
): Promise<void> {
  const got = [...(await actual.data())]
  const wanted = expected instanceof tf.Tensor ? [...(await expected.data())] : expected
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
export async function gradientError(
  f: (...inputs: tf.Tensor[]) => tf.Tensor,
  inputs: tf.Tensor[],
  step: number
): Promise<number> {
  const scalar = (...values: tf.Tensor[]) => f(...values).asScalar()
  const { grads } = tf.valueAndGrads(scalar)(inputs)
  const errors = inputs.map(async (input, i) => {
    const direction = normal(input.shape, 100 + i)
    const at = (h: number) => {
      const moved = inputs.map((other, j) => (j === i ? tf.add(other, tf.mul(direction, h)) : other))
      return first(scalar(...moved))
    }
    const measured = ((await at(step)) - (await at(-step))) / (2 * step)
    const gradient = grads[i] ?? tf.fill(input.shape, Number.NaN)
    const computed = await first(tf.sum(tf.mul(gradient, direction)))
    const length = await first(tf.norm(gradient)) // what such a product is on average
    return Math.abs(measured - computed) / Math.max(Math.abs(measured), length)
  })
  return Math.max(...(await Promise.all(errors)))
}

async function first(tensor: tf.Tensor): Promise<number> {
  return (await tensor.data())[0] ?? Number.NaN
}
