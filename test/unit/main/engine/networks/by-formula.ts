import * as tf from '@tensorflow/tfjs'
import { expect } from 'vitest'
import { RandomStream } from '../../../../../src/shared/random.ts'
import { type Module } from '../../../../../src/main/engine/networks/module.ts'

/**
 * Inputs by formula (docs/method.md §11), so that the expected numbers can be made again anywhere. The expected values
 * were computed in float64 and agree with the public PyTorch code to 1e-6.
 */

type Shape4 = [number, number, number, number]

/** A tensor with given values at its indices. */
export function filled(shape: number[], value: (...indices: number[]) => number): tf.Tensor {
  const values = new Float32Array(tf.util.sizeFromShape(shape))
  for (let i = 0; i < values.length; i++) {
    let rest = i
    const indices = shape.map((_, axis) => {
      const stride = tf.util.sizeFromShape(shape.slice(axis + 1))
      const index = Math.floor(rest / stride)
      rest -= index * stride
      return index
    })
    values[i] = value(...indices)
  }
  return tf.tensor(values, shape)
}

/** X: pictures [N, H, W, C]. */
export function pictures(samples: number, channels: number, size: number): tf.Tensor4D {
  const shape: Shape4 = [samples, size, size, channels]
  return filled(shape, (n = 0, i = 0, j = 0, c = 0) => Math.sin(1 + 2 * n + 0.5 * c + 0.7 * i + 0.3 * j)).as4D(...shape)
}

/** W: a kernel [k, k, in, out]. */
export function kernel(inputs: number, outputs: number, size: number): tf.Tensor4D {
  const shape: Shape4 = [size, size, inputs, outputs]
  return filled(shape, (a = 0, b = 0, c = 0, o = 0) => Math.cos(0.4 * o + 0.9 * c + 1.1 * a + 0.6 * b)).as4D(...shape)
}

/** A: a dense matrix [in, out]. */
export function matrix(inputs: number, outputs: number): tf.Tensor2D {
  return filled([inputs, outputs], (k = 0, c = 0) => Math.sin(0.3 * c + 0.8 * k + 0.2)).as2D(inputs, outputs)
}

/** Lat: latents [N, K]. */
export function latents(samples: number, width: number): tf.Tensor2D {
  return filled([samples, width], (n = 0, k = 0) => Math.cos(0.5 * n + 0.9 * k)).as2D(samples, width)
}

/** NZ: a noise map [1, size, size, 1]. */
export function noiseMap(size: number): tf.Tensor4D {
  return filled([1, size, size, 1], (_n, i = 0, j = 0) => Math.sin(1.3 * i + 0.7 * j)).as4D(1, size, size, 1)
}

/** b */
export const biases = [-0.05, 0.05, 0.15]

export const anyWeights = new RandomStream(0)

/** Sets variables of a module by their names. */
export function setVariables(module: Module, values: Record<string, tf.TensorLike | tf.Tensor>): void {
  const variables = module.variables()
  for (const [name, value] of Object.entries(values)) {
    const variable = variables.get(name)
    if (!variable) throw new Error(`No variable ${name} in ${[...variables.keys()].join(', ')}`)
    variable.assign(value instanceof tf.Tensor ? value : tf.tensor(value))
  }
}

interface Summary {
  readonly sum: number
  readonly squares: number
  /** Sample 0, channel 0, row 0, columns 0 to 3. */
  readonly first: number[]
  /** Last sample, channel, row and column. */
  readonly last: number
}

export function expectSummary(y: tf.Tensor4D, expected: Summary): void {
  const got = y.arraySync()
  expect(tf.sum(y).arraySync()).toBeCloseTo(expected.sum, 3)
  expect(tf.sum(tf.square(y)).arraySync()).toBeCloseTo(expected.squares, 2)
  for (const [j, value] of expected.first.entries()) expect(got[0]?.[0]?.[j]?.[0]).toBeCloseTo(value, 5)
  expect(got.at(-1)?.at(-1)?.at(-1)?.at(-1)).toBeCloseTo(expected.last, 5)
}
