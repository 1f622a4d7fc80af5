import * as tf from '@tensorflow/tfjs'
import { type RandomStream } from '../../../shared/random.ts'
import { type FeatureNetwork } from './feature-network.ts'
import { type NormKind, type Pass } from './flow-layers.ts'
import { climb, type FlowNet, styleOf, Unit, type UpBlock, upBlocks } from './flow-network.ts'
import { Module } from './module.ts'

/** Features of the way up, from the full size to a thirty-second. */
const widths = [16, 32, 32, 64, 96, 128]

/**
 * The second segmentation network (docs/method.md §12.6): the way up of the first one on what EfficientNet-Lite0 sees,
 * so that a finding of a study does not hang on one network. EfficientNet's weights are given and stay as they are; a
 * plain unit looks at the picture itself where EfficientNet has no map, at full size.
 */
export class EffnetFlowNetwork extends Module implements FlowNet {
  /** `skip.0` of the picture; each brings a map to the width of the way up. */
  readonly skips: Map<string, Unit>
  readonly up: Map<string, UpBlock>
  readonly output: Unit
  /** EfficientNet halves a picture five times. */
  readonly divisor = 32
  readonly #encoder: FeatureNetwork

  /** @param encoder the caller's, who keeps it as long as this */
  constructor(encoder: FeatureNetwork, norm: NormKind, random: RandomStream) {
    super()
    this.#encoder = encoder
    const channels = [1, ...encoder.mapChannels]
    this.skips = new Map(
      channels.map((count, i) => [`skip.${i}`, new Unit(count, widths[i] ?? count, i === 0 ? 3 : 1, norm, random)])
    )
    this.up = upBlocks(widths, norm, random)
    this.output = new Unit(widths[0] ?? 0, 3, 1, norm, random)
  }

  forward(x: tf.Tensor4D, pass: Pass): tf.Tensor4D {
    return tf.tidy(() => {
      const seen = [x, ...this.#encoder.maps(tf.mul(x, 255))] // [N, H/2ⁱ, W/2ⁱ, …]
      const maps = seen.map((map, i) => this.skips.get(`skip.${i}`)?.project(map, pass) ?? map)
      const style = styleOf(maps.at(-1) ?? x)
      return this.output.forward(climb(this.up, { maps, style }, pass), pass) // [N, H, W, 3]
    })
  }
}
