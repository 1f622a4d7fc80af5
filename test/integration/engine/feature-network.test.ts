import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { chooseBackend } from '../../../src/main/backends/backend.ts'
import { FeatureNetwork } from '../../../src/main/engine/networks/feature-network.ts'
import { readNpz } from '../../../src/main/files/npz.ts'
import { RandomStream } from '../../../src/shared/random.ts'
import { loadFeatureNetwork, readFeatureNetworkFiles } from '../../support/feature-network.ts'
import { worstExcess } from '../../support/golden-case.ts'
import { dataPath, hasSharedData, withoutSharedData } from '../../support/shared-data.ts'

let network: FeatureNetwork

beforeAll(async () => {
  await chooseBackend('wasm')
  network = await loadFeatureNetwork()
})
afterAll(() => {
  network.dispose()
})

function noisePictures(count: number, values: number): Uint8Array {
  const random = new RandomStream(3, 'pictures')
  return Uint8Array.from({ length: count * values }, () => random.integer(256))
}

test('gives a picture the same features alone and among others', async () => {
  const pictures = noisePictures(6, 32 * 32)
  const together = await network.features(pictures, 6, 32, 32, 1)
  const alone = await network.features(pictures.subarray(5 * 32 * 32), 1, 32, 32, 1)
  expect(together.length).toBe(6 * network.size)
  expect(worstExcess(alone, together.subarray(5 * network.size), { relative: 0, absolute: 1e-4 })).toBeLessThanOrEqual(
    0
  )
})

test('treats gray as RGB with three equal planes', async () => {
  const gray = noisePictures(1, 40 * 24)
  const rgb = Float32Array.from({ length: 3 * gray.length }, (_, i) => gray[Math.floor(i / 3)] ?? NaN)
  const [a, b] = [await network.features(gray, 1, 40, 24, 1), await network.features(rgb, 1, 40, 24, 3)]
  expect(worstExcess(a, b, { relative: 0, absolute: 1e-4 })).toBeLessThanOrEqual(0)
})

test('keeps no tensors but its weights, and lets go of those', async () => {
  const files = await readFeatureNetworkFiles()
  const before = tf.memory().numTensors
  const second = FeatureNetwork.load(files.architecture, files.tensors)
  const loaded = tf.memory().numTensors
  await second.features(noisePictures(1, 256), 1, 16, 16, 1)
  expect(tf.memory().numTensors).toBe(loaded)
  second.dispose()
  expect(tf.memory().numTensors).toBe(before)
})

test('refuses weights and descriptions that do not belong together', async () => {
  const { architecture, tensors } = await readFeatureNetworkFiles()
  const { 'head/bias': _, ...withoutBias } = tensors
  expect(() => FeatureNetwork.load(architecture, withoutBias)).toThrow('needs head/bias of size 1280')
  const short = { ...tensors, 'head/bias': { shape: [7], data: new Float32Array(7) } }
  expect(() => FeatureNetwork.load(architecture, short)).toThrow('its weights hold 7')
  expect(() => FeatureNetwork.load({ layers: [{ name: 'stem' }], features: 3 }, tensors)).toThrow('the kind of stem')
  expect(() => FeatureNetwork.load(null, tensors)).toThrow('lacks objects')
})

describe.skipIf(!hasSharedData)(`photographs${withoutSharedData}`, () => {
  test('give the features that the weights give in exact arithmetic, within 1e-3', async () => {
    const golden = await readNpz(dataPath('efficientnet-lite0', 'golden.npz'))
    const { images, features_fp16_weights: expected } = golden
    const got = await network.features(Uint8Array.from(images?.data ?? []), 5, 224, 224, 3)
    expect(worstExcess(got, expected?.data ?? [], { relative: 0, absolute: 1e-3 })).toBeLessThanOrEqual(0)
  })
})
