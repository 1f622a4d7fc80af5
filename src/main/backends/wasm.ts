import * as tf from '@tensorflow/tfjs'
import { wasmBuffers } from './buffers.ts'
import { registerLoopKernels } from './loop-kernels.ts'
import { registerNormLoops } from './norm-kernels.ts'
import { registerWasmConvolutions } from './wasm-convolution.ts'
import { registerWasmKernels } from './wasm-kernels.ts'
import { registerWasmPool } from './wasm-pool.ts'
import { registerWasmSlices } from './wasm-slices.ts'
import { canWaitForThreads, withWasmThreads } from './wasm-threads.ts'

/** The build of tfjs makes no use of more. */
const mostThreads = 4

let started: Promise<number> | undefined

/**
 * Starts tfjs's WebAssembly backend with our kernels, on several threads where that works. Returns their number.
 *
 * @param folder where the .wasm files are, if not beside tfjs's own code; ends in a slash
 */
export function startWasm(folder: string | undefined, threads: number): Promise<number> {
  started ??= start(folder, Math.min(threads, mostThreads))
  return started
}

async function start(folder: string | undefined, threads: number): Promise<number> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm')
  if (folder !== undefined) wasm.setWasmPaths(folder)
  registerLoopKernels('wasm', wasmBuffers)
  registerNormLoops('wasm', wasmBuffers)
  registerWasmConvolutions()
  registerWasmKernels()
  registerWasmSlices()
  registerWasmPool()

  if (threads > 1 && canWaitForThreads()) {
    tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', true)
    wasm.setThreadsCount(threads)
    try {
      await withWasmThreads(threads, () => tf.setBackend('wasm'))
      return wasm.getThreadsCount()
    } catch {
      // Without its workers (a packaging tool may have moved their files) the build without threads does as well.
      tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false)
    }
  }
  await tf.setBackend('wasm')
  return 1
}
