import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { type RandomStream } from '../../../shared/random.ts'
import { type NetworkSettings } from '../../../shared/training.ts'
import { BaselineSynthesis } from './generator-baseline.ts'
import { PaperSynthesis } from './generator-paper.ts'
import { MappingNetwork } from './mapping-network.ts'
import { Module } from './module.ts'
import { type NoiseMaps } from './noise.ts'
import { type Styles, styleSlots } from './synthesis-block.ts'
import { type Synthesis } from './synthesis.ts'

export interface StyleInputs {
  /** Latents [N, zDim]. */
  readonly z: tf.Tensor2D
  /** Class indices [N], int32. */
  readonly labels: tf.Tensor1D
  /** Slots from `cut` on take their w from a second latent of the same class. */
  readonly mixing?: { readonly z2: tf.Tensor2D; readonly cut: number } | undefined
  /** Draws w towards its mean: w_avg + ψ(w − w_avg), in the slots below `cutoff` or in all. */
  readonly truncation?: { readonly psi: number; readonly cutoff?: number | undefined } | undefined
}

export interface GeneratorInputs extends StyleInputs {
  readonly noise: NoiseMaps
}

/**
 * Latent z and class c become image and mask in one pass (paper §2.3, Figure 1 right).
 *
 * Read from the top, as the figure is: Generator → MappingNetwork → PaperSynthesis → PaperBlock → layers. Tensors are
 * NHWC. The caller owns what the methods return.
 */
export class Generator extends Module {
  readonly mapping: MappingNetwork
  readonly synthesis: Synthesis
  readonly settings: NetworkSettings

  constructor(settings: NetworkSettings, random: RandomStream) {
    super()
    invariant(Number.isInteger(Math.log2(settings.resolution)), 'the resolution is a power of two')
    this.settings = settings
    this.mapping = new MappingNetwork(settings, random)
    this.synthesis =
      settings.generator === 'paper' ? new PaperSynthesis(settings, random) : new BaselineSynthesis(settings, random)
  }

  /** @returns the samples [N, R, R, P], the styles that made them, and w = mapping(z) before mixing and truncation */
  forward(inputs: GeneratorInputs): { w: tf.Tensor2D; ws: Styles; samples: tf.Tensor4D } {
    const { w, ws } = this.styles(inputs)
    return { w, ws, samples: this.synthesize(ws, inputs.noise) }
  }

  /** One w for each slot; slots that have the same w share one tensor. */
  styles({ z, labels, mixing, truncation }: StyleInputs): { w: tf.Tensor2D; ws: Styles } {
    const w = this.mapping.forward(z, labels)
    const w2 = mixing ? this.mapping.forward(mixing.z2, labels) : w
    const truncate = (value: tf.Tensor2D): tf.Tensor2D =>
      truncation ? tf.add(tf.mul(value, truncation.psi), tf.mul(this.mapping.wAvg, 1 - truncation.psi)) : value

    const pairs = [w, w2].map((value) => ({ plain: value, truncated: truncate(value) }))
    const slots = styleSlots(this.settings)
    const cut = mixing?.cut ?? slots
    const cutoff = truncation?.cutoff ?? slots
    const ws = Array.from({ length: slots }, (_, slot) => {
      const { plain, truncated } = pairs[slot < cut ? 0 : 1] ?? { plain: w, truncated: w }
      return slot < cutoff ? truncated : plain
    })
    return { w, ws }
  }

  /** The synthesis network alone: [N, R, R, P]. */
  synthesize(ws: Styles, noise: NoiseMaps): tf.Tensor4D {
    return tf.tidy(() => this.synthesis.forward(ws, noise))
  }
}

/** A new generator with random weights. */
export function createGenerator(settings: NetworkSettings, random: RandomStream): Generator {
  return new Generator(settings, random)
}
