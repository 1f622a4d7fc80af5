import * as tf from '@tensorflow/tfjs'
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { type FeatureChoice, type FeatureDescription } from '../../shared/evaluation.ts'
import { type TrainingSettings } from '../../shared/training.ts'
import { type Evaluation } from '../engine/gan/training-loop.ts'
import {
  compareFeatures,
  frechetDistances,
  PictureFeatures,
  type SampleQuality
} from '../engine/metrics/sample-quality.ts'
import { withVariety } from '../engine/metrics/variety.ts'
import { type Generator } from '../engine/networks/generator.ts'
import { type PictureNetwork } from '../engine/networks/picture-network.ts'
import { sampleGenerator } from '../engine/sampling.ts'
import { FeatureCache } from './feature-cache.ts'
import { loadPictureNetwork } from './picture-networks.ts'
import { type AfterPart, featuresOf, forEachPart, type PictureStream } from './picture-stream.ts'
import { MaskReader } from './mask-reader.ts'
import { imageBytes } from './sample-bytes.ts'

/** What a scorer needs to know of a run. */
export interface ScoredRun {
  readonly resources: string
  readonly preparedFolder: string
  readonly settings: TrainingSettings
  readonly classes: readonly string[]
  /** The built-in network, if it is left out. */
  readonly features?: FeatureChoice
}

/** Compares pictures with real ones; the real ones' features are worked out once and kept with the prepared set. */
export class Scorer {
  readonly features: FeatureDescription
  readonly #network: PictureNetwork
  readonly #run: ScoredRun
  readonly #cache: FeatureCache

  private constructor(run: ScoredRun, network: PictureNetwork, features: FeatureDescription) {
    this.features = features
    this.#run = run
    this.#network = network
    this.#cache = new FeatureCache(join(run.preparedFolder, 'features'))
  }

  static async open(run: ScoredRun): Promise<Scorer> {
    const { network, features } = await loadPictureNetwork(run.resources, run.features ?? { network: 'effnet' })
    return new Scorer(run, network, features)
  }

  /** The features of real pictures: as they were kept, else worked out and kept. */
  async featuresOfReal(real: PictureStream, afterPart?: AfterPart): Promise<PictureFeatures> {
    const { inputs, shape } = await this.#keyOf(real)
    const vectors = await this.#cache.provide(inputs, shape, () => featuresOf(this.#network, real, afterPart))
    return new PictureFeatures(vectors, this.#network.size, real.classes)
  }

  /** The features of real pictures where they were kept. */
  async findFeaturesOfReal(real: PictureStream): Promise<PictureFeatures | undefined> {
    const { inputs, shape } = await this.#keyOf(real)
    const vectors = await this.#cache.find(inputs, shape)
    return vectors === undefined ? undefined : new PictureFeatures(vectors, this.#network.size, real.classes)
  }

  async featuresOf(pictures: PictureStream, afterPart?: AfterPart): Promise<PictureFeatures> {
    const vectors = await featuresOf(this.#network, pictures, afterPart)
    return new PictureFeatures(vectors, this.#network.size, pictures.classes)
  }

  /** Length of a feature vector. */
  get size(): number {
    return this.#network.size
  }

  /** The feature vectors of some pictures of a stream, whose pixels are there already. */
  vectorsOfPart({ height, width, channels }: PictureStream, pixels: Uint8Array): Promise<Float32Array> {
    return this.#network.features(pixels, pixels.length / (height * width * channels), height, width, channels)
  }

  compare(real: PictureFeatures, fake: PictureFeatures, afterGroup?: () => Promise<void>): Promise<SampleQuality> {
    return compareFeatures(real, fake, this.#run.classes, afterGroup)
  }

  /** One number and its parts, for the run's history. */
  score(real: PictureFeatures, fake: PictureFeatures): Evaluation {
    const { mean, classes } = frechetDistances(real, fake, this.#run.classes)
    const { classes: names } = this.#run
    return { metric: this.features.name, value: mean, classes: withVariety(classes, names, [real, fake], this.size) }
  }

  dispose(): void {
    this.#network.dispose()
  }

  /** Everything that the features of real pictures depend on. */
  async #keyOf(real: PictureStream) {
    const pictures = createHash('sha256')
    await forEachPart(real, (pixels) => void pictures.update(pixels))
    const { height, width, channels, classes } = real
    const inputs = {
      pictures: pictures.digest('hex'),
      size: `${height} × ${width} × ${channels}`,
      network: this.features.sha256,
      resize: this.features.resize ?? '',
      // Engines differ in the last digits, and the same engine should always say the same.
      engine: tf.getBackend()
    }
    return { inputs, shape: [classes.length, this.#network.size] as const }
  }
}

/** Synthetic pictures of these classes, numbered from 0: made when they are asked for, and the same whenever they are. */
export function drawnPictures(
  generator: Generator,
  labels: Int32Array,
  { seed, batch, grayLevels, watch }: Drawing
): PictureStream {
  const { resolution, imageChannels, maskChannels } = generator.settings
  let reader: MaskReader | undefined // knows the grays from the first part
  // Pictures and cells of a part are asked for one after the other.
  let latest: { readonly from: number; readonly to: number; readonly samples: Promise<Float32Array> } | undefined
  const draw = (from: number, to: number) => {
    if (latest?.from !== from || latest.to !== to) {
      const own = { labels: labels.subarray(from, to), firstIndex: from, seed, batch }
      latest = { from, to, samples: sampleGenerator(generator, own) }
    }
    return latest.samples
  }
  return {
    height: resolution,
    width: resolution,
    channels: imageChannels,
    classes: labels,
    pixels: async (from, to) => {
      const samples = await draw(from, to)
      await watch?.(samples, from)
      return imageBytes(samples, generator.settings)
    },
    ...(maskChannels > 0 && {
      cells: async (from, to) => {
        const samples = await draw(from, to)
        const size = samples.length / (to - from)
        const each = Array.from({ length: to - from }, (_, i) => samples.subarray(i * size, (i + 1) * size))
        reader ??= new MaskReader(generator.settings, grayLevels, each)
        const cells = new Uint32Array((to - from) * resolution ** 2)
        for (const [i, sample] of each.entries()) cells.set(reader.read(sample).labels, i * resolution ** 2)
        return cells
      }
    })
  }
}

interface Drawing {
  readonly seed: number
  /** Pictures made at once. */
  readonly batch: number
  /** Labels in a mask, background aside. */
  readonly grayLevels: number
  /** Sees the pictures with their masks whenever they are made, and the number of the first one. */
  readonly watch?: (samples: Float32Array, from: number) => Promise<void> | void
}

/** As many synthetic pictures of each class as there are real ones (paper §2.5: the mean over classes counts). */
export function labelsLike(real: PictureFeatures, classes: number, most = Number.POSITIVE_INFINITY): Int32Array {
  const counts = Array.from({ length: classes }, (_, label) => Math.min(real.count(label), most))
  return Int32Array.from(counts.flatMap((count, label) => new Array<number>(count).fill(label)))
}
