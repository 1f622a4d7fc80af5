import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'

/** WebGPU's kernel brings tensors of more axes to the processor, and back. */
const MOST_TILED_AXES = 4

/**
 * First derivatives that take fewer operations than tfjs 4.22's own, which casts floats to floats, reshapes tensors to
 * the shape they have, and spreads a sum's derivative by a product with ones that JavaScript writes out. Values are the
 * same to rounding, and each can be differentiated again. For float32 tensors, the only ones that the networks
 * differentiate.
 */
export function registerLeanGradients(): void {
  registerBinary(
    'Add',
    (dy) => dy,
    (dy) => dy
  )
  registerBinary(
    'Sub',
    (dy) => dy,
    (dy) => negative(dy)
  )
  registerBinary(
    'Multiply',
    (dy, _, b) => product(dy, b),
    (dy, a) => product(dy, a)
  )
  registerBinary(
    'RealDiv',
    (dy, _, b) => quotient(dy, b),
    (dy, a, b) => negative(quotient(product(dy, a), square(b)))
  )
  registerUnary('Square', (dy, x) => product(dy, tf.mul(x, 2)))
  registerUnary('Sqrt', (dy, x) => quotient(dy, tf.mul(tf.sqrt(x), 2)))
  registerUnary('Rsqrt', (dy, x) => {
    const y = tf.rsqrt(x)
    return product(tf.mul(dy, -0.5), product(y, square(y)))
  })
  registerUnary('Reshape', (dy, x) => reshaped(dy, x.shape))
  registerReduction('Sum', (dy) => dy)
  registerReduction('Mean', (dy, count) => tf.mul(dy, 1 / count))
  registerTile()
}

/*
 * Most operations of a backward pass are these. tfjs's own functions check and convert what a derivative knows to be float32 tensors of
 * fitting shapes, in a scope of their own, which takes as long as to call the kernel.
 */

function product(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return tf.engine().runKernel('Multiply', { a, b })
}

function quotient(a: tf.Tensor, b: tf.Tensor): tf.Tensor {
  return tf.engine().runKernel('RealDiv', { a, b })
}

function negative(x: tf.Tensor): tf.Tensor {
  return tf.engine().runKernel('Neg', { x })
}

function square(x: tf.Tensor): tf.Tensor {
  return tf.engine().runKernel('Square', { x })
}

function sum(x: tf.Tensor, axis: number[], keepDims: boolean): tf.Tensor {
  return tf.engine().runKernel('Sum', { x }, { axis, keepDims })
}

function tiled(x: tf.Tensor, reps: number[]): tf.Tensor {
  return tf.engine().runKernel('Tile', { x }, { reps })
}

/** tf.reshape computes also where nothing changes. */
function reshaped(x: tf.Tensor, shape: number[]): tf.Tensor {
  return tf.util.arraysEqual(x.shape, shape) ? x : tf.engine().runKernel('Reshape', { x }, { shape })
}

type Partial = (dy: tf.Tensor, a: tf.Tensor, b: tf.Tensor) => tf.Tensor

function registerBinary(kernelName: string, byA: Partial, byB: Partial): void {
  tf.registerGradient({
    kernelName,
    inputsToSave: ['a', 'b'],
    gradFunc: (upstream, [first, second]) => {
      const [dy, a, b] = [one(upstream), one(first), one(second)]
      return { a: () => sumTo(byA(dy, a, b), a.shape), b: () => sumTo(byB(dy, a, b), b.shape) }
    }
  })
}

function registerUnary(kernelName: string, derivative: (dy: tf.Tensor, x: tf.Tensor) => tf.Tensor): void {
  tf.registerGradient({
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({ x: () => derivative(one(dy), one(x)) })
  })
}

/** A sum over axes, or what is made of one: each number of it takes part in every one of the `count` that it sums. */
function registerReduction(kernelName: string, derivative: (dy: tf.Tensor, count: number) => tf.Tensor): void {
  tf.registerGradient({
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (dy, [x], { axis }) => {
      const { shape } = one(x)
      const axes = tf.util.parseAxisParam(axis as number | number[], shape) // as tf.sum and tf.mean write it
      const count = axes.reduce((product, axis) => product * (shape[axis] ?? 1), 1)
      return { x: () => spread(derivative(one(dy), count), shape, axes) }
    }
  })
}

/** The numbers of `x`, of which the sum took away `axes` of `shape`, once more at every place along those. */
function spread(x: tf.Tensor, shape: number[], axes: number[]): tf.Tensor {
  const isSummed = (i: number) => axes.includes(i)
  if (shape.length <= MOST_TILED_AXES) {
    const kept = shape.map((size, i) => (isSummed(i) ? 1 : size))
    return tiled(
      reshaped(x, kept),
      shape.map((size, i) => (isSummed(i) ? size : 1))
    )
  }
  let [spreading, after] = [x, 1]
  for (let i = shape.length - 1; i >= 0; i--) {
    const size = shape[i] ?? 1
    if (isSummed(i)) spreading = tf.tile(tf.reshape(spreading, [-1, 1, after]), [1, size, 1])
    after *= size
  }
  return tf.reshape(spreading, shape)
}

/** Of as many copies along an axis, the derivatives add up. */
function registerTile(): void {
  tf.registerGradient({
    kernelName: 'Tile',
    inputsToSave: ['x'],
    gradFunc: (dy, [x], attributes) => ({
      x: () => {
        const { shape } = one(x)
        const repetitions = attributes['reps'] as number[] // as tf.tile writes them
        const isRepeated = (i: number) => repetitions[i] !== 1
        if (shape.every((size, i) => size === 1 || !isRepeated(i))) return sumTo(one(dy), shape)
        const apart = shape.flatMap((size, i) => (isRepeated(i) ? [repetitions[i] ?? 1, size] : [size]))
        const copies = shape.flatMap((_, i) =>
          isRepeated(i) ? [i + shape.slice(0, i).filter((_, j) => isRepeated(j)).length] : []
        )
        return tf.sum(tf.reshape(one(dy), apart), copies)
      }
    })
  })
}

/** Sums over the axes that were repeated to reach the shape of the result. */
function sumTo(gradient: tf.Tensor, shape: number[]): tf.Tensor {
  const extra = gradient.shape.length - shape.length
  const added = gradient.shape.slice(0, extra).map((_, i) => i)
  const summed = extra === 0 ? gradient : sum(gradient, added, false)
  const repeated = shape.flatMap((size, i) => (size === summed.shape[i] ? [] : [i]))
  return repeated.length === 0 ? summed : sum(summed, repeated, true)
}

function one(value: tf.Tensor | tf.Tensor[] | undefined): tf.Tensor {
  invariant(value instanceof tf.Tensor, 'the kernel has exactly one such tensor')
  return value
}
