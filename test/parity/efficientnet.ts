import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { FeatureNetwork } from '../../src/main/engine/networks/feature-network.ts'
import { decodeSafetensors, type TensorMap } from '../../src/main/engine/safetensors.ts'
import { readNpz } from '../../src/main/files/npz.ts'
import { refuse } from '../../src/shared/errors.ts'
import { Deviation } from './deviation.ts'
import { type ParityResult } from './result.ts'

const shipped = resolve(import.meta.dirname, '../../resources/efficientnet-lite0/weights.safetensors')

/** Compares features of the network in a folder, and the shipped weights with the folder's own. */
export async function* runEfficientnet(folder: string): AsyncGenerator<ParityResult> {
  const architecture: unknown = JSON.parse(await readFile(join(folder, 'architecture.json'), 'utf8'))
  const { tensors } = decodeSafetensors(await readFile(shipped))
  const own = join(folder, 'weights.npz')
  if (existsSync(own)) yield await compareWeights(tensors, own)

  const { images, features_fp16_weights: expected } = await readNpz(join(folder, 'golden.npz'))
  if (images === undefined || expected === undefined) throw refuse(`${folder} lacks its pictures or features.`)
  const [count = 0, height = 0, width = 0, channels = 0] = images.shape
  const network = FeatureNetwork.load(architecture, tensors)
  const features = await network.features(Uint8Array.from(images.data), count, height, width, channels)
  network.dispose()
  const deviation = new Deviation()
  deviation.compareAll(features, expected.data)
  yield deviation.within('efficientnet: features', 1e-3)
}

async function compareWeights(shippedTensors: TensorMap, path: string): Promise<ParityResult> {
  const deviation = new Deviation()
  for (const [name, { data }] of Object.entries(await readNpz(path))) {
    deviation.compareAll(shippedTensors[name]?.data, data)
  }
  return deviation.exact('efficientnet: shipped weights')
}
