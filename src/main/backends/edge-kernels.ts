import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../shared/errors.ts'
import { type KernelCall, replaceKernel } from './kernel-registry.ts'

/**
 * The frame of repeated border pixels around images (edges.ts) and its derivative, each made of a few operations that every
 * backend has.
 */
export function registerEdgeKernels(backendName: string): void {
  replaceKernel('RepeatEdges', backendName, ({ inputs }: KernelCall<'x', unknown, unknown>) =>
    tf.tidy(() => repeatEdge(repeatEdge(images(inputs), 1), 2))
  )
  replaceKernel('FoldEdges', backendName, ({ inputs }: KernelCall<'x', unknown, unknown>) =>
    tf.tidy(() => foldEdge(foldEdge(images(inputs), 1), 2))
  )
}

/** The engine hands its kernels whole tensors. */
function images(inputs: Record<'x', tf.TensorInfo>): tf.Tensor4D {
  return (inputs as Record<'x', tf.Tensor4D>).x
}

/** Repeats the first and last row or column. */
function repeatEdge(x: tf.Tensor4D, axis: 1 | 2): tf.Tensor4D {
  const sizes = x.shape.map((size, i) => (i === axis ? 1 : size)) as tf.Tensor4D['shape'] // one entry for each axis
  const end = x.shape.map((size, i) => (i === axis ? size - 1 : 0)) as tf.Tensor4D['shape']
  const first = tf.slice<tf.Rank.R4, tf.Tensor4D>(x, [0, 0, 0, 0], sizes)
  const last = tf.slice<tf.Rank.R4, tf.Tensor4D>(x, end, sizes)
  return tf.concat([first, x, last], axis)
}

/** Adds the outermost row or column on either side to its neighbour, in whose place it was repeated. */
function foldEdge(x: tf.Tensor4D, axis: 1 | 2): tf.Tensor4D {
  const inner = x.shape[axis] - 4
  invariant(inner >= 0, 'images have two rows and columns or more')
  const parts = tf.split<tf.Tensor4D>(x, [1, 1, ...(inner === 0 ? [] : [inner]), 1, 1], axis)
  const [outermost, first] = parts
  const [last, other] = parts.slice(-2)
  invariant(outermost && first && last && other, 'there are four parts or five')
  return tf.concat([tf.add(outermost, first), ...parts.slice(2, -2), tf.add(last, other)], axis)
}
