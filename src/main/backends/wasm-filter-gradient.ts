import * as tf from '@tensorflow/tfjs'
import { wasmBuffers, type WasmBackend } from './buffers.ts'
import { type Shape4D } from './convolution-geometry.ts'
import { addTo, transpose } from './loops/convolution.ts'
import { filterGradientCalls, filterGradientShares, type Wide } from './simd/filter-gradient-calls.ts'
import { type Geometry } from './simd/meeting-pixels.ts'
import { runCalls, type SimdHost } from './simd/team.ts'
import { withChannels } from './wasm-channels.ts'

type Backend = WasmBackend & SimdHost
type Inputs = Record<'x' | 'dy', tf.TensorInfo>

const { allocate, view } = wasmBuffers

/**
 * The filter gradient straight from its definition, a few pixels at a time. tfjs has no such kernel on WebAssembly, and to
 * lay x out for its convolution or matrix product costs as much as the product itself where there are few channels.
 *
 * Numbers of dy are taken four at a time; where their count does not allow it, those of x are.
 */
export function filterGradient(backend: Backend, { x, dy }: Inputs, geometry: Geometry): tf.TensorInfo {
  const { filterShape, inChannels, outChannels } = geometry
  if (outChannels % 4 === 0) return sumOfProducts(backend, { x, dy }, geometry, 'dy')
  if (inChannels % 4 === 0) return exchangeChannels(backend, sumOfProducts(backend, { x, dy }, geometry, 'x'))

  const wideDy = withChannels(backend, dy, 4 * Math.ceil(outChannels / 4))
  const wideFilter: Shape4D = [filterShape[0], filterShape[1], inChannels, 4 * Math.ceil(outChannels / 4)]
  const wide = { ...geometry, outChannels: wideFilter[3], filterShape: wideFilter }
  const dw = sumOfProducts(backend, { x, dy: wideDy }, wide, 'dy')
  backend.disposeData(wideDy.dataId)
  const result = withChannels(backend, dw, outChannels)
  backend.disposeData(dw.dataId)
  return result
}

/**
 * Each share of the pixels has sums of its own, which are added in the end in a fixed order: so the result does not depend
 * on which thread took which share.
 *
 * @returns [kh, kw, out, in] where x is wide, else [kh, kw, in, out]
 */
function sumOfProducts(backend: Backend, { x, dy }: Inputs, geometry: Geometry, wide: Wide): tf.TensorInfo {
  const { filterHeight, filterWidth, inChannels, outChannels } = geometry
  const shape = [filterHeight, filterWidth, ...(wide === 'dy' ? [inChannels, outChannels] : [outChannels, inChannels])]
  const total = allocate(backend, shape)
  const size = tf.util.sizeFromShape(shape)
  const sums = allocate(backend, [filterGradientShares(geometry) * size])
  view(backend, sums).fill(0)
  const addressOf = (tensor: tf.TensorInfo) => view(backend, tensor).byteOffset
  runCalls(backend, filterGradientCalls(geometry, { x: addressOf(x), dy: addressOf(dy), sums: addressOf(sums) }, wide))
  const [all, result] = [view(backend, sums), view(backend, total)]
  result.set(all.subarray(0, size))
  for (let share = size; share < all.length; share += size) addTo(result, all.subarray(share, share + size))
  backend.disposeData(sums.dataId)
  return total
}

/** [kh, kw, out, in], which is given up, → [kh, kw, in, out] */
function exchangeChannels(backend: Backend, turned: tf.TensorInfo): tf.TensorInfo {
  const [height = 1, width = 1, outputs = 1, inputs = 1] = turned.shape
  const filter = allocate(backend, [height, width, inputs, outputs])
  const [from, to] = [view(backend, turned), view(backend, filter)]
  const size = inputs * outputs
  for (let tap = 0; tap < height * width; tap++) {
    transpose(from.subarray(tap * size), outputs, inputs, to.subarray(tap * size))
  }
  backend.disposeData(turned.dataId)
  return filter
}
