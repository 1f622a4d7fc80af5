import * as tf from '@tensorflow/tfjs'
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { chooseBackend } from '../../../src/main/backends/backend.ts'
import { InceptionNetwork } from '../../../src/main/engine/networks/inception-network.ts'
import { type TensorMap } from '../../../src/main/engine/safetensors.ts'
import { InceptionResize } from '../../../src/shared/evaluation.ts'
import { randomInceptionWeights } from '../../support/random-inception.ts'

const Golden = z.record(
  z.string(),
  z.object({ sum: z.number(), squares: z.number(), every32nd: z.array(z.number()).length(64) })
)

let weights: TensorMap
let golden: z.infer<typeof Golden>

beforeAll(async () => {
  await chooseBackend('wasm')
  weights = randomInceptionWeights()
  const file = resolve(import.meta.dirname, '../../fixtures/inception-random-weights.json')
  golden = Golden.parse(JSON.parse(await readFile(file, 'utf8')))
})

/** [height, width, channels]: every gray level, with edges. */
function picture(height: number, width: number, channels: number): Uint8Array {
  return Uint8Array.from({ length: height * width * channels }, (_, i) => {
    const x = Math.floor(i / channels) % width
    const y = Math.floor(i / (channels * width))
    return (x * 7 + y * 13 + ((x * y) >> 4) + (i % channels) * 40) & 255
  })
}

test('has the 23,885,392 numbers of the published network', () => {
  expect(Object.values(weights).reduce((sum, { data }) => sum + data.length, 0)).toBe(23_885_392)
})

test.each(InceptionResize.options)('gives the features that PyTorch gives, resizing by %s', async (resize) => {
  const network = InceptionNetwork.load(weights, resize)
  for (const [height, width, channels] of [
    [56, 40, 3],
    [340, 320, 1]
  ] as const) {
    const expected = golden[`${height}x${width}x${channels} ${resize}`]
    const features = await network.features(picture(height, width, channels), 1, height, width, channels)
    expect(features.length).toBe(2048)
    for (const [i, value] of expected?.every32nd.entries() ?? []) {
      expect(Math.abs((features[32 * i] ?? NaN) - value)).toBeLessThan(1e-4 * (1 + Math.abs(value)))
    }
    const sum = features.reduce((total, value) => total + value, 0)
    const squares = features.reduce((total, value) => total + value * value, 0)
    expect(sum / (expected?.sum ?? NaN)).toBeCloseTo(1, 5)
    expect(squares / (expected?.squares ?? NaN)).toBeCloseTo(1, 5)
  }
  network.dispose()
})

test('keeps no tensors but its weights, and lets go of those', async () => {
  const before = tf.memory().numTensors
  const network = InceptionNetwork.load(weights, 'tf1')
  const loaded = tf.memory().numTensors
  await network.features(picture(20, 20, 3), 1, 20, 20, 3)
  expect(tf.memory().numTensors).toBe(loaded)
  network.dispose()
  expect(tf.memory().numTensors).toBe(before)
})

test('refuses the weights of another network', () => {
  const { 'Mixed_7c.branch_pool.bn.bias': _, ...without } = weights
  expect(() => InceptionNetwork.load(without, 'tf1')).toThrow('Mixed_7c.branch_pool.bn.bias should have the size 192')
  const other = { ...weights, 'Conv2d_1a_3x3.conv.weight': { shape: [32, 1, 3, 3], data: new Float32Array(288) } }
  expect(() => InceptionNetwork.load(other, 'tf1')).toThrow('has 32 × 1 × 3 × 3')
})
