import * as tf from '@tensorflow/tfjs'
import { geometryOf, type ConvolutionKernelAttributes, type Shape4D } from './convolution-geometry.ts'
import { replaceKernel, type KernelCall } from './kernel-registry.ts'
import { type LeakySettings } from './loops/activation.ts'
import { type FilterSettings } from './loops/fir.ts'
import { type Attribute } from './tensorflow-attributes.ts'
import { type TensorFlowLibrary } from './tensorflow-library.ts'

/** What these kernels use of tfjs-node's backend object. */
interface NativeBackend {
  readonly binding: TensorFlowLibrary
  executeSingleOutput: (name: string, attributes: Attribute[], inputs: tf.TensorInfo[]) => tf.Tensor
}

type Convolution = ConvolutionKernelAttributes
type InputGradient = Convolution & { readonly inputShape: Shape4D }
type FilterGradient = Convolution & { readonly filterShape: Shape4D }

/**
 * Kernels that tfjs-node 4.22 limits or lacks, in TensorFlow's own operations. Its two backward convolutions refuse
 * padding given in pixels.
 */
export function registerNativeKernels(backendName: string): void {
  registerActivation(backendName)
  registerFilters(backendName)
  replaceKernel(
    'Conv2D',
    backendName,
    ({ inputs, attrs, backend }: KernelCall<'x' | 'filter', Convolution, NativeBackend>) => {
      const { x, filter } = inputs
      return backend.executeSingleOutput('Conv2D', convolutionAttributes(backend, attrs, x.shape, filter.shape), [
        x,
        filter
      ])
    }
  )
  replaceKernel(
    'Conv2DBackpropInput',
    backendName,
    ({ inputs, attrs, backend }: KernelCall<'dy' | 'filter', InputGradient, NativeBackend>) => {
      const { dy, filter } = inputs
      const attributes = convolutionAttributes(backend, attrs, attrs.inputShape, filter.shape)
      const sizes = tf.tensor1d(attrs.inputShape, 'int32')
      const result = backend.executeSingleOutput('Conv2DBackpropInput', attributes, [sizes, filter, dy])
      sizes.dispose()
      return result
    }
  )
  replaceKernel(
    'Conv2DBackpropFilter',
    backendName,
    ({ inputs, attrs, backend }: KernelCall<'x' | 'dy', FilterGradient, NativeBackend>) => {
      const { x, dy } = inputs
      const attributes = convolutionAttributes(backend, attrs, x.shape, attrs.filterShape)
      const sizes = tf.tensor1d(attrs.filterShape, 'int32')
      const result = backend.executeSingleOutput('Conv2DBackpropFilter', attributes, [x, sizes, dy])
      sizes.dispose()
      return result
    }
  )
}

/** The attributes of TensorFlow's three convolution operations. */
function convolutionAttributes(
  { binding }: NativeBackend,
  attributes: Convolution,
  input: number[],
  filter: number[]
): Attribute[] {
  // Convolutions have images and kernels of rank 4.
  const geometry = geometryOf(attributes, input as Shape4D, filter as Shape4D)
  const { top, bottom, left, right, type } = geometry.padInfo
  const padding = type === 'SAME' ? 'SAME' : top + bottom + left + right > 0 ? 'EXPLICIT' : 'VALID'
  const list: Attribute[] = [
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
    { name: 'strides', type: binding.TF_ATTR_INT, value: [1, geometry.strideHeight, geometry.strideWidth, 1] },
    { name: 'padding', type: binding.TF_ATTR_STRING, value: padding },
    { name: 'data_format', type: binding.TF_ATTR_STRING, value: 'NHWC' },
    { name: 'use_cudnn_on_gpu', type: binding.TF_ATTR_BOOL, value: true },
    { name: 'dilations', type: binding.TF_ATTR_INT, value: [1, geometry.dilationHeight, geometry.dilationWidth, 1] }
  ]
  const pads = [0, 0, top, bottom, left, right, 0, 0]
  return padding === 'EXPLICIT'
    ? [...list, { name: 'explicit_paddings', type: binding.TF_ATTR_INT, value: pads }]
    : list
}

