import * as tf from '@tensorflow/tfjs'
import { registerEdgeKernels } from './edge-kernels.ts'
import { replaceKernel, shareSameCasts, type KernelCall } from './kernel-registry.ts'
import { type LeakySettings } from './loops/activation.ts'
import { type FilterSettings } from './loops/fir.ts'
import { float, floatType, ints, text, type NativeBackend } from './native-backend.ts'
import { registerNativeConvolutions } from './native-convolution.ts'
import { registerNativeNorm } from './native-norm.ts'

/** Our own operations, and kernels that tfjs-node 4.22 limits, made of TensorFlow's operations. */
export function registerNativeKernels(backendName: string): void {
  registerNativeConvolutions(backendName)
  registerActivation(backendName)
  registerNativeNorm(backendName)
  registerFilters(backendName)
  registerEdgeKernels(backendName)
  shareSameCasts(backendName)
}

function registerActivation(backendName: string): void {
  replaceKernel('BiasLeakyRelu', backendName, (call: KernelCall<'x' | 'bias', LeakySettings, NativeBackend>) => {
    const { inputs, attrs, backend } = call
    const type = floatType(backend)
    return tf.tidy(() => {
      const z = backend.executeSingleOutput('AddV2', [type], [inputs.x, inputs.bias])
      const y = backend.executeSingleOutput('LeakyRelu', [type, float(backend, 'alpha', attrs.slope)], [z])
      return scaled(backend, y, attrs.scale)
    })
  })
  replaceKernel('LeakyReluGate', backendName, (call: KernelCall<'dy' | 'y', LeakySettings, NativeBackend>) => {
    const { inputs, attrs, backend } = call
    const attributes = [floatType(backend), float(backend, 'alpha', attrs.slope)]
    return tf.tidy(() =>
      scaled(backend, backend.executeSingleOutput('LeakyReluGrad', attributes, [inputs.dy, inputs.y]), attrs.scale)
    )
  })
  replaceKernel('SumToChannels', backendName, ({ inputs, backend }: KernelCall<'x', unknown, NativeBackend>) => {
    if (inputs.x.shape.length === 1) return backend.executeSingleOutput('Identity', [floatType(backend)], [inputs.x])
    return backend.executeSingleOutput('BiasAddGrad', [floatType(backend)], [inputs.x])
  })
}

/** A factor of one, to the last digits, costs nothing. */
function scaled(backend: NativeBackend, x: tf.Tensor, scale: number): tf.Tensor {
  return Math.abs(scale - 1) < 1e-9
    ? x
    : backend.executeSingleOutput('Mul', [floatType(backend)], [x, tf.scalar(scale)])
}

/** The filter as a depthwise convolution with the sixteen products of its taps. */
function registerFilters(backendName: string): void {
  const filterTaps = createFilterTaps()
  replaceKernel('FirFilter', backendName, (call: KernelCall<'x', FilterSettings, NativeBackend>) => {
    const { inputs, attrs, backend } = call
    const { stride, padding, gain } = attrs
    const attributes = depthwiseAttributes(backend, stride, [padding, padding])
    const taps = filterTaps(inputs.x.shape[3] ?? 1, gain)
    return backend.executeSingleOutput('DepthwiseConv2dNative', attributes, [inputs.x, taps])
  })
  replaceKernel('FirUpsample', backendName, (call: KernelCall<'x', { readonly gain: number }, NativeBackend>) => {
    const { inputs, attrs, backend } = call
    const { x } = inputs as Record<'x', tf.Tensor4D> // the engine hands its kernels whole tensors
    const taps = filterTaps(x.shape[3], 4 * attrs.gain)
    const attributes = depthwiseAttributes(backend, 1, [2, 1])
    // Twice as fast as the backward pass of the filter at every second pixel, which is the same but not of oneDNN.
    return tf.tidy(() => backend.executeSingleOutput('DepthwiseConv2dNative', attributes, [insertZeros(x), taps]))
  })
}

/** A zero after each pixel along both axes: [N, H, W, C] → [N, 2H, 2W, C] */
function insertZeros(x: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape
  const apart = tf.reshape(x, [batch * height, 1, width, 1, channels])
  const padded = tf.pad(apart, [[0, 0], [0, 1], [0, 0], [0, 1], [0, 0]]) // prettier-ignore
  return tf.reshape(padded, [batch, 2 * height, 2 * width, channels])
}

function depthwiseAttributes(backend: NativeBackend, stride: number, [before, after]: [number, number]) {
  return [
    floatType(backend),
    ints(backend, 'strides', [1, stride, stride, 1]),
    text(backend, 'padding', 'EXPLICIT'),
    ints(backend, 'explicit_paddings', [0, 0, before, after, before, after, 0, 0])
  ]
}

/** The outer product of [1, 3, 3, 1]/8 with itself, times gain: [4, 4, channels, 1]; made once for each network width. */
function createFilterTaps(): (channels: number, gain: number) => tf.Tensor {
  const made = new Map<string, tf.Tensor>()
  return (channels, gain) => {
    const key = `${channels}:${gain}`
    let taps = made.get(key)
    if (taps === undefined) {
      const products = [1, 3, 3, 1].flatMap((row) => [1, 3, 3, 1].map((column) => (row * column * gain) / 64))
      taps = tf.tidy(() => tf.keep(tf.tile(tf.tensor4d(products, [4, 4, 1, 1]), [1, 1, channels, 1])))
      made.set(key, taps)
    }
    return taps
  }
}
