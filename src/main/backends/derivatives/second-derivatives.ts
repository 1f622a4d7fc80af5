import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { registerConvolutionGradients } from './convolution-gradients.ts'

/**
 * Second derivatives that tfjs 4.22 lacks or gets wrong, for gradient penalties (R1, path length; docs/method.md §10).
 *
 * tfjs's own gradients of exp, sigmoid, tanh and softmax keep the operation's output, which loses its history, so a
 * second derivative is wrong without an error. These keep the input instead. The backward passes of linear operations
 * had no gradient at all: it is the forward pass. `tf.logSoftmax` cannot be mended from outside, for its gradient is
 * not in the registry: write x − tf.logSumExp(x).
 */
export function registerSecondDerivatives(): void {
  registerConvolutionGradients()

  registerUnary('Exp', (x) => tf.exp(x))
  registerUnary('Tanh', (x) => tf.sub(1, tf.square(tf.tanh(x))))
  registerUnary('Sigmoid', (x) => {
    const y = tf.sigmoid(x)
    return tf.mul(y, tf.sub(1, y))
  })
  registerSoftmax()

  registerDepthwiseInputGradient()
  registerOfImages('AvgPoolGrad', 'input', (g, attributes) => {
    const { filterSize, strides, pad } = attributes as unknown as PoolAttributes
    return tf.avgPool(g, filterSize, strides, pad)
  })
  registerOfImages('ResizeBilinearGrad', 'images', (g, { alignCorners, halfPixelCenters }, size) =>
    tf.image.resizeBilinear(g, size, alignCorners === true, halfPixelCenters === true)
  )
  registerOfImages('ResizeNearestNeighborGrad', 'images', (g, { alignCorners, halfPixelCenters }, size) =>
    tf.image.resizeNearestNeighbor(g, size, alignCorners === true, halfPixelCenters === true)
  )

  for (const kernelName of ['Greater', 'GreaterEqual', 'Less', 'LessEqual', 'Equal', 'NotEqual']) {
    registerWithoutSlope(kernelName, ['a', 'b'])
  }
  for (const kernelName of ['LogicalAnd', 'LogicalOr']) registerWithoutSlope(kernelName, ['a', 'b'])
  registerWithoutSlope('LogicalNot', ['x'])
}

/** The attributes of tfjs's average pooling. */
interface PoolAttributes {
  readonly filterSize: [number, number] | number
  readonly strides: [number, number] | number
  readonly pad: 'valid' | 'same' | number
}

/** An operation of one input `x` that works on each number alone; `derivative` is computed from that input. */
function registerUnary(kernelName: string, derivative: (x: tf.Tensor) => tf.Tensor): void {
  tf.registerGradient({
    kernelName,
    inputsToSave: ['x'],
    gradFunc: (dy, [x]) => ({ x: () => tf.mul(one(dy), derivative(one(x))) })
  })
}

function registerSoftmax(): void {
  tf.registerGradient({
    kernelName: 'Softmax',
    inputsToSave: ['logits'],
    gradFunc: (dy, [logits], { dim }) => ({
      logits: () => {
        const y = tf.softmax(one(logits), Number(dim))
        const weighted = tf.mul(one(dy), y)
        return tf.sub(weighted, tf.mul(y, tf.sum(weighted, Number(dim), true)))
      }
    })
  })
}

/** Linear in both of its inputs, like the depthwise convolution itself. */
function registerDepthwiseInputGradient(): void {
  tf.registerGradient({
    kernelName: 'DepthwiseConv2dNativeBackpropInput',
    inputsToSave: ['dy', 'filter'],
    gradFunc: (upstream, [dy, filter], attributes) => {
      const g = one(upstream)
      return {
        dy: () => run('DepthwiseConv2dNative', { x: g, filter: one(filter) }, { dataFormat: 'NHWC', ...attributes }),
        filter: () =>
          run(
            'DepthwiseConv2dNativeBackpropFilter',
            { x: g, dy: one(dy) },
            { ...attributes, filterShape: [...one(filter).shape] }
          )
      }
    }
  })
}

type Backward = (upstream: tf.Tensor4D, attributes: tf.NamedAttrMap, size: [number, number]) => tf.Tensor

/**
 * The backward pass of an operation that is linear in its images: what flows through `dy` has a derivative, which is
 * the forward pass to the size of `dy`; the values of the images have none.
 */
function registerOfImages(kernelName: string, images: 'input' | 'images', forward: Backward): void {
  tf.registerGradient({
    kernelName,
    inputsToSave: ['dy', images],
    gradFunc: (upstream, [dy, values], attributes) => {
      const [, height = 0, width = 0] = one(dy).shape
      return {
        dy: () => forward(one(upstream) as tf.Tensor4D, attributes, [height, width]), // these kernels have rank 4
        [images]: () => tf.zerosLike(one(values))
      }
    }
  })
}

/** Comparisons and logic are flat wherever they have a derivative. */
function registerWithoutSlope(kernelName: string, inputs: string[]): void {
  tf.registerGradient({
    kernelName,
    inputsToSave: inputs,
    gradFunc: (_, saved) =>
      Object.fromEntries(inputs.map((input, i) => [input, () => tf.zerosLike(tf.cast(one(saved[i]), 'float32'))]))
  })
}

function run(kernel: string, inputs: tf.NamedTensorMap, attributes: tf.NamedAttrMap): tf.Tensor {
  return tf.engine().runKernel<tf.Tensor>(kernel, inputs, attributes)
}

function one(value: tf.Tensor | tf.Tensor[] | undefined): tf.Tensor {
  invariant(value instanceof tf.Tensor, 'the kernel has exactly one such tensor')
  return value
}
