import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { wasmBuffers, type WasmBackend } from './buffers.ts'
import { geometryOf, type ConvolutionKernelAttributes, type Shape4D } from './convolution-geometry.ts'
import { replaceKernel, type KernelCall } from './kernel-registry.ts'
import { imageShape } from './loop-kernels.ts'
import { addTo, layColumns, rowsFirst, tapCount, turnKernel, writePhase } from './loops/convolution.ts'

type InputGradient = ConvolutionKernelAttributes & { readonly inputShape: Shape4D }
type FilterGradient = ConvolutionKernelAttributes & { readonly filterShape: Shape4D }
type Geometry = tf.backend_util.Conv2DInfo

const { allocate, view } = wasmBuffers

/**
 * The backward convolutions that tfjs's WebAssembly backend lacks or computes slowly, made of its fast forward
 * convolution (XNNPACK). What they rearrange for it is small: a few
 * rows at a time, or one quarter of the result.
 */
export function registerWasmConvolutions(): void {
  replaceKernel('Conv2DBackpropInput', 'wasm', (call: KernelCall<'dy' | 'filter', InputGradient, WasmBackend>) => {
    const { inputs, attrs, backend } = call
    const geometry = geometryOf(attrs, attrs.inputShape, inputs.filter.shape as Shape4D) // kernels have rank 4
    return inputGradient(backend, inputs, geometry)
  })
  replaceKernel('Conv2DBackpropFilter', 'wasm', (call: KernelCall<'x' | 'dy', FilterGradient, WasmBackend>) => {
    const { inputs, attrs, backend } = call
    const geometry = geometryOf(attrs, inputs.x.shape as Shape4D, attrs.filterShape) // images have rank 4
    return filterGradient(backend, inputs, geometry)
  })
}

/**
 * Each phase of the result (with stride 2: even and odd rows and columns) is a convolution of dy with those taps of the
 * kernel that reach it, turned by 180°. Nothing is multiplied by inserted zeros.
 */
function inputGradient(
  backend: WasmBackend,
  inputs: Record<'dy' | 'filter', tf.TensorInfo>,
  geometry: Geometry
): tf.TensorInfo {
  const step = geometry.strideHeight
  invariant(step === geometry.strideWidth, 'both axes have one stride')
  if (step === 1) return phaseGradient(backend, inputs, phaseOf(geometry, 0, 0))

  const dx = allocate(backend, geometry.inShape)
  view(backend, dx).fill(0) // a kernel smaller than the stride leaves phases that nothing reaches
  for (let phase = 0; phase < step * step; phase++) {
    const { rows, columns } = phaseOf(geometry, Math.floor(phase / step), phase % step)
    if (rows.taps === 0 || columns.taps === 0) continue
    const pixels = phaseGradient(backend, inputs, { step, rows, columns })
    writePhase(view(backend, pixels), view(backend, dx), imageShape(geometry.inShape), {
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
  backend: WasmBackend,
  { dy, filter }: Record<'dy' | 'filter', tf.TensorInfo>,
  { step, rows, columns }: Phase
): tf.TensorInfo {
  const [height = 1, width = 1, inputs = 1, outputs = 1] = filter.shape
  const turned = allocate(backend, [rows.taps, columns.taps, outputs, inputs])
  const taps = { step, firstRow: rows.firstTap, firstColumn: columns.firstTap }
  turnKernel(view(backend, filter), [height, width, inputs, outputs], taps, view(backend, turned))
  const result = convolve(backend, dy, turned, { strides: 1, pad: [[0, 0], rows.pad, columns.pad, [0, 0]] })
  backend.disposeData(turned.dataId)
  return result
}

/** So many terms of a sum fit into the processor's cache together with the kernel's (measured; 4,096 is 4 % slower). */
const termsAtOnce = 16384

/**
 * dW[a, b, i, o] = Σ x[n, s·h + a − p, s·w + b − p, i]·dy[n, h, w, o] as convolutions over the rows: their kernel is
 * dy with the columns of all images as channels, their image is x laid out alike, once for each column b of the kernel.
 * A few rows of dy are taken at a time, and the results added.
 */
function filterGradient(
  backend: WasmBackend,
  inputs: Record<'x' | 'dy', tf.TensorInfo>,
  geometry: Geometry
): tf.TensorInfo {
  const { batchSize, outHeight, outWidth, filterShape } = geometry
  const rows = Math.min(outHeight, Math.max(1, Math.round(termsAtOnce / (batchSize * outWidth))))
  const total = filterGradientOfRows(backend, inputs, geometry, { first: 0, count: rows })
  for (let first = rows; first < outHeight; first += rows) {
    const count = Math.min(rows, outHeight - first)
    const part = filterGradientOfRows(backend, inputs, geometry, { first, count })
    addTo(view(backend, total), view(backend, part))
    backend.disposeData(part.dataId)
  }
  return { ...total, shape: filterShape }
}

/** The share of some rows of dy: [1, kh, kw·in, out]. */
function filterGradientOfRows(
  backend: WasmBackend,
  { x, dy }: Record<'x' | 'dy', tf.TensorInfo>,
  geometry: Geometry,
  { first, count }: { readonly first: number; readonly count: number }
): tf.TensorInfo {
  const { batchSize, inChannels, outChannels, outWidth, filterHeight, filterWidth, strideHeight } = geometry
  const across = (batchSize * outWidth) | 1 // even numbers put the rows of the kernel onto the same lines of the cache
  const rows = filterHeight + strideHeight * (count - 1)

  const laid = allocate(backend, [1, rows, filterWidth * inChannels, across])
  const reading = {
    kernelWidth: filterWidth,
    stride: geometry.strideWidth,
    padTop: geometry.padInfo.top,
    padLeft: geometry.padInfo.left,
    rows,
    firstRow: strideHeight * first,
    columns: outWidth,
    across
  }
  layColumns(view(backend, x), imageShape(x.shape), reading, view(backend, laid))
  const kernel = allocate(backend, [count, 1, across, outChannels])
  rowsFirst(view(backend, dy), imageShape(dy.shape), { first, across }, view(backend, kernel))

  const dilations: [number, number] = [strideHeight, 1]
  const result = convolve(backend, laid, kernel, { strides: 1, pad: 'valid', dilations })
  backend.disposeData(laid.dataId)
  backend.disposeData(kernel.dataId)
  return result
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
