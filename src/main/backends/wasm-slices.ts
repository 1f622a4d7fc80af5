import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../shared/errors.ts'
import { type WasmBackend } from './buffers.ts'
import { type KernelCall, replaceKernel } from './kernel-registry.ts'
import { copyBlock, copyRows, type Numbers } from './loops/blocks.ts'

/** What these kernels use of tfjs's backend beyond the float tensors of the others. */
interface SlicingBackend extends Omit<WasmBackend, 'makeOutput' | 'typedArrayFromHeap'> {
  makeOutput: (shape: number[], dtype: 'float32' | 'int32') => tf.TensorInfo
  typedArrayFromHeap: (tensor: tf.TensorInfo) => Numbers
  /** One more tensor has these numbers. */
  incRef: (dataId: object) => void
}

interface SliceSettings {
  readonly begin: number | number[]
  readonly size: number | number[]
}

interface SplitSettings {
  readonly numOrSizeSplits: number | number[]
  readonly axis: number
}

type Kernel = (call: never) => tf.TensorInfo | tf.TensorInfo[]

let registered = false

/**
 * Cutting, joining and cloning tensors on wasm. tfjs 4.22 copies the whole tensor out of the heap for every slice, moves
 * channels by a function call for each pixel, and copies every clone: together a third of a training step.
 */
export function registerWasmSlices(): void {
  if (registered) return
  registered = true
  const tfjsSlice: Kernel = tf.getKernel('Slice', 'wasm').kernelFunc
  const tfjsSplit: Kernel = tf.getKernel('SplitV', 'wasm').kernelFunc
  const tfjsConcat: Kernel = tf.getKernel('Concat', 'wasm').kernelFunc

  // Every tensor that a derivative needs later is cloned. A clone shares its numbers, which nothing changes.
  replaceKernel('Identity', 'wasm', ({ inputs, backend }: KernelCall<'x', unknown, SlicingBackend>) => {
    const { dataId, shape, dtype } = inputs.x
    backend.incRef(dataId)
    return { dataId, shape, dtype }
  })

  // Texts and truth values go the way of tfjs.
  replaceKernel('Slice', 'wasm', (call: KernelCall<'x', SliceSettings, SlicingBackend>) => {
    const { inputs, attrs, backend } = call
    if (!isNumeric(inputs.x)) return tfjsSlice(call as never)
    const [begin = [], size = []] = tf.slice_util.parseSliceParams(inputs.x, attrs.begin, attrs.size)
    return slice(backend, inputs.x, begin, size)
  })
  replaceKernel('SplitV', 'wasm', (call: KernelCall<'x', SplitSettings, SlicingBackend>) => {
    return isNumeric(call.inputs.x) ? split(call) : tfjsSplit(call as never)
  })
  replaceKernel('Concat', 'wasm', (call: KernelCall<string, { readonly axis: number }, SlicingBackend>) => {
    const parts = Object.values(call.inputs).filter(({ shape }) => tf.util.sizeFromShape(shape) > 0)
    return parts.length > 1 && parts.every(isNumeric)
      ? concatenate(call.backend, parts, call.attrs.axis)
      : tfjsConcat(call as never)
  })
}

function isNumeric({ dtype }: tf.TensorInfo): boolean {
  return dtype === 'float32' || dtype === 'int32'
}

function slice(backend: SlicingBackend, x: tf.TensorInfo, begin: number[], size: number[]): tf.TensorInfo {
  const y = allocate(backend, size, x)
  copyBlock(backend.typedArrayFromHeap(x), x.shape, begin, backend.typedArrayFromHeap(y), size)
  return y
}

function split({ inputs, attrs, backend }: KernelCall<'x', SplitSettings, SlicingBackend>): tf.TensorInfo[] {
  const { x } = inputs
  const [axis = 0] = tf.util.parseAxisParam(attrs.axis, x.shape)
  const sizes = tf.backend_util.prepareSplitSize(x, attrs.numOrSizeSplits, axis)
  let first = 0
  return sizes.map((length) => {
    const begin = x.shape.map((_, i) => (i === axis ? first : 0))
    first += length
    return slice(backend, x, begin, withAxis(x.shape, axis, length))
  })
}

function concatenate(backend: SlicingBackend, parts: tf.TensorInfo[], anyAxis: number): tf.TensorInfo {
  const [first] = parts
  invariant(first !== undefined, 'there are parts to join')
  const [axis = 0] = tf.util.parseAxisParam(anyAxis, first.shape)
  const total = parts.reduce((sum, { shape }) => sum + (shape[axis] ?? 0), 0)
  const y = allocate(backend, withAxis(first.shape, axis, total), first)
  const target = backend.typedArrayFromHeap(y)
  const rows = tf.util.sizeFromShape(first.shape.slice(0, axis))
  const stride = target.length / rows
  let offset = 0
  for (const part of parts) {
    const source = backend.typedArrayFromHeap(part)
    const length = source.length / rows
    copyRows(source, { offset: 0, stride: length }, target, { offset, stride }, [rows, length])
    offset += length
  }
  return y
}

function allocate(backend: SlicingBackend, shape: number[], like: tf.TensorInfo): tf.TensorInfo {
  return backend.makeOutput(shape, like.dtype === 'int32' ? 'int32' : 'float32')
}

function withAxis(shape: number[], axis: number, length: number): number[] {
  return shape.map((full, i) => (i === axis ? length : full))
}
