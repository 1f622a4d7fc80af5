import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'

beforeAll(() => chooseBackend('cpu'))

const random = new RandomStream(31)
const wide = () => tf.tensor(random.normals(24), [2, 3, 4])
const narrow = () => tf.tensor(random.normals(3), [3, 1])

const functions = {
  sum: (a: tf.Tensor, b: tf.Tensor) => tf.square(tf.add(a, b)),
  'difference, the wide one last': (a: tf.Tensor, b: tf.Tensor) => tf.square(tf.sub(b, a)),
  product: (a: tf.Tensor, b: tf.Tensor) => tf.mul(tf.mul(a, b), a),
  'square of the product': (a: tf.Tensor, b: tf.Tensor) => tf.square(tf.mul(b, a)),
  quotient: (a: tf.Tensor, b: tf.Tensor) => tf.div(a, positive(b)),
  'quotient, the wide one below': (a: tf.Tensor, b: tf.Tensor) => tf.div(b, positive(a)),
  root: (a: tf.Tensor, b: tf.Tensor) => tf.sqrt(positive(tf.add(a, b))),
  'reciprocal root': (a: tf.Tensor, b: tf.Tensor) => tf.rsqrt(positive(tf.mul(a, b))),
  'sums over axes': (a: tf.Tensor, b: tf.Tensor) => tf.mul(tf.square(tf.sum(a, [0, 2])), tf.square(tf.sum(b, 1))),
  'means that keep an axis': (a: tf.Tensor, b: tf.Tensor) => tf.mul(tf.square(tf.mean(a, 1, true)), tf.mean(b)),
  'tiles of one': (a: tf.Tensor, b: tf.Tensor) => tf.mul(tf.square(tf.tile(b, [1, 4])), tf.sum(a, 0)),
  'tiles of several': (a: tf.Tensor, b: tf.Tensor) =>
    tf.mul(tf.square(tf.tile(a, [2, 1, 2])), tf.sum(tf.tile(tf.square(b), [2, 8]), 0))
}

/** From ½ on. */
function positive(x: tf.Tensor): tf.Tensor {
  return tf.add(tf.square(x), 0.5)
}

describe.each(Object.entries(functions))('%s', (_name, f) => {
  const total = (a: tf.Tensor, b: tf.Tensor) => tf.sum(f(a, b))

  test.each([0, 1])('its derivative by argument %i agrees with finite differences', (argument) => {
    expectSlope(total, [wide(), narrow()], argument)
  })

  test.each([0, 1])('so does the derivative of the squared derivative, by argument %i', (argument) => {
    const squared = (a: tf.Tensor, b: tf.Tensor) => {
      const [byA, byB] = tf.grads((x, y) => total(x, y))([a, b]) as [tf.Tensor, tf.Tensor]
      return tf.add(tf.sum(tf.square(byA)), tf.sum(tf.square(byB)))
    }
    expectSlope(squared, [wide(), narrow()], argument)
  })
})

/** Compares the derivative along itself with a central difference; the functions are smooth. */
function expectSlope(
  f: (a: tf.Tensor, b: tf.Tensor) => tf.Tensor,
  [a, b]: [tf.Tensor, tf.Tensor],
  argument: number
): void {
  const gradient = tf.grads((x, y) => f(x, y))([a, b])[argument] ?? tf.scalar(NaN)
  expect(gradient.shape).toEqual([a, b][argument]?.shape)
  const length = Number(tf.norm(gradient).arraySync())
  const step = 0.01
  const at = (sign: number) => {
    const moved = [a, b].map((x, i) => (i === argument ? tf.add(x, tf.mul(gradient, (sign * step) / length)) : x))
    return Number(f(...(moved as [tf.Tensor, tf.Tensor])).arraySync())
  }
  expect((at(1) - at(-1)) / (2 * step) / length).toBeCloseTo(1, 2)
}
