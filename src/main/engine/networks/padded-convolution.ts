import * as tf from '@tensorflow/tfjs'
import { type NetworkSettings } from '../../../shared/training.ts'
import { convolve } from '../convolution.ts'
import { firUpsample2, upConvolve } from '../resample.ts'

/** What stands beyond the border of an image: zeros, or the border pixel again. */
type Padding = NetworkSettings['mergePadding']

/** Convolution to the same size by a 1×1 or 3×3 kernel: x [N, H, W, in] → [N, H, W, out] */
export function convolvePadded(x: tf.Tensor4D, kernel: tf.Tensor4D, padding: Padding): tf.Tensor4D {
  if (kernel.shape[0] === 1) return convolve(x, kernel, { stride: 1, padding: 'valid' })
  return padding === 'zeros'
    ? convolve(x, kernel, { stride: 1, padding: 1 })
    : convolve(withRepeatedEdges(x), kernel, { stride: 1, padding: 'valid' })
}

/** Convolution that doubles the resolution on its way: x [N, H, W, in] → [N, 2H, 2W, out] */
export function upConvolvePadded(x: tf.Tensor4D, kernel: tf.Tensor4D, padding: Padding): tf.Tensor4D {
  if (kernel.shape[0] === 1) return firUpsample2(convolve(x, kernel, { stride: 1, padding: 'valid' }))
  if (padding === 'zeros') return upConvolve(x, kernel)
  const [count, height, width] = x.shape
  const framed = upConvolve(withRepeatedEdges(x), kernel) // two pixels more on each side
  return tf.slice(framed, [0, 2, 2, 0], [count, 2 * height, 2 * width, kernel.shape[3]])
}

/** [N, H, W, C] → [N, H + 2, W + 2, C]. tfjs pads by repetition only without a gradient. */
function withRepeatedEdges(x: tf.Tensor4D): tf.Tensor4D {
  return repeatEdge(repeatEdge(x, 1), 2)
}

/** Repeats the first and last row or column. */
function repeatEdge(x: tf.Tensor4D, axis: 1 | 2): tf.Tensor4D {
  const extent = x.shape.map((size, i) => (i === axis ? 1 : size)) as tf.Tensor4D['shape'] // one entry for each axis
  const end = x.shape.map((size, i) => (i === axis ? size - 1 : 0)) as tf.Tensor4D['shape']
  const first = tf.slice<tf.Rank.R4, tf.Tensor4D>(x, [0, 0, 0, 0], extent)
  const last = tf.slice<tf.Rank.R4, tf.Tensor4D>(x, end, extent)
  return tf.concat([first, x, last], axis)
}
