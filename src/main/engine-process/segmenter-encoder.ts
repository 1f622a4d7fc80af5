import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type SegmenterSettings } from '../../shared/segmentation.ts'
import { FeatureNetwork } from '../engine/networks/feature-network.ts'
import { decodeSafetensors } from '../engine/safetensors.ts'

/** The built-in network that a segmentation network stands on, where it stands on one; the caller's to dispose. */
export async function encoderOf(
  { network }: SegmenterSettings,
  resources: string
): Promise<FeatureNetwork | undefined> {
  if (network !== 'flows-effnet') return undefined
  const folder = join(resources, 'efficientnet-lite0')
  const architecture: unknown = JSON.parse(await readFile(join(folder, 'architecture.json'), 'utf8'))
  return FeatureNetwork.load(
    architecture,
    decodeSafetensors(await readFile(join(folder, 'weights.safetensors'))).tensors
  )
}
