import type * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { type RandomStream } from '../../../shared/random.ts'
import { type NetworkSettings } from '../../../shared/training.ts'
import { SynthesisLayer } from './modulated-convolution.ts'
import { Module, normalParameter } from './module.ts'
import { type NoiseMaps } from './noise.ts'

/** The intermediate latent [N, wDim] that each layer gets: one entry for a slot, 2·log₂(resolution) − 2 of them. */
export type Styles = readonly tf.Tensor2D[]

/** The part of a generator that turns styles into a picture. */
export interface Synthesis extends Module {
  /** @returns [N, R, R, imageChannels + maskChannels], linear: no tanh. The mask is the last channel. */
  forward(ws: Styles, noise: NoiseMaps): tf.Tensor4D
}

/**
 * One resolution of StyleGAN2's main branch, as both generators have it: the learned constant at 4×4, above it a layer
 * that doubles the resolution, then a second layer. What leads from here to the picture is added by the two generators.
 */
export abstract class SynthesisBlock extends Module {
  readonly const: tf.Variable<tf.Rank.R4> | undefined
  readonly conv0: SynthesisLayer | undefined
  readonly conv1: SynthesisLayer
  protected readonly resolution: number

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
  }

  /** x [N, r/2, r/2, C], absent at 4×4 → [N, r, r, C'] */
  protected features(x: tf.Tensor4D | undefined, ws: Styles, noise: NoiseMaps): tf.Tensor4D {
    const slots = slotsAt(this.resolution)
    const map = (layer: string) => entry(noise[`b${this.resolution}.${layer}`])
    const input = this.conv0 ? this.conv0.forward(entry(x), entry(ws[slots.conv0]), map('conv0')) : this.const
    return this.conv1.forward(entry(input), entry(ws[slots.conv1]), map('conv1'))
  }

  /** The style of the path to the picture; the next block's conv0 has the same slot. */
  protected skipStyle(ws: Styles): tf.Tensor2D {
    return entry(ws[slotsAt(this.resolution).skip])
  }
}

/** min(channelBase / r, channelMax) */
export function channelsAt({ channelBase, channelMax }: NetworkSettings, resolution: number): number {
  return Math.min(Math.floor(channelBase / resolution), channelMax)
}

export function sampleChannels({ imageChannels, maskChannels }: NetworkSettings): number {
  return imageChannels + maskChannels
}

export function styleSlots(resolution: number): number {
  return 2 * Math.log2(resolution) - 2
}

function slotsAt(resolution: number): { conv0: number; conv1: number; skip: number } {
  const i = Math.log2(resolution) - 2
  return { conv0: 2 * i - 1, conv1: 2 * i, skip: 2 * i + 1 }
}

function entry<T>(value: T | undefined): T {
  invariant(value !== undefined, 'each layer gets its features, its style and its noise')
  return value
}
