import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../shared/errors.ts'
import { wasmBuffers, type WasmBackend } from './buffers.ts'
import { geometryOf, type ConvolutionKernelAttributes, type Shape4D } from './convolution-geometry.ts'
import { replaceKernel, type KernelCall } from './kernel-registry.ts'
import { imageShape } from './loop-kernels.ts'
import { tapCount, turnKernel, writePhase, type Phase as PhasePixels, type Taps } from './loops/convolution.ts'
import { inputGradientCalls } from './simd/input-gradient-calls.ts'
import { runCalls, type SimdHost } from './simd/team.ts'
import { transposeCalls, turnKernelCalls } from './simd/turn-kernel-calls.ts'
import { writePhaseCalls } from './simd/copy-pixels-calls.ts'
import { filterGradient } from './wasm-filter-gradient.ts'
import { withChannels } from './wasm-channels.ts'

type InputGradient = ConvolutionKernelAttributes & { readonly inputShape: Shape4D }
type FilterGradient = ConvolutionKernelAttributes & { readonly filterShape: Shape4D }
type Geometry = tf.backend_util.Conv2DInfo
type Backend = WasmBackend & SimdHost

const { allocate, view } = wasmBuffers

/**
 * The backward convolutions, which tfjs's WebAssembly backend lacks or computes slowly. The input gradient is made of its
 * fast forward convolution (XNNPACK) or, for few pixels, of our own; the filter gradient is our own.
 */
export function registerWasmConvolutions(): void {
  replaceKernel('Conv2DBackpropInput', 'wasm', (call: KernelCall<'dy' | 'filter', InputGradient, Backend>) => {
    const { inputs, attrs, backend } = call
    const geometry = geometryOf(attrs, attrs.inputShape, inputs.filter.shape as Shape4D) // kernels have rank 4
    return inputGradient(backend, inputs, geometry)
  })
  replaceKernel('Conv2DBackpropFilter', 'wasm', (call: KernelCall<'x' | 'dy', FilterGradient, Backend>) => {
    const { inputs, attrs, backend } = call
    const geometry = geometryOf(attrs, inputs.x.shape as Shape4D, attrs.filterShape) // images have rank 4
    return filterGradient(backend, inputs, geometry)
  })
}

/**
 * Where there are many pixels, each phase of the result (with stride 2: even and odd rows and columns) is a convolution of dy with those taps of the
 * kernel that reach it, turned by 180°. Nothing is multiplied by inserted zeros.
 */
function inputGradient(
  backend: Backend,
  inputs: Record<'dy' | 'filter', tf.TensorInfo>,
  geometry: Geometry
): tf.TensorInfo {
  const step = geometry.strideHeight
  invariant(step === geometry.strideWidth, 'both axes have one stride')
  if (hasFewPixels(geometry)) return gradientOfFew(backend, inputs, geometry)
  if (step === 1) return phaseGradient(backend, inputs, phaseOf(geometry, 0, 0))

  const dx = allocate(backend, geometry.inShape)
  view(backend, dx).fill(0) // a kernel smaller than the stride leaves phases that nothing reaches
  for (let phase = 0; phase < step * step; phase++) {
    const { rows, columns } = phaseOf(geometry, Math.floor(phase / step), phase % step)
    if (rows.taps === 0 || columns.taps === 0) continue
    const pixels = phaseGradient(backend, inputs, { step, rows, columns })
    writePixels(backend, pixels, dx, {
      step,
      firstRow: rows.first,
      firstColumn: columns.first,
      rows: rows.count,
      columns: columns.count
    })
    backend.disposeData(pixels.dataId)
  }
  return dx
}

/** Up to so many pixels (measured) the direct way is faster: tfjs lays a kernel that is new to it out anew, tap by tap. */
const fewPixels = 512

function hasFewPixels({ batchSize, outHeight, outWidth, outChannels, filterHeight, filterWidth }: Geometry): boolean {
  if (filterHeight * filterWidth === 1) return false
  const pixels = batchSize * outHeight * outWidth
  return pixels <= fewPixels && pixels % 4 === 0 && outChannels % 4 === 0
}

