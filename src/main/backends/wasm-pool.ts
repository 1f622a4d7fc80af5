import { invariant } from '../../shared/errors.ts'
import { wasmBuffers, type WasmBackend } from './buffers.ts'
import { type KernelCall, replaceKernel } from './kernel-registry.ts'
import { imageShape } from './loop-kernels.ts'
import { poolBackward } from './loops/pool.ts'

/** The derivative of the largest of each two by two pixels, which tfjs 4.22 computes wrongly on WebAssembly. */
export function registerWasmPool(): void {
  const { allocate, view } = wasmBuffers
  replaceKernel('MaxPoolGrad', 'wasm', (call: KernelCall<'dy' | 'input', PoolSettings, WasmBackend>) => {
    const { inputs, attrs, backend } = call
    invariant(
      [attrs.filterSize, attrs.strides].flat().every((size) => size === 2),
      'pools are of two by two pixels'
    )
    const { batch, height, width, channels } = imageShape(inputs.input.shape)
    const dx = allocate(backend, inputs.input.shape)
    const x = view(backend, inputs.input)
    poolBackward(x, [batch, height, width, channels], view(backend, inputs.dy), view(backend, dx))
    return dx
  })
}

interface PoolSettings {
  readonly filterSize: number | number[]
  readonly strides: number | number[]
}
