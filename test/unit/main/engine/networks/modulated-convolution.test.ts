import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { chooseBackend } from '../../../../../src/main/backends/backend.ts'
import { Extraction, SynthesisLayer, ToRgb } from '../../../../../src/main/engine/networks/modulated-convolution.ts'
import {
  anyWeights,
  biases,
  expectSummary,
  kernel,
  latents,
  matrix,
  noiseMap,
  pictures,
  setVariables
} from './by-formula.ts'

beforeAll(() => chooseBackend('cpu'))

const style = { 'affine.weight': matrix(3, 2), 'affine.bias': [1, 1], bias: biases }

describe('modulated layers give the numbers of the docs/method.md §11', () => {
  test('synthesis layer', () => {
    const layer = new SynthesisLayer(2, 3, 3, false, anyWeights)
    setVariables(layer, { ...style, weight: kernel(2, 3, 3), noise_strength: tf.scalar(0.25) })
    expectSummary(layer.forward(pictures(2, 2, 4), latents(2, 3), noiseMap(4)), {
      sum: 123.083089,
      squares: 359.804813,
      first: [-0.514065, -0.550802, -0.39722, -0.136653],
      last: 0.083353
    })
  })

  test('synthesis layer that doubles the resolution', () => {
    const layer = new SynthesisLayer(2, 3, 3, true, anyWeights)
    setVariables(layer, { ...style, weight: kernel(2, 3, 3), noise_strength: tf.scalar(0.25) })
    expectSummary(layer.forward(pictures(2, 2, 4), latents(2, 3), noiseMap(8)), {
      sum: 409.670001,
      squares: 1074.552054,
      first: [0.046624, -0.032314, -0.046416, -0.054491],
      last: 0.836233
    })
  })

  test('the way to the picture', () => {
    const layer = new ToRgb(2, 3, 3, anyWeights)
    setVariables(layer, { ...style, weight: kernel(2, 3, 1) })
    expectSummary(layer.forward(pictures(2, 2, 4), latents(2, 3)), {
      sum: 0.032445,
      squares: 43.701623,
      first: [1.378713, 1.474298, 1.433721, 1.260609],
      last: 0.018986
    })
  })

  test('modulated 1×1 convolution', async () => {
    const layer = new Extraction(2, 2, 1, anyWeights)
    setVariables(layer, {
      weight: tf.tensor4d([1, 3, 2, -1], [1, 1, 2, 2]),
      'affine.weight': tf.zeros([1, 2]),
      'affine.bias': [2, 0.5],
      bias: [0, 0]
    })
    const y = await layer.forward(tf.tensor4d([1, 2], [1, 1, 1, 2]), tf.zeros([1, 1])).data()
    expect(y[0]).toBeCloseTo(1.788854, 5)
    expect(y[1]).toBeCloseTo(0.830455, 5)
  })
})

test('scaling activations equals scaling weights per sample', () => {
  const random = new RandomStream(11)
  const layer = new SynthesisLayer(4, 5, 3, false, random)
  const x = tf.tensor4d(random.normals(3 * 6 * 6 * 4), [3, 6, 6, 4])
  const w = tf.tensor2d(random.normals(9), [3, 3])
  const styles = layer.affine.forward(w)

  const bySample = Array.from({ length: 3 }, (_, n) => {
    const scaled = tf.mul(layer.weight, tf.reshape(tf.slice(styles, [n, 0], [1, 4]), [1, 1, 4, 1]))
    const power = tf.sum(tf.square(scaled), [0, 1, 2], true)
    const weight: tf.Tensor4D = tf.mul(scaled, tf.rsqrt(tf.add(power, 1e-8)))
    return tf.conv2d(tf.slice(x, [n, 0, 0, 0], [1, 6, 6, 4]), weight, 1, 'same')
  })
  const difference = tf.max(tf.abs(tf.sub(layer.convolve(x, w), tf.concat(bySample)))).arraySync()
  expect(difference).toBeLessThan(1e-5)
})

test('demodulation gives unit variance whatever the style', () => {
  const random = new RandomStream(12)
  const layer = new Extraction(64, 64, 4, random)
  const x = tf.tensor4d(random.normals(2 * 16 * 16 * 64), [2, 16, 16, 64])
  const w = tf.tensor2d(random.normals(8), [2, 4])
  expect(tf.mean(tf.square(layer.forward(x, tf.mul(w, 3)))).arraySync()).toBeCloseTo(1, 1)
})

test('noise starts without effect, and reaches all channels alike once it has strength', () => {
  const layer = new SynthesisLayer(2, 3, 3, false, new RandomStream(13))
  const [x, w] = [pictures(2, 2, 4), latents(2, 3)] as const
  const quiet = layer.forward(x, w, noiseMap(4))
  expect(tf.max(tf.abs(tf.sub(quiet, layer.forward(x, w, tf.zeros([1, 4, 4, 1]))))).arraySync()).toBe(0)
  layer.noiseStrength.assign(tf.scalar(0.5))
  expect(tf.max(tf.abs(tf.sub(quiet, layer.forward(x, w, noiseMap(4))))).arraySync()).toBeGreaterThan(0.1)
})
