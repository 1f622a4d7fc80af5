import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import { replaceByFakes } from '../../../../../src/main/engine/augmentation/apa.ts'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'

const real = () => ({ samples: tf.tensor4d([1, 2, 3], [3, 1, 1, 1]), labels: Int32Array.of(0, 1, 2) })
const fake = () => ({ samples: tf.tensor4d([10, 20, 30], [3, 1, 1, 1]), labels: Int32Array.of(2, 0, 1) })
const uniforms = Float32Array.of(0.1, 0.5, 0.9)

beforeAll(async () => {
  await chooseBackend('cpu')
})

test.each([
  [0, [1, 2, 3], [0, 1, 2]],
  [0.5, [10, 2, 3], [2, 1, 2]], // a number equal to the probability does not replace
  [1, [10, 20, 30], [2, 0, 1]]
])('at probability %d replaces samples together with their labels', (probability, samples, labels) => {
  const got = replaceByFakes(real(), fake(), uniforms, probability)
  expect([...got.samples.dataSync()]).toEqual(samples)
  expect([...got.labels]).toEqual(labels)
  expect([...got.replaced]).toEqual(samples.map((value) => Number(value >= 10)))
})

test('leaves no tensors behind but its samples', () => {
  const [a, b] = [real(), fake()]
  const before = tf.memory().numTensors
  replaceByFakes(a, b, uniforms, 0.5).samples.dispose()
  expect(tf.memory().numTensors).toBe(before)
})