/** Straight from the definition, with the channels of dx filled up to a multiple of four. */
function gradientOfFew(
  backend: Backend,
  { dy, filter }: Record<'dy' | 'filter', tf.TensorInfo>,
  geometry: Geometry
): tf.TensorInfo {
  const { inChannels, filterHeight, filterWidth, outChannels, batchSize, outHeight, outWidth } = geometry
  const wide = 4 * Math.ceil(inChannels / 4)
  const [taps, pixels] = [filterHeight * filterWidth, batchSize * outHeight * outWidth]
  const flat = { ...filter, shape: [taps, inChannels * outChannels] }
  const filled = wide === inChannels ? filter : withChannels(backend, flat, wide * outChannels)
  const turned = allocate(backend, [taps, outChannels, wide])
  const channelsFirst = allocate(backend, [outChannels, pixels])
  const dx = allocate(backend, [...geometry.inShape.slice(0, 3), wide])
  view(backend, dx).fill(0)

  const addressOf = (tensor: tf.TensorInfo) => view(backend, tensor).byteOffset
  const places = { dy: addressOf(channelsFirst), turned: addressOf(turned), dx: addressOf(dx) }
  const shape = [filterHeight, filterWidth, wide, outChannels] as const
  const everyTap = { step: 1, firstRow: 0, firstColumn: 0 }
  runCalls(backend, [
    turnKernelCalls({ filter: addressOf(filled), turned: places.turned }, shape, everyTap),
    transposeCalls(addressOf(dy), places.dy, pixels, outChannels)
  ])
  runCalls(backend, inputGradientCalls({ ...geometry, inChannels: wide }, places))
  for (const { dataId } of [turned, channelsFirst]) backend.disposeData(dataId)
  if (filled !== filter) backend.disposeData(filled.dataId)
  if (wide === inChannels) return dx
  const narrow = withChannels(backend, dx, inChannels)
  backend.disposeData(dx.dataId)
  return narrow
}

function writePixels(backend: Backend, pixels: tf.TensorInfo, images: tf.TensorInfo, phase: PhasePixels): void {
  const [source, target] = [view(backend, pixels), view(backend, images)]
  const shape = imageShape(images.shape)
  if (shape.channels % 4 !== 0) writePhase(source, target, shape, phase)
  else runCalls(backend, writePhaseCalls({ source: source.byteOffset, target: target.byteOffset }, shape, phase))
}

/** One phase along one axis. */
interface PhaseAxis {
  /** The first tap of the kernel that reaches this phase; the others follow in steps. */
  readonly firstTap: number
  readonly taps: number
  /** The first pixel of this phase, and how many there are. */
  readonly first: number
  readonly count: number
  /** Zeros before and after dy. */
  readonly pad: [number, number]
}

interface Phase {
  readonly step: number
  readonly rows: PhaseAxis
  readonly columns: PhaseAxis
}

function phaseOf(geometry: Geometry, row: number, column: number): Phase {
  const { filterHeight, filterWidth, inHeight, inWidth, outHeight, outWidth, padInfo } = geometry
  const step = geometry.strideHeight
  return {
    step,
    rows: phaseAxis({ step, firstTap: row, kernel: filterHeight, size: inHeight, from: outHeight, pad: padInfo.top }),
    columns: phaseAxis({
      step,
      firstTap: column,
      kernel: filterWidth,
      size: inWidth,
      from: outWidth,
      pad: padInfo.left
    })
  }
}

/** Pixel p of x meets tap t of dy[u] where p + pad = step·u + t. */
function phaseAxis(axis: {
  step: number
  firstTap: number
  kernel: number
  size: number
  from: number
  pad: number
}): PhaseAxis {
  const { step, firstTap, kernel, size, from, pad } = axis
  const taps = tapCount(kernel, firstTap, step)
  const first = (((firstTap - pad) % step) + step) % step
  const count = Math.ceil((size - first) / step)
  const before = taps - 1 - (first + pad - firstTap) / step
  const after = count + taps - 1 - before - from
  invariant(taps === 0 || (before >= 0 && after >= 0), 'the padding of a convolution is smaller than its kernel')
  return { firstTap, taps, first, count, pad: [before, after] }
}

function phaseGradient(
  backend: Backend,
  { dy, filter }: Record<'dy' | 'filter', tf.TensorInfo>,
  { step, rows, columns }: Phase
): tf.TensorInfo {
  const [, , inputs = 1, outputs = 1] = filter.shape
  const turned = allocate(backend, [rows.taps, columns.taps, outputs, inputs])
  const taps = { step, firstRow: rows.firstTap, firstColumn: columns.firstTap }
  turn(backend, filter, turned, taps)
  const result = convolve(backend, dy, turned, { strides: 1, pad: [[0, 0], rows.pad, columns.pad, [0, 0]] })
  backend.disposeData(turned.dataId)
  return result
}

function turn(backend: Backend, filter: tf.TensorInfo, turned: tf.TensorInfo, taps: Taps): void {
  const [from, to] = [view(backend, filter), view(backend, turned)]
  const [height = 1, width = 1, inputs = 1, outputs = 1] = filter.shape
  const shape = [height, width, inputs, outputs] as const
  if (inputs % 4 !== 0 || outputs % 4 !== 0) turnKernel(from, shape, taps, to)
  else runCalls(backend, [turnKernelCalls({ filter: from.byteOffset, turned: to.byteOffset }, shape, taps)])
}

/** tfjs's own forward convolution, past the engine's bookkeeping: the caller owns the result. */
function convolve(
  backend: WasmBackend,
  x: tf.TensorInfo,
  filter: tf.TensorInfo,
  attributes: ConvolutionKernelAttributes
): tf.TensorInfo {
  const { kernelFunc } = tf.getKernel('Conv2D', 'wasm')
  const attrs = { dataFormat: 'NHWC', dilations: 1, ...attributes }
  return kernelFunc({ inputs: { x, filter }, attrs, backend }) as tf.TensorInfo // it returns one tensor
}
