import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { refuse } from '../../shared/errors.ts'
import { type FeatureChoice, type FeatureDescription } from '../../shared/evaluation.ts'
import { FeatureNetwork } from '../engine/networks/feature-network.ts'
import { InceptionNetwork } from '../engine/networks/inception-network.ts'
import { type PictureNetwork } from '../engine/networks/picture-network.ts'
import { decodeSafetensors } from '../engine/safetensors.ts'
import { sha256 } from '../files/checksum.ts'
import { readTorchWeights } from '../files/torch-file.ts'

/** The Fréchet distance of the built-in network. It is not comparable with a published FID, and never called so. */
export const qualityMetric = 'FD-EffNet'

/** A network that scores compare pictures with, and what scores of it are called. */
export interface LoadedPictureNetwork {
  readonly network: PictureNetwork
  readonly features: FeatureDescription
}

/** Loads the built-in network, or the published one from the user's file. The caller disposes it. */
export function loadPictureNetwork(resources: string, choice: FeatureChoice): Promise<LoadedPictureNetwork> {
  return choice.network === 'effnet' ? loadOnBoard(resources) : loadInception(choice)
}

async function loadOnBoard(resources: string): Promise<LoadedPictureNetwork> {
  const folder = join(resources, 'efficientnet-lite0')
  const weights = await readFile(join(folder, 'weights.safetensors'))
  const architecture: unknown = JSON.parse(await readFile(join(folder, 'architecture.json'), 'utf8'))
  return {
    network: FeatureNetwork.load(architecture, decodeSafetensors(weights).tensors),
    features: { name: qualityMetric, kernelName: 'KD-EffNet', network: 'EfficientNet-Lite0', sha256: sha256(weights) }
  }
}

/** How the SHA-256 of the published file begins, which is also in its name (docs/method.md §7.1). */
const publishedHash = '6726825d'

async function loadInception({
  file,
  resize,
  anyWeights
}: Extract<FeatureChoice, { network: 'inception' }>): Promise<LoadedPictureNetwork> {
  const weights = await readTorchWeights(file)
  const isPublished = weights.sha256.startsWith(publishedHash)
  if (!isPublished && !anyWeights) {
    throw refuse(
      `${file} is not the file that FID is defined with: its SHA-256 begins with ${weights.sha256.slice(0, 8)}, and should with ${publishedHash}.`,
      {
        file,
        next: 'Download pt_inception-2015-12-05-6726825d.pth (pytorch-fid) or weights-inception-2015-12-05-6726825d.pth (torch-fidelity), which are the same file. Other weights can be allowed; what they give is then not called FID.',
        remedies: [{ action: 'set-option', option: 'anyWeights', value: true }]
      }
    )
  }
  const names = isPublished
    ? { name: 'FID', kernelName: 'KID', network: 'Inception-v3 of 2015-12-05' }
    : { name: 'FD-Inception', kernelName: 'KD-Inception', network: 'Inception-v3 with weights of your own' }
  const network = InceptionNetwork.load(weights.tensors, resize)
  return { network, features: { ...names, sha256: weights.sha256, resize } }
}
