import * as tf from '@tensorflow/tfjs'
import { describe, expect, test } from 'vitest'
import { chooseBackend } from '../../../src/main/backends/backend.ts'
import { convolve } from '../../../src/main/engine/convolution.ts'
import { downConvolve, upConvolve } from '../../../src/main/engine/resample.ts'
import { measureSpeed } from '../../../src/main/engine/speed.ts'
import { normal } from '../../support/engine/numbers.ts'

describe('choosing an engine', () => {
  test('takes wasm when there is no native pack', async () => {
    expect(await chooseBackend('auto')).toMatchObject({ name: 'wasm', library: 'TensorFlow.js WebAssembly 4.22.0' })
    expect(tf.getBackend()).toBe('wasm')
  })

  test('says how to get the native engine when it is asked for and not there', async () => {
    await expect(chooseBackend('native-cpu')).rejects.toMatchObject({
      kind: 'input',
      message: "TensorFlow's own library is not installed on this computer.",
      remedies: expect.arrayContaining([expect.objectContaining({ action: 'install-engine' })]) as unknown
    })
  })

  test('names the folder when the library in it cannot be opened', async () => {
    await expect(chooseBackend('native-cpu', { nativeFolder: '/no/such/folder' })).rejects.toMatchObject({
      kind: 'input',
      file: '/no/such/folder',
      remedies: expect.arrayContaining([expect.objectContaining({ action: 'install-engine', again: true })]) as unknown
    })
  })
})

describe('the wasm engine', () => {
  test('uses as many threads as it is told, or one for each processor', async () => {
    const { threads } = await chooseBackend('wasm')
    const wanted = Number(process.env['TF_NUM_INTRAOP_THREADS'] ?? navigator.hardwareConcurrency)
    expect(threads).toBe(Math.min(4, wanted))
  })

  test('measures its own speed in about two seconds', async () => {
    await chooseBackend('wasm')
    const started = performance.now()
    const { convGflops, trainGflops } = await measureSpeed()
    expect(convGflops).toBeGreaterThan(0.1)
    expect(trainGflops).toBeGreaterThan(0.1)
    expect(performance.now() - started).toBeLessThan(20_000) // a busy computer may take ten times as long
  })

  test('needs no more memory after two hundred rounds than after twenty', async () => {
    await chooseBackend('wasm')
    const penalty = (kernel: tf.Tensor) => {
      const wide = kernel as tf.Tensor4D
      const energy = (x: tf.Tensor) => {
        const up = upConvolve(x as tf.Tensor4D, wide)
        return tf.sum(tf.pow(downConvolve(convolve(up, wide, { stride: 1, padding: 1 }), wide), 2))
      }
      return tf.mean<tf.Scalar>(tf.square(tf.grad(energy)(normal([2, 16, 16, 8], 1))))
    }
    const round = () => tf.tidy(() => tf.grad(penalty)(normal([3, 3, 8, 8], 2))).dispose()

    for (let i = 0; i < 20; i++) round()
    const heap = wasmHeapBytes()
    const tensors = tf.memory().numTensors
    for (let i = 0; i < 180; i++) round()
    expect(wasmHeapBytes()).toBe(heap)
    expect(tf.memory().numTensors).toBe(tensors)
  })
})

function wasmHeapBytes(): number {
  const backend = tf.backend() as unknown as { readonly wasm: { readonly HEAPU8: Uint8Array } } // tfjs's own class
  return backend.wasm.HEAPU8.buffer.byteLength
}
