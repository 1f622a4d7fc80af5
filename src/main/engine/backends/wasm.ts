import * as tf from '@tensorflow/tfjs'

/** Registers tfjs's WebAssembly backend. Returns its number of threads. */
export async function registerWasm(folder: string | undefined): Promise<number> {
  const wasm = await import('@tensorflow/tfjs-backend-wasm')
  if (folder !== undefined) wasm.setWasmPaths(folder)
  await tf.setBackend('wasm')
  return 1
}
