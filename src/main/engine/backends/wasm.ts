import * as tf from '@tensorflow/tfjs'
import { wasmBuffers } from './buffers.ts'
import { registerLoopKernels } from './loop-kernels.ts'
import { registerWasmConvolutions } from './wasm-convolution.ts'

/** Starts tfjs's WebAssembly backend with our kernels. Returns its number of threads. */
export async function startWasm(folder: string | undefined): Promise<number> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm')
  if (folder !== undefined) wasm.setWasmPaths(folder)
  registerLoopKernels('wasm', wasmBuffers)
  registerWasmConvolutions()
  await tf.setBackend('wasm')
  return wasm.getThreadsCount()
}
