import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { type RandomStream } from '../../../shared/random.ts'
import { type NetworkSettings } from '../../../shared/training.ts'
import { convolve } from '../convolution.ts'
import { downConvolve, firDownsample2 } from '../resample.ts'
import { Conv2d, Dense, Kernel, minibatchDeviation, unitRows } from './layers.ts'
import { ProxyNetwork } from './mapping-network.ts'
import { Module } from './module.ts'
import { resolutionsUpTo } from './noise.ts'
import { channelsAt, sampleChannels } from './synthesis-block.ts'

/** Both branches of a residual block are scaled by this, so that their sum keeps the variance. */
const branchGain = Math.SQRT1_2

/** Channels of the second discriminator beside those of the first. */
const maskWidth = 0.5

/** What a discriminator judges, and how wide it is. */
interface Judged {
  /** Planes of the samples that it sees: the first of them, or all. */
  readonly planes: number
  /** Its channels beside those of the settings. */
  readonly width?: number
}

/** StyleGAN2's residual discriminator: a logit for real against synthetic (docs/method.md §3). */
export class Discriminator extends Module {
  readonly blocks: Map<string, Module>
  readonly adv: Dense
  /** Channels of its trunk's features. */
  readonly #channels: number
  readonly #planes: number
  readonly #residual: readonly ResidualBlock[]
  readonly #epilogue: Epilogue

