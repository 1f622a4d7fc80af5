import * as tf from '@tensorflow/tfjs'
import {
  convolution,
  inputGradient,
  registerConvolutionGradients,
  type ConvolutionAttributes
} from '../backends/derivatives/convolution-gradients.ts'

registerConvolutionGradients()

export interface ConvolutionSettings {
  /** Step between outputs, in pixels, along both axes. */
  readonly stride: 1 | 2
  /** Zeros added on each of the four sides, in pixels; 'valid' adds none. */
  readonly padding: number | 'valid'
}

/**
 * Convolution without flipping the kernel (correlation), differentiable to any order with respect to both inputs.
 *
 * @param x images [N, H, W, in]
 * @param filter kernel [kh, kw, in, out]
 * @returns [N, ⌊(H + 2·padding − kh) / stride⌋ + 1, ⌊(W + 2·padding − kw) / stride⌋ + 1, out]
 */
export function convolve(x: tf.Tensor4D, filter: tf.Tensor4D, settings: ConvolutionSettings): tf.Tensor4D {
  return convolution(x, filter, attributesOf(settings))
}

/**
 * Transposed convolution by two without padding: every input pixel adds its kernel to the output,
 * out[2i + a] += x[i]·W[a]. Differentiable to any order with respect to both inputs.
 *
 * @param x images [N, H, W, in]
 * @param filter kernel [kh, kw, in, out]
 * @returns [N, 2(H − 1) + kh, 2(W − 1) + kw, out]
 */
export function scatterConvolve2(x: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width] = x.shape
  const [kernelHeight, kernelWidth, , channels] = filter.shape
  // It is the input gradient of a convolution that leads from `out` back to `in` channels.
  const shape: [number, number, number, number] = [
    batch,
    2 * (height - 1) + kernelHeight,
    2 * (width - 1) + kernelWidth,
    channels
  ]
  return inputGradient(x, tf.transpose(filter, [0, 1, 3, 2]), shape, attributesOf({ stride: 2, padding: 'valid' }))
}

function attributesOf({ stride, padding }: ConvolutionSettings): ConvolutionAttributes {
  const pixels = padding === 'valid' ? 0 : padding
  const sides: [number, number] = [pixels, pixels]
  return {
    strides: [stride, stride],
    pad: pixels === 0 ? 'valid' : [[0, 0], sides, sides, [0, 0]],
    dataFormat: 'NHWC',
    dilations: [1, 1]
  }
}
