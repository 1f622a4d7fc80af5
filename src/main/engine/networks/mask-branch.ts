import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { type RandomStream } from '../../../shared/random.ts'
import { type NetworkSettings, SkipPath } from '../../../shared/training.ts'
import { firUpsample2 } from '../resample.ts'
import { Extraction, ToRgb } from './modulated-convolution.ts'
import { Module } from './module.ts'
import { resolutionsUpTo } from './noise.ts'
import { channelsAt } from './synthesis-block.ts'

/** What a block leaves on the way to the samples: its features [N, r, r, C] and the style of its path to them [N, wDim]. */
export interface Trace {
  readonly features: tf.Tensor4D
  readonly style: tf.Tensor2D
}

/**
 * Layers that the mask has for itself (docs/method.md §3.2): from the features of each block a modulated 3×3 convolution and
 * an output, added up from block to block as StyleGAN2 adds its pictures. Nothing leads from them to the image, so they can
 * be trained while every other layer stays as it is. They begin without a say: the outputs are 0.
 */
export class MaskBranch extends Module {
  readonly blocks: Map<string, MaskBlock>
  readonly #isAlone: boolean
  readonly #imageChannels: number

  constructor(settings: NetworkSettings, random: RandomStream) {
    super()
    this.#isAlone = settings.maskBranch === 'alone'
    this.#imageChannels = settings.imageChannels
    this.blocks = new Map(
      resolutionsUpTo(settings.resolution).map((r) => [`b${r}`, new MaskBlock(settings, r, random)])
    )
  }

  /**
   * Adds its mask to that of the samples, or behind the image where they have none: → [N, R, R, P]
   *
   * @param traces of each block, from 4×4 up
   */
  complete(samples: tf.Tensor4D, traces: readonly Trace[]): tf.Tensor4D {
    const mask = this.#mask(traces)
    if (this.#isAlone) return tf.concat([samples, mask], 3)
    const image = tf.slice<tf.Rank.R4, tf.Tensor4D>(samples, [0, 0, 0, 0], [-1, -1, -1, this.#imageChannels])
    const own = tf.slice<tf.Rank.R4, tf.Tensor4D>(samples, [0, 0, 0, this.#imageChannels], [-1, -1, -1, -1])
    return tf.concat([image, tf.add<tf.Tensor4D>(own, mask)], 3)
  }

  #mask(traces: readonly Trace[]): tf.Tensor4D {
    let mask: tf.Tensor4D | undefined
    for (const [i, block] of [...this.blocks.values()].entries()) {
      const trace = traces[i]
      invariant(trace !== undefined, 'every block left its features')
      const added = block.forward(trace.features, trace.style) // [N, r, r, M]
      mask = mask ? tf.add(firUpsample2(mask), added) : added
    }
    invariant(mask !== undefined, 'there is at least the 4×4 block')
    return mask
  }
}

class MaskBlock extends Module {
  readonly extract: Extraction
  readonly tomask: ToRgb

  constructor(settings: NetworkSettings, resolution: number, random: RandomStream) {
    super()
    const channels = channelsAt(settings, resolution)
    this.extract = new Extraction(channels, channels, settings.wDim, random, layer)
    this.tomask = new ToRgb(channels, settings.maskChannels, settings.wDim, random)
    tf.tidy(() => this.tomask.weight.assign(tf.zerosLike(this.tomask.weight)))
  }

  forward(features: tf.Tensor4D, style: tf.Tensor2D): tf.Tensor4D {
    return this.tomask.forward(this.extract.forward(features, style), style)
  }
}

/** The modulated convolution of StyleGAN2's synthesis layers, without their noise. */
const layer = SkipPath.parse({ extractionKernel: 3, extractionActivation: 'lrelu' })

/** A new branch, where the settings want one. */
export function createMaskBranch(settings: NetworkSettings, random: RandomStream): MaskBranch | undefined {
  return settings.maskBranch === 'none' ? undefined : new MaskBranch(settings, random)
}
