import { type TensorInfo } from '@tensorflow/tfjs'
import { wasmBuffers, type WasmBackend } from './buffers.ts'
import { copyRows } from './loops/blocks.ts'

const { allocate, view } = wasmBuffers

/** The first channels of x, or zeros behind the last. */
export function withChannels(backend: WasmBackend, x: TensorInfo, channels: number): TensorInfo {
  const all = x.shape.at(-1) ?? 1
  const y = allocate(backend, [...x.shape.slice(0, -1), channels])
  const [source, target] = [view(backend, x), view(backend, y)]
  if (channels > all) target.fill(0)
  const sizes: [number, number] = [source.length / all, Math.min(all, channels)]
  copyRows(source, { offset: 0, stride: all }, target, { offset: 0, stride: channels }, sizes)
  return y
}
