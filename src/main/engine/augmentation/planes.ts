import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { applyLinear } from './linear-map.ts'

/** 1 for an image plane and 0 for a mask plane, [P]. */
export function imagePlanes(planes: number, imageChannels: number): tf.Tensor1D {
  invariant(imageChannels > 0 && imageChannels <= planes, 'a sample has at least its image planes')
  return tf.tensor1d(Array.from({ length: planes }, (_, plane) => (plane < imageChannels ? 1 : 0)))
}

/** One number for each sample, [N, 1, 1, 1]. */
export function perSample(values: Float32Array): tf.Tensor4D {
  return tf.tensor4d(values, [values.length, 1, 1, 1])
}

/**
 * The mean over all pixels and image planes of each sample, [N, 1, 1, 1]. A product with a vector, because reducing an
 * inner axis makes most backends transpose first.
 */
export function sampleMeans(x: tf.Tensor4D, imageChannels: number): tf.Tensor4D {
  const [count, height, width, planes] = x.shape
  const weights = tf.tile(imagePlanes(planes, imageChannels), [height * width])
  const sums = tf.matMul(x.reshape<tf.Tensor2D>([count, -1]), weights.reshape<tf.Tensor2D>([-1, 1]))
  return tf.div(sums, height * width * imageChannels).reshape([count, 1, 1, 1])
}

/** A linear map of each pixel's planes: y[…, q] = Σ_p x[…, p]·matrix[p, q]. */
export function mixPlanes(x: tf.Tensor4D, matrix: tf.Tensor2D): tf.Tensor4D {
  return tf.matMul(x.reshape<tf.Tensor2D>([-1, x.shape[3]]), matrix).reshape(x.shape)
}

/**
 * Moves each sample by whole pixels: y[row, column] = x[row + shift₀, column + shift₁], 0 where that lies outside.
 *
 * The adjoint of a shift is the shift back, so this is its own gradient to any order and needs no scattering kernel,
 * which the wasm backend lacks.
 *
 * @param x [N, H, W, P]
 * @param shift [N, 2] in pixels
 */
export function translate(x: tf.Tensor4D, shift: Int32Array): tf.Tensor4D {
  invariant(shift.length === 2 * x.shape[0], 'one shift for each sample')
  const back = shift.map((pixels) => -pixels)
  const moved = applyLinear(
    x,
    (y) => shiftPixels(y, x.shape, shift),
    (dy) => shiftPixels(dy, x.shape, back)
  )
  return moved.reshape(x.shape)
}

/** Cuts each sample's window out of the zero-padded batch; rows of W·P numbers are moved as a whole. */
function shiftPixels(x: tf.Tensor, shape: tf.Tensor4D['shape'], shift: Int32Array): tf.Tensor {
  const [count, height, width, planes] = shape
  const margin = shift.reduce((largest, pixels) => Math.max(largest, Math.abs(pixels)), 0)
  const padded = tf.pad(x.reshape<tf.Tensor3D>([count, height, width * planes]), [
    [0, 0],
    [margin, margin],
    [margin * planes, margin * planes]
  ])
  const windows = Array.from({ length: count }, (_, n) => {
    const [rows = 0, columns = 0] = shift.subarray(2 * n)
    return tf.slice(padded, [n, margin + rows, (margin + columns) * planes], [1, height, width * planes])
  })
  return tf.concat(windows).reshape(shape)
}
