import * as tf from '@tensorflow/tfjs'

export interface ConvolutionSettings {
  /** Step between outputs, in pixels, along both axes. */
  readonly stride: 1 | 2
  /** Zeros added on each of the four sides, in pixels; 'valid' adds none. */
  readonly padding: number | 'valid'
}

type Pair = readonly [number, number]

/**
 * Convolution without flipping the kernel (correlation), differentiable to any order with respect to both inputs.
 *
 * The convolution, its input gradient and its filter gradient are each linear in both of their inputs, and the
 * derivative of each of the three is made of the other two: so gradient penalties (R1, path length) can pass through
 * them as often as they like.
 *
 * @param x images [N, H, W, in]
 * @param filter kernel [kh, kw, in, out]
 * @returns [N, ⌊(H + 2·padding − kh) / stride⌋ + 1, ⌊(W + 2·padding − kw) / stride⌋ + 1, out]
 */
export function convolve(x: tf.Tensor4D, filter: tf.Tensor4D, settings: ConvolutionSettings): tf.Tensor4D {
  return forward(x, filter, settings)
}

/**
 * Transposed convolution without padding: every input pixel adds its kernel to the output, out[2i + a] += x[i]·W[a].
 *
 * @param x images [N, H, W, in]
 * @param filter kernel [kh, kw, in, out]
 * @returns [N, 2(H − 1) + kh, 2(W − 1) + kw, out], differentiable to any order
 */
export function scatterConvolve2(x: tf.Tensor4D, filter: tf.Tensor4D): tf.Tensor4D {
  const [, height, width] = x.shape
  const [kernelHeight, kernelWidth] = filter.shape
  const size: Pair = [2 * (height - 1) + kernelHeight, 2 * (width - 1) + kernelWidth]
  return inputGradient(x, tf.transpose(filter, [0, 1, 3, 2]), size, { stride: 2, padding: 0 })
}

/** x [N, H, W, in], filter [kh, kw, in, out] → [N, H', W', out] */
function forward(x: tf.Tensor4D, filter: tf.Tensor4D, settings: ConvolutionSettings): tf.Tensor4D {
  const [, height, width] = x.shape
  const [kernelHeight, kernelWidth] = filter.shape
  return differentiable(
    x,
    filter,
    () => tf.conv2d(x, filter, settings.stride, explicit(settings)),
    (dy) => inputGradient(dy, filter, [height, width], settings),
    (dy) => filterGradient(x, dy, [kernelHeight, kernelWidth], settings)
  )
}

/** dy [N, H', W', out], filter [kh, kw, in, out] → [N, H, W, in] */
function inputGradient(dy: tf.Tensor4D, filter: tf.Tensor4D, size: Pair, settings: ConvolutionSettings): tf.Tensor4D {
  const [kernelHeight, kernelWidth, channels] = filter.shape
  const inputShape = [dy.shape[0], ...size, channels]
  return differentiable(
    dy,
    filter,
    () => run('Conv2DBackpropInput', { dy, filter }, { inputShape }, settings),
    (g) => forward(g, filter, settings),
    (g) => filterGradient(g, dy, [kernelHeight, kernelWidth], settings)
  )
}

/** x [N, H, W, in], dy [N, H', W', out] → [kh, kw, in, out] */
function filterGradient(x: tf.Tensor4D, dy: tf.Tensor4D, kernel: Pair, settings: ConvolutionSettings): tf.Tensor4D {
  const [, height, width, channels] = x.shape
  const filterShape = [...kernel, channels, dy.shape[3]]
  return differentiable(
    x,
    dy,
    () => run('Conv2DBackpropFilter', { x, dy }, { filterShape }, settings),
    (g) => inputGradient(dy, g, [height, width], settings),
    (g) => forward(x, g, settings)
  )
}

type Derivative = (upstream: tf.Tensor4D) => tf.Tensor4D

/** An operation of two inputs with its own derivatives, which may be differentiated again. */
function differentiable(
  a: tf.Tensor4D,
  b: tf.Tensor4D,
  compute: () => tf.Tensor4D,
  derivativeA: Derivative,
  derivativeB: Derivative
): tf.Tensor4D {
  const operation = tf.customGrad((_a, _b, save) => {
    const saving = save as tf.GradSaveFunc // tfjs types the last argument as one more tensor
    saving([a, b])
    return {
      value: compute(),
      // customGrad wants a list of gradients; its types allow only tensors, its code runs what the list holds.
      gradFunc: (upstream: tf.Tensor) => [derivativeA(upstream as tf.Tensor4D), derivativeB(upstream as tf.Tensor4D)]
    }
  })
  return operation(a, b) as tf.Tensor4D // the rank of `compute`
}

function run(
  kernel: string,
  inputs: tf.NamedTensorMap,
  shape: Record<string, number[]>,
  settings: ConvolutionSettings
): tf.Tensor4D {
  return tf.engine().runKernel(kernel, inputs, {
    strides: settings.stride,
    pad: explicit(settings),
    dataFormat: 'NHWC',
    ...shape
  }) as unknown as tf.Tensor4D // these kernels return one tensor of rank 4
}

type ExplicitPadding = [[number, number], [number, number], [number, number], [number, number]]

function explicit({ padding }: ConvolutionSettings): 'valid' | ExplicitPadding {
  if (padding === 'valid' || padding === 0) return 'valid'
  return [
    [0, 0],
    [padding, padding],
    [padding, padding],
    [0, 0]
  ]
}
