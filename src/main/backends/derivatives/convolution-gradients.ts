import * as tf from '@tensorflow/tfjs'

/** What tfjs's three convolution kernels are told, with zeros around the image given in pixels. */
export interface ConvolutionAttributes {
  readonly strides: [number, number]
  readonly pad: 'valid' | [[number, number], [number, number], [number, number], [number, number]]
  readonly dataFormat: 'NHWC'
  readonly dilations: [number, number]
  /** Of the result of an input gradient. */
  readonly inputShape?: Shape
  /** Of the result of a filter gradient. */
  readonly filterShape?: Shape
}

type Shape = [number, number, number, number]

let registered = false

/**
 * Makes convolutions differentiable to any order.
 *
 * The convolution, its input gradient and its filter gradient are each linear in both of their inputs, and the
 * derivative of each of the three is made of the other two: so gradient penalties (R1, path length) can pass through
 * them as often as they like. tfjs 4.22 knows no derivative of the filter gradient.
 */
export function registerConvolutionGradients(): void {
  if (registered) return
  registered = true

  register('Conv2D', ['x', 'filter'], (x, filter, attributes) => ({
    x: (dy) => inputGradient(dy, filter, x.shape, attributes),
    filter: (dy) => filterGradient(x, dy, filter.shape, attributes)
  }))
  register('Conv2DBackpropInput', ['dy', 'filter'], (dy, filter, attributes) => ({
    dy: (g) => convolution(g, filter, attributes),
    filter: (g) => filterGradient(g, dy, filter.shape, attributes)
  }))
  register('Conv2DBackpropFilter', ['x', 'dy'], (x, dy, attributes) => ({
    x: (g) => inputGradient(dy, g, x.shape, attributes),
    dy: (g) => convolution(x, g, attributes)
  }))
}

/** x [N, H, W, in], filter [kh, kw, in, out] → [N, H', W', out] */
export function convolution(x: tf.Tensor4D, filter: tf.Tensor4D, attributes: ConvolutionAttributes): tf.Tensor4D {
  return run('Conv2D', { x, filter }, attributes)
}

/** dy [N, H', W', out], filter [kh, kw, in, out] → inputShape [N, H, W, in] */
export function inputGradient(
  dy: tf.Tensor4D,
  filter: tf.Tensor4D,
  inputShape: Shape,
  attributes: ConvolutionAttributes
): tf.Tensor4D {
  return run('Conv2DBackpropInput', { dy, filter }, { ...attributes, inputShape })
}

/** x [N, H, W, in], dy [N, H', W', out] → filterShape [kh, kw, in, out] */
function filterGradient(
  x: tf.Tensor4D,
  dy: tf.Tensor4D,
  filterShape: Shape,
  attributes: ConvolutionAttributes
): tf.Tensor4D {
  return run('Conv2DBackpropFilter', { x, dy }, { ...attributes, filterShape })
}

type Derivatives = Record<string, (upstream: tf.Tensor4D) => tf.Tensor4D>

function register(
  kernelName: string,
  inputs: [string, string],
  derivativesOf: (a: tf.Tensor4D, b: tf.Tensor4D, attributes: ConvolutionAttributes) => Derivatives
): void {
  tf.registerGradient({
    kernelName,
    inputsToSave: inputs,
    gradFunc: (upstream, [a, b], attributes) => {
      // All tensors of these kernels have rank 4, and this file and tf.conv2d write the attributes.
      const derivatives = derivativesOf(
        a as tf.Tensor4D,
        b as tf.Tensor4D,
        attributes as unknown as ConvolutionAttributes
      )
      return Object.fromEntries(
        Object.entries(derivatives).map(([input, derivative]) => [input, () => derivative(upstream as tf.Tensor4D)])
      )
    }
  })
}

function run(kernel: string, inputs: tf.NamedTensorMap, attributes: ConvolutionAttributes): tf.Tensor4D {
  return tf.engine().runKernel<tf.Tensor4D>(kernel, inputs, { ...attributes })
}
