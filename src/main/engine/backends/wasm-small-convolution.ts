import { type TensorInfo } from '@tensorflow/tfjs'
import { wasmBuffers, type WasmBackend } from './buffers.ts'
import { imageShape } from './loop-kernels.ts'
import { smallConvolutionCalls } from './simd/small-convolution-calls.ts'
import { runCalls, type SimdHost } from './simd/team.ts'

type Backend = WasmBackend & SimdHost

const { allocate, view } = wasmBuffers

/** Up to so many pixels (measured) our own convolution is faster by a kernel that was not used before. */
const mostPixels = 400

/** Zeros before and after an image. */
type Padding = [number, number]

/**
 * Whether `convolveSmall` is the better one for so many pixels of the result: tfjs's convolution lays a new kernel out anew,
 * which for few pixels takes longer than the products.
 */
export function isSmall(pixels: number, inputs: number, outputs: number): boolean {
  return pixels <= mostPixels && inputs % 4 === 0 && outputs % 4 === 0
}

/**
 * Convolution with stride 1 straight from the definition: x [N, H, W, in], kernel [kh, kw, in, out], multiples of four
 * channels → [N, H', W', out].
 */
export function convolveSmall(
  backend: Backend,
  x: TensorInfo,
  kernel: TensorInfo,
  padding: { readonly rows: Padding; readonly columns: Padding }
): TensorInfo {
  const [height = 1, width = 1, , outputs = 1] = kernel.shape
  const padded = pad(backend, x, padding)
  const shape = imageShape(padded.shape)
  const y = allocate(backend, [shape.batch, shape.height - height + 1, shape.width - width + 1, outputs])
  view(backend, y).fill(0)
  const addressOf = (tensor: TensorInfo) => view(backend, tensor).byteOffset
  const places = { x: addressOf(padded), kernel: addressOf(kernel), y: addressOf(y) }
  runCalls(backend, smallConvolutionCalls(places, shape, { height, width, outputs }))
  backend.disposeData(padded.dataId)
  return y
}

/** A copy of the images with zeros around. */
function pad(
  backend: Backend,
  x: TensorInfo,
  { rows, columns }: { readonly rows: Padding; readonly columns: Padding }
): TensorInfo {
  const { batch, height, width, channels } = imageShape(x.shape)
  const [paddedHeight, paddedWidth] = [height + rows[0] + rows[1], width + columns[0] + columns[1]]
  const padded = allocate(backend, [batch, paddedHeight, paddedWidth, channels])
  const [source, target] = [view(backend, x), view(backend, padded)]
  const length = width * channels
  target.fill(0)
  for (let row = 0; row < batch * height; row++) {
    const image = Math.floor(row / height)
    const place = (image * paddedHeight + rows[0] + (row % height)) * paddedWidth + columns[0]
    target.set(source.subarray(row * length, (row + 1) * length), place * channels)
  }
  return padded
}
