import type * as tf from '@tensorflow/tfjs'

/** How kernels written as loops get at the numbers of tensors. */
export interface Buffers<Backend> {
  /** A new tensor of undefined content, owned by the caller. */
  readonly allocate: (backend: Backend, shape: number[]) => tf.TensorInfo
  /** The numbers of a tensor. The view may move when the next tensor is allocated: allocate first, then view. */
  readonly view: (backend: Backend, tensor: tf.TensorInfo) => Float32Array
}

/** What our kernels use of tfjs's plain JavaScript backend. */
export interface CpuBackend {
  makeTensorInfo: (shape: number[], dtype: 'float32', values: Float32Array) => tf.TensorInfo
  readSync: (dataId: object) => Float32Array
}

/** What our kernels use of tfjs's WebAssembly backend. */
export interface WasmBackend {
  makeOutput: (shape: number[], dtype: 'float32') => tf.TensorInfo
  typedArrayFromHeap: (tensor: tf.TensorInfo) => Float32Array
  disposeData: (dataId: object) => boolean
}

export const cpuBuffers: Buffers<CpuBackend> = {
  allocate: (backend, shape) => backend.makeTensorInfo(shape, 'float32', new Float32Array(sizeOf(shape))),
  view: (backend, tensor) => backend.readSync(tensor.dataId)
}

export const wasmBuffers: Buffers<WasmBackend> = {
  allocate: (backend, shape) => backend.makeOutput(shape, 'float32'),
  view: (backend, tensor) => backend.typedArrayFromHeap(tensor)
}

function sizeOf(shape: number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}
