import * as tf from '@tensorflow/tfjs'
import { type WasmBackend } from './buffers.ts'
import { replaceKernel, type KernelCall } from './kernel-registry.ts'
import { sumMiddle, type LeakySettings } from './loops/activation.ts'
import { type FilterSettings } from './loops/fir.ts'

interface SharingBackend extends WasmBackend {
  incRef: (dataId: object) => void
}

interface SumSettings {
  readonly axis: number | number[]
  readonly keepDims?: boolean
}

/**
 * Our operations, and two of tfjs's, in the form that is fastest on WebAssembly: made of the kernels that XNNPACK
 * computes with vectors and threads, and without the copies that tfjs 4.22 makes.
 */
export function registerWasmKernels(): void {
  replaceKernel('BiasLeakyRelu', 'wasm', (call: KernelCall<'x' | 'bias', LeakySettings, WasmBackend>) => {
    const { x, bias } = tensors(call.inputs)
    const { slope, scale } = call.attrs
    return tf.tidy(() => tf.prelu(tf.mul(tf.add(x, bias), scale), tf.fill(bias.shape, slope)))
  })
  replaceKernel('LeakyReluGate', 'wasm', (call: KernelCall<'dy' | 'y', LeakySettings, WasmBackend>) => {
    const { dy, y } = tensors(call.inputs)
    const { slope, scale } = call.attrs
    return tf.tidy(() => tf.mul(tf.mul(dy, tf.step(y, slope)), scale))
  })
  replaceKernel('FirFilter', 'wasm', (call: KernelCall<'x', FilterSettings, WasmBackend>) => {
    return firFilter(tensors(call.inputs).x as tf.Tensor4D, call.attrs) // images have rank 4
  })
  replaceKernel('Identity', 'wasm', ({ inputs, backend }: KernelCall<'x', unknown, SharingBackend>) => {
    backend.incRef(inputs.x.dataId) // tensors are never changed, so two may share their numbers
    return { ...inputs.x }
  })
  registerSum()
}

/** The filter down the columns, then along the rows: two passes of four taps in the place of one of sixteen. */
function firFilter(x: tf.Tensor4D, { stride, padding, gain }: FilterSettings): tf.Tensor {
  const channels = x.shape[3]
  const sides: [number, number] = [padding, padding]
  return tf.tidy(() => {
    const column = tf.tensor4d(fourTaps.map((tap) => (tap * Math.sqrt(gain)) / 8), [4, 1, 1, 1]) // prettier-ignore
    const taps = tf.tile(column, [1, 1, channels, 1])
    const mixed = tf.depthwiseConv2d(x, taps, [stride, 1], [[0, 0], sides, [0, 0], [0, 0]])
    return tf.depthwiseConv2d(
      mixed,
      tf.reshape(taps, [1, 4, channels, 1]),
      [1, stride],
      [[0, 0], [0, 0], sides, [0, 0]]
    )
  })
}

const fourTaps = [1, 3, 3, 1]

/** Sums over neighbouring axes that are not the last ones, for which tfjs transposes the whole tensor. */
function registerSum(): void {
  const { kernelFunc } = tf.getKernel('Sum', 'wasm')
  replaceKernel('Sum', 'wasm', (call: KernelCall<'x', SumSettings, WasmBackend>) => {
    const { inputs, attrs, backend } = call
    const { shape, dtype } = inputs.x
    const axes = tf.util.parseAxisParam(attrs.axis, shape).sort((a, b) => a - b)
    const first = axes[0] ?? 0
    const end = first + axes.length
    const neighbours = axes.every((axis, i) => axis === first + i)
    if (dtype !== 'float32' || !neighbours || end === shape.length) {
      return kernelFunc({ ...call, attrs: { ...attrs } })
    }
    const size = (from: number, to: number) => tf.util.sizeFromShape(shape.slice(from, to))
    const between = attrs.keepDims === true ? axes.map(() => 1) : []
    const sums = backend.makeOutput([...shape.slice(0, first), ...between, ...shape.slice(end)], 'float32')
    const sizes: [number, number, number] = [size(0, first), size(first, end), size(end, shape.length)]
    sumMiddle(backend.typedArrayFromHeap(inputs.x), sizes, backend.typedArrayFromHeap(sums))
    return sums
  })
}

/** The engine hands its kernels whole tensors, though it promises less. */
function tensors<Name extends string>(inputs: Record<Name, tf.TensorInfo>): Record<Name, tf.Tensor> {
  return inputs as Record<Name, tf.Tensor>
}
