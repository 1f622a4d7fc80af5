import type * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { type RandomStream } from '../../../shared/random.ts'
import { type NetworkSettings } from '../../../shared/training.ts'
import { SynthesisLayer } from './modulated-convolution.ts'
import { Module, normalParameter } from './module.ts'
import { type NoiseMaps } from './noise.ts'

/** The intermediate latent [N, wDim] that each layer gets: one entry for a slot, 2·log₂(resolution) − 2 of them unless
 * extractions have slots of their own. */
export type Styles = readonly tf.Tensor2D[]

/**
 * One resolution of StyleGAN2's main branch, as both generators have it: the learned constant at 4×4, above it a layer
 * that doubles the resolution, then a second layer. What leads from here to the picture is added by the two generators.
 */
export abstract class SynthesisBlock extends Module {
  readonly const: tf.Variable<tf.Rank.R4> | undefined
  readonly conv0: SynthesisLayer | undefined
  readonly conv1: SynthesisLayer
  protected readonly resolution: number
  readonly #slots: Slots

  constructor(settings: NetworkSettings, resolution: number, random: RandomStream) {
    super()
    const channels = channelsAt(settings, resolution)
    if (resolution === 4) {
      this.const = normalParameter<tf.Rank.R4>(random, [1, 4, 4, channels])
    } else {
      this.conv0 = new SynthesisLayer(channelsAt(settings, resolution / 2), channels, settings.wDim, true, random)
    }
    this.conv1 = new SynthesisLayer(channels, channels, settings.wDim, false, random)
    this.resolution = resolution
    this.#slots = slotsAt(settings, resolution)
  }

  /** x [N, r/2, r/2, C], absent at 4×4 → [N, r, r, C'] */
  protected features(x: tf.Tensor4D | undefined, ws: Styles, noise: NoiseMaps): tf.Tensor4D {
    const slots = this.#slots
    const map = (layer: string) => entry(noise[`b${this.resolution}.${layer}`])
    const input = this.conv0 ? this.conv0.forward(entry(x), entry(ws[slots.conv0]), map('conv0')) : this.const
    return this.conv1.forward(entry(input), entry(ws[slots.conv1]), map('conv1'))
  }

  /** The style of the path to the picture; unless it has a slot of its own, the next block's conv0 has the same one. */
  skipStyle(ws: Styles): tf.Tensor2D {
    return entry(ws[this.#slots.skip])
  }
}

/** min(channelBase / r, channelMax) */
export function channelsAt({ channelBase, channelMax }: NetworkSettings, resolution: number): number {
  return Math.min(Math.floor(channelBase / resolution), channelMax)
}

export function sampleChannels({ imageChannels, maskChannels }: NetworkSettings): number {
  return imageChannels + maskChannels
}

/** What the outputs of the image make: the mask with it, unless that is made by layers of its own. */
export function outputChannels(settings: NetworkSettings): number {
  return settings.maskBranch === 'alone' ? settings.imageChannels : sampleChannels(settings)
}

/** How many styles a generator takes. */
export function styleSlots(settings: NetworkSettings): number {
  return slotsAt(settings, settings.resolution).skip + 1
}

interface Slots {
  readonly conv0: number
  readonly conv1: number
  readonly skip: number
}

function slotsAt({ generator, skipPath }: NetworkSettings, resolution: number): Slots {
  const blocksBelow = Math.log2(resolution) - 2
  const first = blocksBelow * (generator === 'paper' && skipPath.extractionSlot === 'own' ? 3 : 2)
  return { conv0: first - 1, conv1: first, skip: first + 1 }
}

function entry<T>(value: T | undefined): T {
  invariant(value !== undefined, 'each layer gets its features, its style and its noise')
  return value
}
