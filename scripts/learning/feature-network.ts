import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { FeatureNetwork } from '../../src/main/engine/networks/feature-network.ts'
import { decodeSafetensors } from '../../src/main/engine/safetensors.ts'

const folder = resolve(import.meta.dirname, '../../resources/efficientnet-lite0')

/** The network on board that scores compare pictures with. */
export async function loadFeatures(): Promise<FeatureNetwork> {
  const architecture: unknown = JSON.parse(await readFile(join(folder, 'architecture.json'), 'utf8'))
  return FeatureNetwork.load(
    architecture,
    decodeSafetensors(await readFile(join(folder, 'weights.safetensors'))).tensors
  )
}
