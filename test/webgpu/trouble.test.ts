import * as tf from '@tensorflow/tfjs'
import { beforeAll, describe, expect, test } from 'vitest'
import { startBackend } from '../support/engine/backends.ts'
import { findSoftwareGpu, useSoftwareGpu, withoutSoftwareGpu } from '../support/engine/software-gpu.ts'

const gpu = findSoftwareGpu()

/** What the tests do to the card. */
interface Card {
  readonly limits: { readonly maxBufferSize: number }
  createBuffer: (wanted: { size: number; usage: number }) => object
  createShaderModule: (wanted: { code: string }) => object
  destroy: () => void
}

function card(): Card {
  return (tf.backend() as unknown as { readonly device: Card }).device // tfjs's own class
}

/** In this order: each leaves the card worse than it was. */
describe.skipIf(gpu === undefined)(`trouble on the graphics card${withoutSoftwareGpu}`, () => {
  beforeAll(async () => {
    if (gpu) useSoftwareGpu(gpu)
    await startBackend('webgpu')
  })

  const read = async () => tf.add(tf.tensor1d([1, 2, 3]), tf.variable(tf.ones([3]))).data()

  test('a tensor that the card cannot hold is told as memory that ran out, when a result is asked for', async () => {
    card().createBuffer({ size: 2 * card().limits.maxBufferSize, usage: GPUBufferUsage.STORAGE })
    await expect(read()).rejects.toThrow(/WebGPU: out of memory/)
  })

  test('a card that goes away ends the work with what to do now', async () => {
    card().destroy()
    await expect(read()).rejects.toMatchObject({
      kind: 'resources',
      message: expect.stringContaining('The connection to the graphics card was lost') as string,
      remedies: [{ action: 'choose-engine', engine: 'wasm' }]
    })
  })
})

declare const GPUBufferUsage: { readonly STORAGE: number }
