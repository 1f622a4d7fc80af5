import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { chooseBackend } from '../../../../src/main/backends/backend.ts'

beforeAll(() => chooseBackend('cpu'))

describe('gradients', () => {
  test('one tensor that is the gradient of both summands stays that of one when the other gets more', () => {
    const total = (a: tf.Tensor, b: tf.Tensor) => {
      const square = tf.square(a)
      return tf.sum(tf.add(tf.add(a, b), square))
    }
    const [byA, byB] = tf.grads(total)([tf.tensor1d([1, 2]), tf.tensor1d([3, 4])])
    expect(byA?.arraySync()).toEqual([3, 5])
    expect(byB?.arraySync()).toEqual([1, 1])
  })

  test('parts that a loss does not use count as zero', () => {
    const firstPart = (x: tf.Tensor) => tf.sum(tf.square(tf.split(x, [1, 2])[0] ?? x))
    expect(
      tf
        .grad(firstPart)(tf.tensor1d([3, 4, 5]))
        .arraySync()
    ).toEqual([6, 0, 0])
  })

  test('a loss that a tensor does not lead to has none for it, unless that is refused', () => {
    const x = tf.tensor1d([1, 2])
    const { grads } = tf.engine().gradients(() => tf.scalar(1), [x], undefined, true)
    expect(grads).toEqual([undefined])
    expect(() => tf.grad(() => tf.scalar(1))(x)).toThrow()
  })

  test('an operation without a derivative is named', () => {
    expect(() => tf.grad((x) => tf.sum(tf.topk(x, 1).values))(tf.tensor1d([1, 2]))).toThrow('TopK')
  })

  test('those of what lies between are gone before the first operation is reached, however many there are', () => {
    const left = [3, 30].map((length) => tensorsAtFirst(length))
    expect(left[1]).toBe(left[0])
  })

  test('nothing is left behind by a gradient of a gradient', () => {
    const x = tf.tensor1d([0.5, 2])
    const before = tf.memory().numTensors
    tf.tidy(() => {
      const slope = (v: tf.Tensor) => tf.sum(tf.square(tf.grad((u) => tf.sum(tf.mul(tf.square(u), u)))(v)))
      const second = tf.grad(slope)(x)
      expect(second.arraySync()).toEqual([36 * 0.5 ** 3, 36 * 2 ** 3])
    })
    expect(tf.memory().numTensors).toBe(before)
  })
})

/** How many tensors there are when the derivative of the first of several operations is computed. */
function tensorsAtFirst(length: number): number {
  let found = NaN
  const first = tf.customGrad((x) => ({
    value: tf.clone(x as tf.Tensor),
    gradFunc: (dy) => {
      found = tf.memory().numTensors
      return dy
    }
  }))
  tf.tidy(() => {
    tf.grad((x) => {
      let y = first(x)
      for (let i = 0; i < length; i++) y = tf.square(y)
      return tf.sum(y)
    })(tf.tensor1d([1, 1]))
  })
  return found
}

test('tensors made before the engine was changed can be read and disposed of', async () => {
  const kept = tf.tensor1d([1, 2])
  await chooseBackend('cpu')
  expect(kept.arraySync()).toEqual([1, 2])
  const before = tf.memory().numDataBuffers
  kept.dispose()
  expect(tf.memory().numDataBuffers).toBe(before - 1)
})
