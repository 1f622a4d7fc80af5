import * as tf from '@tensorflow/tfjs'
import { geometryOf, type ConvolutionKernelAttributes, type Shape4D } from './convolution-geometry.ts'
import { replaceKernel, type KernelCall } from './kernel-registry.ts'
import { flag, floatType, ints, text, type NativeBackend } from './native-backend.ts'
import { type Attribute } from './tensorflow-attributes.ts'

type Convolution = ConvolutionKernelAttributes
type InputGradient = Convolution & { readonly inputShape: Shape4D }
type FilterGradient = Convolution & { readonly filterShape: Shape4D }

/** TensorFlow's three convolutions with padding in pixels, which tfjs-node 4.22 refuses in the two backward ones. */
export function registerNativeConvolutions(backendName: string): void {
  replaceKernel('Conv2D', backendName, (call: KernelCall<'x' | 'filter', Convolution, NativeBackend>) => {
    const { inputs, attrs, backend } = call
    const { x, filter } = inputs
    const attributes = convolutionAttributes(backend, attrs, x.shape, filter.shape)
    return backend.executeSingleOutput('Conv2D', attributes, [x, filter])
  })
  replaceKernel(
    'Conv2DBackpropInput',
    backendName,
    (call: KernelCall<'dy' | 'filter', InputGradient, NativeBackend>) => {
      const { inputs, attrs, backend } = call
      const { dy, filter } = inputs
      const attributes = convolutionAttributes(backend, attrs, attrs.inputShape, filter.shape)
      return tf.tidy(() => {
        const sizes = tf.tensor1d(attrs.inputShape, 'int32')
        return backend.executeSingleOutput('Conv2DBackpropInput', attributes, [sizes, filter, dy])
      })
    }
  )
  replaceKernel('Conv2DBackpropFilter', backendName, (call: KernelCall<'x' | 'dy', FilterGradient, NativeBackend>) => {
    const { inputs, attrs, backend } = call
    const { x, dy } = inputs
    const attributes = convolutionAttributes(backend, attrs, x.shape, attrs.filterShape)
    return tf.tidy(() => {
      const sizes = tf.tensor1d(attrs.filterShape, 'int32')
      return backend.executeSingleOutput('Conv2DBackpropFilter', attributes, [x, sizes, dy])
    })
  })
}

function convolutionAttributes(
  backend: NativeBackend,
  attributes: Convolution,
  input: number[],
  filter: number[]
): Attribute[] {
  // Convolutions have images and kernels of rank 4.
  const geometry = geometryOf(attributes, input as Shape4D, filter as Shape4D)
  const { top, bottom, left, right } = geometry.padInfo
  const padding = paddingName(geometry)
  return [
    floatType(backend),
    ints(backend, 'strides', [1, geometry.strideHeight, geometry.strideWidth, 1]),
    text(backend, 'padding', padding),
    text(backend, 'data_format', 'NHWC'),
    flag(backend, 'use_cudnn_on_gpu', true),
    ints(backend, 'dilations', [1, geometry.dilationHeight, geometry.dilationWidth, 1]),
    ...(padding === 'EXPLICIT' ? [ints(backend, 'explicit_paddings', [0, 0, top, bottom, left, right, 0, 0])] : [])
  ]
}

/** Pixels that can be said by name are: TensorFlow leaves explicit padding to code that is half as fast (not oneDNN). */
function paddingName(geometry: tf.backend_util.Conv2DInfo): 'VALID' | 'SAME' | 'EXPLICIT' {
  const { padInfo, inHeight, inWidth, strideHeight, strideWidth } = geometry
  const [height, width] = [geometry.effectiveFilterHeight, geometry.effectiveFilterWidth]
  if (padInfo.top + padInfo.bottom + padInfo.left + padInfo.right === 0) return 'VALID'
  const rows = samePadding(inHeight, height, strideHeight)
  const columns = samePadding(inWidth, width, strideWidth)
  const isSame =
    rows.before === padInfo.top &&
    rows.after === padInfo.bottom &&
    columns.before === padInfo.left &&
    columns.after === padInfo.right
  return isSame ? 'SAME' : 'EXPLICIT'
}

/** What TensorFlow adds for 'SAME': the result has ⌈size/stride⌉ pixels, an odd zero goes after. */
function samePadding(size: number, kernel: number, stride: number): { before: number; after: number } {
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size)
  return { before: Math.floor(total / 2), after: Math.ceil(total / 2) }
}
