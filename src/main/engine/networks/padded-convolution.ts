import * as tf from '@tensorflow/tfjs'
import { type NetworkSettings } from '../../../shared/training.ts'
import { convolve } from '../convolution.ts'
import { repeatEdges } from '../edges.ts'
import { firUpsample2, upConvolve } from '../resample.ts'

/** What stands beyond the border of an image: zeros, or the border pixel again. */
type Padding = NetworkSettings['mergePadding']

/** Convolution to the same size by a 1×1 or 3×3 kernel: x [N, H, W, in] → [N, H, W, out] */
export function convolvePadded(x: tf.Tensor4D, kernel: tf.Tensor4D, padding: Padding): tf.Tensor4D {
  if (kernel.shape[0] === 1) return convolve(x, kernel, { stride: 1, padding: 'valid' })
  return padding === 'zeros'
    ? convolve(x, kernel, { stride: 1, padding: 1 })
    : convolve(repeatEdges(x), kernel, { stride: 1, padding: 'valid' })
}

/** Convolution that doubles the resolution on its way: x [N, H, W, in] → [N, 2H, 2W, out] */
export function upConvolvePadded(x: tf.Tensor4D, kernel: tf.Tensor4D, padding: Padding): tf.Tensor4D {
  if (kernel.shape[0] === 1) return firUpsample2(convolve(x, kernel, { stride: 1, padding: 'valid' }))
  if (padding === 'zeros') return upConvolve(x, kernel)
  const [count, height, width] = x.shape
  const framed = upConvolve(repeatEdges(x), kernel) // two pixels more on each side
  return tf.slice(framed, [0, 2, 2, 0], [count, 2 * height, 2 * width, kernel.shape[3]])
}