  constructor(settings: NetworkSettings, random: RandomStream, { planes, width = 1 }: Judged) {
    super()
    invariant(Number.isInteger(Math.log2(settings.resolution)), 'the resolution is a power of two')
    const { resolution } = settings
    const channels = (size: number) => Math.max(1, Math.floor(width * channelsAt(settings, size)))
    const sizes = resolutionsUpTo(resolution).filter((size) => size > 4)
    const residual = sizes.reverse().map((size) => {
      return new ResidualBlock(channels(size), channels(size / 2), random, size === resolution ? planes : undefined)
    })
    this.#channels = channels(4)
    this.#planes = planes
    this.#residual = residual
    this.#epilogue = new Epilogue(this.#channels, settings.minibatchStdGroup, random)
    this.blocks = new Map<string, Module>(sizes.map((size, i) => [`b${size}`, residual[i] as Module]))
    this.blocks.set('b4', this.#epilogue)
    this.adv = new Dense(this.#channels, 1, random)
  }

  get channels(): number {
    return this.#channels
  }

  /**
   * Samples [N, R, R, P] → features [N, C].
   *
   * @param batches independent batches stacked in x. The result is that of as many separate passes, for samples meet
   *   in the minibatch deviation alone.
   */
  features(x: tf.Tensor4D, batches = 1): tf.Tensor2D {
    return tf.tidy(() => this.summary(this.trunk(x), batches))
  }

  /** The part of `features` in which each sample is alone: [N, R, R, P] → [N, 4, 4, C]. */
  trunk(x: tf.Tensor4D): tf.Tensor4D {
    return tf.tidy(() => {
      let y = this.#planes < x.shape[3] ? tf.slice(x, [0, 0, 0, 0], [-1, -1, -1, this.#planes]) : x
      for (const block of this.#residual) y = block.forward(y) // [N, r/2, r/2, C']
      return y
    })
  }

  /** The rest of `features`, in which the samples of a batch meet: [N, 4, 4, C] → [N, C]. */
  summary(y: tf.Tensor4D, batches = 1): tf.Tensor2D {
    return tf.tidy(() => this.#epilogue.forward(y, batches))
  }

  /** Features [N, C] → logit of each sample [N], positive for real. */
  logits(features: tf.Tensor2D): tf.Tensor1D {
    return tf.reshape(this.adv.forward(features), [features.shape[0]])
  }
}

/**
 * The discriminator of the paper (§2.3; docs/method.md §3), which has ReACGAN's heads too: an embedding that is compared with
 * the proxies of the classes. The class enters nowhere else. It judges image and mask together, or the image alone.
 */
export class ConditionalDiscriminator extends Discriminator {
  readonly embed: Dense
  readonly proxy: ProxyNetwork

  constructor(settings: NetworkSettings, random: RandomStream, judged: Judged) {
    super(settings, random, judged)
    this.embed = new Dense(this.channels, settings.embedDim, random)
    this.proxy = new ProxyNetwork(settings.classes, settings.embedDim, random)
  }

  /** Features [N, C] → embeddings of length one [N, embedDim]. */
  embedding(features: tf.Tensor2D): tf.Tensor2D {
    return unitRows(this.embed.forward(features))
  }

  /** Labels [N] → the proxies of their classes, of length one [N, embedDim]. */
  proxies(labels: tf.Tensor1D): tf.Tensor2D {
    return unitRows(this.proxy.forward(labels))
  }
}

/** A new discriminator with random weights: of image and mask, or of the image alone where the mask has one of its own. */
export function createDiscriminator(settings: NetworkSettings, random: RandomStream): ConditionalDiscriminator {
  const planes = hasMaskDiscriminator(settings) ? settings.imageChannels : sampleChannels(settings)
  return new ConditionalDiscriminator(settings, random, { planes })
}

/** A new second discriminator, of masks beside their images, where the settings want one. */
export function createMaskDiscriminator(settings: NetworkSettings, random: RandomStream): Discriminator | undefined {
  if (!hasMaskDiscriminator(settings)) return undefined
  return new Discriminator(settings, random, { planes: sampleChannels(settings), width: maskWidth })
}

function hasMaskDiscriminator({ discriminators, maskChannels }: NetworkSettings): boolean {
  return discriminators === 'separate' && maskChannels > 0
}

/** Halves the resolution: [N, r, r, C] → [N, r/2, r/2, C']. The first block takes the samples themselves. */
export class ResidualBlock extends Module {
  readonly fromrgb: Conv2d | undefined
  readonly conv0: Conv2d
  readonly conv1: Conv2d
  readonly skip: Kernel

  /** @param sampleChannels planes of a sample, for the block that takes samples */
  constructor(inputs: number, outputs: number, random: RandomStream, sampleChannels?: number) {
    super()
    if (sampleChannels !== undefined) this.fromrgb = new Conv2d(sampleChannels, inputs, 1, random)
    this.conv0 = new Conv2d(inputs, inputs, 3, random)
    this.conv1 = new Conv2d(inputs, outputs, 3, random)
    this.skip = new Kernel(inputs, outputs, 1, random)
  }

  forward(input: tf.Tensor4D): tf.Tensor4D {
    const x = this.fromrgb ? this.fromrgb.activated(input) : input // [N, r, r, C]
    const past = convolve(firDownsample2(x), this.skip.scaled(branchGain), { stride: 1, padding: 'valid' })
    const y = this.conv0.activated(x) // [N, r, r, C]
    const through = this.conv1.activatedBy((kernel) => downConvolve(y, kernel), branchGain)
    return tf.add(past, through)
  }
}

/** Adds the minibatch deviation as a channel, then one convolution and one dense layer: [N, 4, 4, C] → [N, C] */
class Epilogue extends Module {
  readonly conv: Conv2d
  readonly fc: Dense
  readonly #deviationGroup: number

  constructor(channels: number, deviationGroup: number, random: RandomStream) {
    super()
    this.conv = new Conv2d(channels + 1, channels, 3, random)
    this.fc = new Dense(16 * channels, channels, random)
    this.#deviationGroup = deviationGroup
  }

  forward(x: tf.Tensor4D, batches: number): tf.Tensor2D {
    const [samples, height, width, channels] = x.shape
    const deviation: tf.Tensor4D = tf.reshape(minibatchDeviation(x, this.#deviationGroup, batches), [samples, 1, 1, 1])
    const plane: tf.Tensor4D = tf.tile(deviation, [1, height, width, 1])
    const y = this.conv.activated(tf.concat([x, plane], 3)) // [N, 4, 4, C]
    // The rows of fc are ordered channel by channel, as in the published checkpoints.
    const flat = tf.reshape(tf.transpose(y, [0, 3, 1, 2]), [samples, channels * height * width])
    return this.fc.activated(flat as tf.Tensor2D)
  }
}
