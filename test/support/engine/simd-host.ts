import type * as tf from '@tensorflow/tfjs'
import { type WasmBackend } from '../../../src/main/backends/buffers.ts'
import { type SimdHost } from '../../../src/main/backends/simd/team.ts'

/** The part of WebAssembly that is used here; Node's types leave it out. */
declare const WebAssembly: {
  readonly Memory: new (limits: { initial: number; maximum: number; shared: boolean }) => {
    readonly buffer: ArrayBuffer
  }
}

/** A memory of 16 MB with what our kernels use of tfjs's backend around it; nothing in it is given back. */
export class SimdMemory implements WasmBackend, SimdHost {
  readonly wasm
  #used = 0

  constructor(threads: number) {
    const wasmMemory = new WebAssembly.Memory({ initial: 256, maximum: 256, shared: threads > 1 })
    this.wasm = { wasmMemory, asm: {}, tfjs: { getThreadsCount: () => threads } }
  }

  makeOutput(shape: number[]): tf.TensorInfo & { readonly offset: number } {
    const offset = this.#used
    this.#used += 4 * shape.reduce((product, size) => product * size, 1)
    return { dataId: { offset }, shape, dtype: 'float32', offset }
  }

  typedArrayFromHeap({ dataId, shape }: tf.TensorInfo): Float32Array {
    const { offset } = dataId as { offset: number } // as `makeOutput` made it
    const size = shape.reduce((product, length) => product * length, 1)
    return new Float32Array(this.wasm.wasmMemory.buffer, offset, size)
  }

  disposeData(): boolean {
    return true
  }

  /** Numbers put into the memory, as seen there. */
  place(numbers: readonly number[]): Float32Array {
    const view = this.typedArrayFromHeap(this.makeOutput([numbers.length]))
    view.set(numbers)
    return view
  }
}
