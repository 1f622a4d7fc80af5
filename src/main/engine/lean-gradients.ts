import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../shared/errors.ts'

/**
 * First derivatives of arithmetic that take fewer operations than tfjs 4.22's own, which casts floats to floats and
 * reshapes tensors to the shape they have: a fifth of all operations of a training step. Values are the same, and
 * each can be differentiated again. For float32 tensors, the only ones that the networks differentiate.
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
    (dy) => tf.neg(dy)
  )
  registerBinary(
    'Multiply',
    (dy, _, b) => tf.mul(dy, b),
    (dy, a) => tf.mul(dy, a)
  )
  tf.registerGradient({
    kernelName: 'Square',
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({ x: () => tf.mul(one(dy), tf.mul(one(x), 2)) })
  })
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

/** Sums over the axes that were repeated to reach the shape of the result. */
function sumTo(gradient: tf.Tensor, shape: number[]): tf.Tensor {
  if (tf.util.arraysEqual(gradient.shape, shape)) return gradient
  const extra = gradient.shape.length - shape.length
  const axes = gradient.shape.flatMap((size, i) => (i < extra || shape[i - extra] !== size ? [i] : []))
  return tf.reshape(tf.sum(gradient, axes), shape)
}

function one(value: tf.Tensor | tf.Tensor[] | undefined): tf.Tensor {
  invariant(value instanceof tf.Tensor, 'the kernel has exactly one such tensor')
  return value
}