function registerActivation(backendName: string): void {
  replaceKernel('BiasLeakyRelu', backendName, (call: KernelCall<'x' | 'bias', LeakySettings, NativeBackend>) => {
    const { inputs, attrs, backend } = call
    const float = floatType(backend)
    const z = backend.executeSingleOutput('BiasAdd', [float], [inputs.x, inputs.bias])
    const alpha = { name: 'alpha', type: backend.binding.TF_ATTR_FLOAT, value: attrs.slope }
    const y = backend.executeSingleOutput('LeakyRelu', [float, alpha], [z])
    const scaled = backend.executeSingleOutput('Mul', [float], [y, tf.scalar(attrs.scale)])
    return scaled
  })
  replaceKernel('LeakyReluGate', backendName, (call: KernelCall<'dy' | 'y', LeakySettings, NativeBackend>) => {
    const { inputs, attrs, backend } = call
    const float = floatType(backend)
    const alpha = { name: 'alpha', type: backend.binding.TF_ATTR_FLOAT, value: attrs.slope }
    const gated = backend.executeSingleOutput('LeakyReluGrad', [float, alpha], [inputs.dy, inputs.y])
    return backend.executeSingleOutput('Mul', [float], [gated, tf.scalar(attrs.scale)])
  })
  replaceKernel('SumToChannels', backendName, ({ inputs, backend }: KernelCall<'x', unknown, NativeBackend>) => {
    return backend.executeSingleOutput('BiasAddGrad', [floatType(backend)], [inputs.x])
  })
}

function registerFilters(backendName: string): void {
  replaceKernel('FirUpsample', backendName, (call: KernelCall<'x', { readonly gain: number }, NativeBackend>) => {
    const { inputs, attrs, backend } = call
    const { binding } = backend
    const [batch = 1, height = 1, width = 1, channels = 1] = inputs.x.shape
    const attributes = [
      floatType(backend),
      { name: 'strides', type: binding.TF_ATTR_INT, value: [1, 2, 2, 1] },
      { name: 'padding', type: binding.TF_ATTR_STRING, value: 'EXPLICIT' },
      { name: 'explicit_paddings', type: binding.TF_ATTR_INT, value: [0, 0, 1, 1, 1, 1, 0, 0] }
    ]
    const sizes = tf.tensor1d([batch, 2 * height, 2 * width, channels], 'int32')
    const taps = tf.tile(
      tf.tensor4d(
        [1, 3, 3, 1, 3, 9, 9, 3, 3, 9, 9, 3, 1, 3, 3, 1].map((t) => (t * attrs.gain) / 16),
        [4, 4, 1, 1]
      ),
      [1, 1, channels, 1]
    )
    return backend.executeSingleOutput('DepthwiseConv2dNativeBackpropInput', attributes, [sizes, taps, inputs.x])
  })
  replaceKernel('FirFilter', backendName, (call: KernelCall<'x', FilterSettings, NativeBackend>) => {
    const { inputs, attrs, backend } = call
    const { binding } = backend
    const channels = inputs.x.shape[3] ?? 1
    const { stride, padding: p, gain } = attrs
    const attributes = [
      floatType(backend),
      { name: 'strides', type: binding.TF_ATTR_INT, value: [1, stride, stride, 1] },
      { name: 'padding', type: binding.TF_ATTR_STRING, value: 'EXPLICIT' },
      { name: 'explicit_paddings', type: binding.TF_ATTR_INT, value: [0, 0, p, p, p, p, 0, 0] }
    ]
    const taps = tf.tile(
      tf.tensor4d(
        [1, 3, 3, 1, 3, 9, 9, 3, 3, 9, 9, 3, 1, 3, 3, 1].map((t) => (t * gain) / 64),
        [4, 4, 1, 1]
      ),
      [1, 1, channels, 1]
    )
    return backend.executeSingleOutput('DepthwiseConv2dNative', attributes, [inputs.x, taps])
  })
}

function floatType({ binding }: NativeBackend): Attribute {
  return { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }
}
