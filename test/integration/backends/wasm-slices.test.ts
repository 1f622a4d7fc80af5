import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { chooseBackend } from '../../../src/main/backends/backend.ts'

beforeAll(() => chooseBackend('wasm'))

/** 0, 1, 2 … in C order: the value says where a number came from. */
function counted(shape: number[], dtype: 'float32' | 'int32' = 'float32'): tf.Tensor {
  return tf.reshape(tf.range(0, tf.util.sizeFromShape(shape), 1, dtype), shape)
}

describe('slices on wasm take the numbers they should', () => {
  test.each<[number[], number[], number[]]>([
    [[10], [3], [4]],
    [
      [3, 5],
      [1, 2],
      [2, 3]
    ],
    [
      [3, 5],
      [1, 0],
      [1, 5]
    ],
    [
      [2, 3, 4],
      [0, 1, 1],
      [2, 2, 3]
    ],
    [
      [2, 3, 4, 5],
      [0, 0, 0, 2],
      [2, 3, 4, 3]
    ],
    [
      [2, 3, 4, 5],
      [1, 1, 1, 1],
      [1, 2, 2, 3]
    ],
    [
      [2, 3, 4, 60],
      [0, 1, 0, 0],
      [2, 1, 4, 60]
    ],
    [
      [2, 2, 2, 2, 3],
      [0, 1, 0, 1, 1],
      [2, 1, 2, 1, 2]
    ]
  ])('%j from %j, %j long', (shape, begin, size) => {
    const strides = shape.map((_, i) => tf.util.sizeFromShape(shape.slice(i + 1)))
    const expected = counted(size)
      .dataSync()
      .map((flat) => {
        let rest = flat
        return size.reduce((place, _, i) => {
          const inner = tf.util.sizeFromShape(size.slice(i + 1))
          const index = Math.floor(rest / inner)
          rest -= index * inner
          return place + (index + (begin[i] ?? 0)) * (strides[i] ?? 0)
        }, 0)
      })
    for (const dtype of ['float32', 'int32'] as const) {
      const block = tf.slice(counted(shape, dtype), begin, size)
      expect(block.shape).toEqual(size)
      expect([...block.dataSync()]).toEqual([...expected])
    }
  })
})

test.each([0, 1, 2, 3, -1])('what is split along axis %i can be joined again', (axis) => {
  const x = counted([4, 4, 4, 4])
  const parts = tf.split(x, [1, 0, 3], axis)
  expect(parts.map(({ size }) => size)).toEqual([64, 0, 192])
  expect(tf.concat(parts, axis).dataSync()).toEqual(x.dataSync())
})

test('texts and truth values are still cut and joined', () => {
  const texts = tf.tensor1d(['a', 'b', 'c'])
  expect(tf.concat([tf.slice(texts, 1, 2), texts]).dataSync()).toEqual(['b', 'c', 'a', 'b', 'c'])
  const truths = tf.tensor1d([true, false, true], 'bool')
  expect([...tf.concat([tf.slice(truths, 1, 2), truths]).dataSync()]).toEqual([0, 1, 1, 0, 1])
})
