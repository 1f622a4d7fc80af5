import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type TrainingSettings } from '../../shared/training.ts'
import { type TileSource } from '../datasets/tile-source.ts'
import {
  evaluateSamples,
  PictureFeatures,
  type PictureSet,
  qualityMetric,
  type SampleQuality
} from '../engine/metrics/sample-quality.ts'
import { FeatureNetwork } from '../engine/networks/feature-network.ts'
import { type Generator } from '../engine/networks/generator.ts'
import { decodeSafetensors } from '../engine/safetensors.ts'
import { sampleGenerator } from '../engine/sampling.ts'
import { type Evaluation } from '../engine/training/training-loop.ts'
import { sha256 } from '../files/checksum.ts'
import { imageBytes } from './sample-bytes.ts'

/** Pictures generated at once. */
const batch = 16

/** Compares a generator's pictures with real tiles; the real ones' features are worked out once. */
export class Scorer {
  readonly features: { readonly name: string; readonly sha256: string }
  readonly #network: FeatureNetwork
  readonly #real: PictureFeatures
  readonly #settings: TrainingSettings
  readonly #classes: readonly string[]

  private constructor(
    { network, features }: Awaited<ReturnType<typeof loadFeatureNetwork>>,
    real: PictureFeatures,
    settings: TrainingSettings,
    classes: readonly string[]
  ) {
    this.#network = network
    this.features = features
    this.#real = real
    this.#settings = settings
    this.#classes = classes
  }

  /** @param count real pictures in all; each class brings an equal share, or all it has */
  static async create(
    given: { readonly resources: string; readonly settings: TrainingSettings; readonly classes: readonly string[] },
    tiles: TileSource,
    count: number
  ): Promise<Scorer> {
    const loaded = await loadFeatureNetwork(given.resources)
    const real = await PictureFeatures.of(
      loaded.network,
      await realPictures(given.settings, given.classes, tiles, count)
    )
    return new Scorer(loaded, real, given.settings, given.classes)
  }

  /** As many synthetic pictures of each class as there are real ones (paper §2.5: the mean over classes counts). */
  async compare(generator: Generator, seed: number): Promise<SampleQuality> {
    const { resolution, imageChannels, maskChannels } = this.#settings.network
    const labels = Int32Array.from(
      this.#classes.flatMap((_, label) => new Array<number>(this.#real.count(label)).fill(label))
    )
    const samples = await sampleGenerator(generator, { labels, seed, firstIndex: 0, batch })
    const pixels = imageBytes(samples, imageChannels, maskChannels)
    return evaluateSamples(
      this.#network,
      this.#real,
      { pixels, height: resolution, width: resolution, channels: imageChannels, classes: labels },
      this.#classes
    )
  }

  /** The same as one number and its parts, for the run's history. */
  async evaluate(generator: Generator, seed: number): Promise<Evaluation> {
    const { mean, classes } = await this.compare(generator, seed)
    return {
      metric: qualityMetric,
      value: mean.frechet,
      classes: classes.map(({ name, frechet, real, fake }) => ({ name, frechet, real, fake }))
    }
  }
}

async function realPictures(
  { network: { resolution, imageChannels } }: TrainingSettings,
  classes: readonly string[],
  tiles: TileSource,
  count: number
): Promise<PictureSet> {
  const share = Math.ceil(count / classes.length)
  const size = resolution ** 2 * imageChannels
  const perClass = await Promise.all(classes.map((_, label) => tiles.evaluationTiles(label, share)))
  const pixels = new Uint8Array(perClass.reduce((sum, part) => sum + part.length, 0))
  const labels: number[] = []
  let position = 0
  for (const [label, part] of perClass.entries()) {
    pixels.set(part, position)
    position += part.length
    labels.push(...new Array<number>(part.length / size).fill(label))
  }
  return { pixels, height: resolution, width: resolution, channels: imageChannels, classes: labels }
}

async function loadFeatureNetwork(resources: string) {
  const folder = join(resources, 'efficientnet-lite0')
  const weights = await readFile(join(folder, 'weights.safetensors'))
  const architecture: unknown = JSON.parse(await readFile(join(folder, 'architecture.json'), 'utf8'))
  const network = FeatureNetwork.load(architecture, decodeSafetensors(weights).tensors)
  return { network, features: { name: qualityMetric, sha256: sha256(weights) } }
}
