import * as tf from '@tensorflow/tfjs'
import { convolve, scatterConvolve2 } from './convolution.ts'

/**
 * Resampling by two with the filter [1, 3, 3, 1], zeros outside the image, as StyleGAN2 does it
 * (upfirdn2d and conv2d_resample of stylegan2-ada-pytorch). All functions are differentiable to any order.
 */

/**
 * y[2i] = (x[i−1] + 3x[i])/4 and y[2i+1] = (3x[i] + x[i+1])/4 along both axes.
 *
 * @param x [N, H, W, C]
 * @returns [N, 2H, 2W, C]
 */
export function firUpsample2(x: tf.Tensor4D): tf.Tensor4D {
  return upsampleAxis(upsampleAxis(x, 1), 2)
}

/**
 * y[i] = (x[2i−1] + 3x[2i] + 3x[2i+1] + x[2i+2])/8 along both axes.
 *
 * @param x [N, H, W, C], H and W even
 * @returns [N, H/2, W/2, C]
 */
export function firDownsample2(x: tf.Tensor4D): tf.Tensor4D {
  return downsampleAxis(downsampleAxis(x, 1), 2)
}

/**
 * Upsampling and convolution in one: zero insertion, the filter and a true convolution (the kernel turned by 180°),
 * in the equivalent form of a transposed convolution followed by the filter.
 *
 * @param x [N, H, W, in]
 * @param filter [3, 3, in, out]
 * @returns [N, 2H, 2W, out]
 */
export function upConvolve(x: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor4D {
  return blur(scatterConvolve2(x, filter), 1, 4)
}

/**
 * The filter on the image padded by two pixels, then a convolution without padding at every second pixel.
 *
 * @param x [N, H, W, in], H and W even
 * @param filter [3, 3, in, out]
 * @returns [N, H/2, W/2, out]
 */
export function downConvolve(x: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor4D {
  return convolve(blur(x, 2, 1), filter, { stride: 2, padding: 'valid' })
}

/** gain·[1, 3, 3, 1]/8 along both axes after padding: [N, H, W, C] → [N, H + 2·padding − 3, W + 2·padding − 3, C] */
function blur(x: tf.Tensor4D, padding: number, gain: number): tf.Tensor4D {
  const axisGain = Math.sqrt(gain)
  return blurAxis(blurAxis(x, 1, padding, axisGain), 2, padding, axisGain)
}

function blurAxis(x: tf.Tensor4D, axis: 1 | 2, padding: number, gain: number): tf.Tensor4D {
  const padded = padAxis(x, axis, padding)
  const size = padded.shape[axis] - 3
  const tap = (offset: number) => sliceAxis(padded, axis, offset, size)
  const inner = tf.mul(tf.add(tap(1), tap(2)), (3 * gain) / 8)
  return tf.add(inner, tf.mul(tf.add(tap(0), tap(3)), gain / 8))
}

function upsampleAxis(x: tf.Tensor4D, axis: 1 | 2): tf.Tensor4D {
  const size = x.shape[axis]
  const padded = padAxis(x, axis, 1)
  const centre = tf.mul(x, 0.75)
  const even = tf.add(centre, tf.mul(sliceAxis(padded, axis, 0, size), 0.25))
  const odd = tf.add(centre, tf.mul(sliceAxis(padded, axis, 2, size), 0.25))
  const shape = [...x.shape] as [number, number, number, number]
  shape[axis] = 2 * size
  return tf.reshape(tf.stack([even, odd], axis + 1), shape)
}

function downsampleAxis(x: tf.Tensor4D, axis: 1 | 2): tf.Tensor4D {
  const size = x.shape[axis] / 2
  const padded = padAxis(x, axis, 1)
  const paired = [...padded.shape.slice(0, axis), size + 1, 2, ...padded.shape.slice(axis + 1)]
  const pairs = tf.reshape(padded, paired) // pair i holds x[2i − 1] and x[2i]
  const tap = (pair: number, member: number) => {
    const begin = paired.map((_, i) => (i === axis ? pair : i === axis + 1 ? member : 0))
    const extent = paired.map((length, i) => (i === axis ? size : i === axis + 1 ? 1 : length))
    return tf.slice(pairs, begin, extent)
  }
  const inner = tf.mul(tf.add(tap(0, 1), tap(1, 0)), 3 / 8)
  const sum = tf.add(inner, tf.mul(tf.add(tap(0, 0), tap(1, 1)), 1 / 8))
  const shape = [...x.shape] as [number, number, number, number]
  shape[axis] = size
  return tf.reshape(sum, shape)
}

function padAxis(x: tf.Tensor4D, axis: 1 | 2, pixels: number): tf.Tensor4D {
  const margins = x.shape.map((_, i): [number, number] => (i === axis ? [pixels, pixels] : [0, 0]))
  return tf.pad(x, margins)
}

function sliceAxis(x: tf.Tensor4D, axis: 1 | 2, begin: number, size: number): tf.Tensor4D {
  const start = [0, 0, 0, 0] as [number, number, number, number]
  const extent = [...x.shape] as [number, number, number, number]
  start[axis] = begin
  extent[axis] = size
  return tf.slice(x, start, extent)
}
