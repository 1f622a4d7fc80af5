import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { FeatureNetwork } from '../../src/main/engine/networks/feature-network.ts'
import { decodeSafetensors } from '../../src/main/engine/safetensors.ts'

const folder = resolve(import.meta.dirname, '../../resources/efficientnet-lite0')

export async function readFeatureNetworkFiles() {
  const architecture: unknown = JSON.parse(await readFile(resolve(folder, 'architecture.json'), 'utf8'))
  const { tensors } = decodeSafetensors(await readFile(resolve(folder, 'weights.safetensors')))
  return { architecture, tensors }
}

export async function loadFeatureNetwork(): Promise<FeatureNetwork> {
  const { architecture, tensors } = await readFeatureNetworkFiles()
  return FeatureNetwork.load(architecture, tensors)
}
