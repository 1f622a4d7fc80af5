import * as tf from '@tensorflow/tfjs'

/** What tfjs's convolution kernels are told. */
export interface ConvolutionKernelAttributes {
  readonly strides: number | [number, number]
  readonly pad: 'same' | 'valid' | number | [[number, number], [number, number], [number, number], [number, number]]
  readonly dilations?: number | [number, number]
  readonly dimRoundingMode?: 'floor' | 'round' | 'ceil'
}

export type Shape4D = [number, number, number, number]

/** The sizes of a convolution from images of shape `input` with a kernel of shape `filter`. */
export function geometryOf(
  attributes: ConvolutionKernelAttributes,
  input: Shape4D,
  filter: Shape4D
): tf.backend_util.Conv2DInfo {
  const { strides, dilations = 1, pad, dimRoundingMode } = attributes
  return tf.backend_util.computeConv2DInfo(input, filter, strides, dilations, pad, dimRoundingMode)
}
