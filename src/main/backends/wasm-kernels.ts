import * as tf from '@tensorflow/tfjs'
import { wasmBuffers, type WasmBackend } from './buffers.ts'
import { registerEdgeKernels } from './edge-kernels.ts'
import { replaceKernel, shareSameCasts, type KernelCall, type SharingBackend } from './kernel-registry.ts'
import { imageShape } from './loop-kernels.ts'
import { activate, passGate, sumMiddle, type LeakySettings } from './loops/activation.ts'
import { filteredSize, filterImages, upsampleImages, type FilterSettings } from './loops/fir.ts'
import { activateCalls, passGateCalls } from './simd/activation-calls.ts'
import { type CallList } from './simd/calls.ts'
import { filterCalls, firScratch, upsampleCalls, type FirPlaces } from './simd/fir-calls.ts'
import { runCalls, type SimdHost } from './simd/team.ts'

const { allocate, view } = wasmBuffers

type Backend = WasmBackend & SimdHost

interface SumSettings {
  readonly axis: number | number[]
  readonly keepDims?: boolean
}

/**
 * Our operations, and two of tfjs's, in the form that is fastest on WebAssembly: our own vector code where pixels have a
 * multiple of four numbers, as nearly all have, and without the copies that tfjs 4.22 makes.
 */
export function registerWasmKernels(): void {
  registerActivation()
  registerFilters()
  replaceKernel('Identity', 'wasm', ({ inputs, backend }: KernelCall<'x', unknown, SharingBackend>) => {
    backend.incRef(inputs.x.dataId) // tensors are never changed, so two may share their numbers
    return { ...inputs.x }
  })
  shareSameCasts('wasm')
  registerEdgeKernels('wasm')
  registerSum()
}

function registerActivation(): void {
  replaceKernel(
    'BiasLeakyRelu',
    'wasm',
    ({ inputs, attrs, backend }: KernelCall<'x' | 'bias', LeakySettings, Backend>) => {
      const result = allocate(backend, inputs.x.shape)
      const [x, bias, y] = [view(backend, inputs.x), view(backend, inputs.bias), view(backend, result)]
      const channels = bias.length
      if (channels % 4 !== 0) activate(x, bias, attrs, y)
      else runCalls(backend, activateCalls(addresses({ x, bias, y }), { pixels: x.length / channels, channels }, attrs))
      return result
    }
  )
  replaceKernel(
    'LeakyReluGate',
    'wasm',
    ({ inputs, attrs, backend }: KernelCall<'dy' | 'y', LeakySettings, Backend>) => {
      const result = allocate(backend, inputs.dy.shape)
      const [dy, y, dx] = [view(backend, inputs.dy), view(backend, inputs.y), view(backend, result)]
      if (dy.length % 4 !== 0) passGate(dy, y, attrs, dx)
      else runCalls(backend, passGateCalls(addresses({ dy, y, dx }), dy.length, attrs))
      return result
    }
  )
}

function registerFilters(): void {
  replaceKernel(
    'FirUpsample',
    'wasm',
    ({ inputs, attrs, backend }: KernelCall<'x', { readonly gain: number }, Backend>) => {
      const shape = imageShape(inputs.x.shape)
      const { batch, height, width, channels } = shape
      const result = allocate(backend, [batch, 2 * height, 2 * width, channels])
      if (channels % 4 !== 0) upsampleImages(view(backend, inputs.x), shape, attrs.gain, view(backend, result))
      else runFilter(backend, { x: inputs.x, y: result }, (places) => upsampleCalls(places, shape, attrs.gain))
      return result
    }
  )
  replaceKernel('FirFilter', 'wasm', ({ inputs, attrs, backend }: KernelCall<'x', FilterSettings, Backend>) => {
    const shape = imageShape(inputs.x.shape)
    const { batch, height, width, channels } = shape
    const result = allocate(backend, [batch, filteredSize(height, attrs), filteredSize(width, attrs), channels])
    if (channels % 4 !== 0) filterImages(view(backend, inputs.x), shape, attrs, view(backend, result))
    else runFilter(backend, { x: inputs.x, y: result }, (places) => filterCalls(places, shape, attrs))
    return result
  })
}

function runFilter(
  backend: Backend,
  { x, y }: Record<'x' | 'y', tf.TensorInfo>,
  callsOf: (places: FirPlaces) => CallList[]
): void {
  const zeros = allocate(backend, [firScratch(imageShape(x.shape))])
  const scratch = view(backend, zeros)
  scratch.fill(0)
  runCalls(backend, callsOf(addresses({ x: view(backend, x), y: view(backend, y), scratch })))
  backend.disposeData(zeros.dataId)
}

function addresses<Name extends string>(views: Record<Name, Float32Array>): Record<Name, number> {
  const entries = Object.entries<Float32Array>(views).map(([name, { byteOffset }]) => [name, byteOffset])
  return Object.fromEntries(entries) as Record<Name, number> // the same names
}

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
