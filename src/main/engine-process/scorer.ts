import * as tf from '@tensorflow/tfjs'
import { join } from 'node:path'
import { type FeatureChoice, type FeatureDescription } from '../../shared/evaluation.ts'
import { type TrainingSettings } from '../../shared/training.ts'
import { type TileSource } from '../datasets/tile-source.ts'
import {
  compareFeatures,
  frechetDistances,
  PictureFeatures,
  type PictureSet,
  type SampleQuality
} from '../engine/metrics/sample-quality.ts'
import { type Generator } from '../engine/networks/generator.ts'
import { type PictureNetwork } from '../engine/networks/picture-network.ts'
import { sampleGenerator } from '../engine/sampling.ts'
import { type Evaluation } from '../engine/gan/training-loop.ts'
import { sha256 } from '../files/checksum.ts'
import { FeatureCache } from './feature-cache.ts'
import { loadPictureNetwork } from './picture-networks.ts'
import { readRealTiles } from './real-tiles.ts'
import { imageBytes } from './sample-bytes.ts'

/** Pictures generated at once. */
const batch = 16

/** What a scorer needs to know of a run. */
export interface ScoredRun {
  readonly resources: string
  readonly preparedFolder: string
  readonly settings: TrainingSettings
  readonly classes: readonly string[]
  /** The network on board, if it is left out. */
  readonly features?: FeatureChoice
}

/** Compares pictures with real ones; the real ones' features are worked out once and kept with the prepared set. */
export class Scorer {
  readonly features: FeatureDescription
  readonly real: PictureFeatures
  readonly #network: PictureNetwork
  readonly #settings: TrainingSettings
  readonly #classes: readonly string[]

  private constructor(
    { settings, classes }: ScoredRun,
    network: PictureNetwork,
    features: FeatureDescription,
    real: PictureFeatures
  ) {
    this.#network = network
    this.features = features
    this.real = real
    this.#settings = settings
    this.#classes = classes
  }

  /** @param count real pictures in all */
  static async create(run: ScoredRun, tiles: TileSource, count: number): Promise<Scorer> {
    return Scorer.of(run, await readRealTiles(tiles, run.settings, run.classes, count))
  }

  static async of(run: ScoredRun, real: PictureSet): Promise<Scorer> {
    const { network, features } = await loadPictureNetwork(run.resources, run.features ?? { network: 'effnet' })
    const cache = new FeatureCache(join(run.preparedFolder, 'features'))
    const labels = Int32Array.from(real.classes)
    const { pixels, height, width, channels } = real
    const inputs = {
      pictures: sha256(new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength)),
      size: `${height} × ${width} × ${channels}`,
      network: features.sha256,
      resize: features.resize ?? '',
      // Engines differ in the last digits, and the same engine should always say the same.
      engine: tf.getBackend()
    }
    const vectors = await cache.provide(inputs, [labels.length, network.size], () =>
      network.features(pixels, labels.length, height, width, channels)
    )
    return new Scorer(run, network, features, new PictureFeatures(vectors, network.size, labels))
  }

  /** As many synthetic pictures of each class as there are real ones (paper §3.2: the mean over classes counts). */
  async draw(generator: Generator, seed: number): Promise<PictureSet & { readonly pixels: Uint8Array }> {
    const { resolution, imageChannels, maskChannels } = this.#settings.network
    const labels = Int32Array.from(
      this.#classes.flatMap((_, label) => new Array<number>(this.real.count(label)).fill(label))
    )
    const samples = await sampleGenerator(generator, { labels, seed, firstIndex: 0, batch })
    const pixels = imageBytes(samples, imageChannels, maskChannels)
    return { pixels, height: resolution, width: resolution, channels: imageChannels, classes: labels }
  }

  featuresOf(pictures: PictureSet): Promise<PictureFeatures> {
    return PictureFeatures.of(this.#network, pictures)
  }

  compare(fake: PictureFeatures): SampleQuality {
    return compareFeatures(this.real, fake, this.#classes)
  }

  /** One number and its parts, for the run's history. */
  async evaluate(generator: Generator, seed: number): Promise<Evaluation> {
    const fake = await this.featuresOf(await this.draw(generator, seed))
    const { mean, classes } = frechetDistances(this.real, fake, this.#classes)
    return { metric: this.features.name, value: mean, classes }
  }

  dispose(): void {
    this.#network.dispose()
  }
}
