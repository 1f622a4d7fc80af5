import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { type RandomStream } from '../../../shared/random.ts'
import { type NetworkSettings } from '../../../shared/training.ts'
import { biasLeakyRelu } from '../activation.ts'
import { convolve } from '../convolution.ts'
import { firUpsample2 } from '../resample.ts'
import { BaselineSynthesis } from './generator-baseline.ts'
import { Conv2d } from './layers.ts'
import { MappingNetwork } from './mapping-network.ts'
import { Extraction } from './modulated-convolution.ts'
import { Module } from './module.ts'
import { type NoiseMaps, resolutionsUpTo } from './noise.ts'
import {
  channelsAt,
  sampleChannels,
  type Styles,
  styleSlots,
  type Synthesis,
  SynthesisBlock
} from './synthesis-block.ts'

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
    const slots = styleSlots(this.settings.resolution)
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

/**
 * The paper's skip path (§2.3): the main branch extracts features; from each block a modulated convolution takes a
 * fraction, which is joined to the upsampled skip from below and merged by a convolution. The skip narrows as the
 * resolution grows; the last merge has as many channels as image and mask together, and is linear.
 */
class PaperSynthesis extends Module implements Synthesis {
  readonly blocks: Map<string, PaperBlock>

  constructor(settings: NetworkSettings, random: RandomStream) {
    super()
    this.blocks = new Map(
      resolutionsUpTo(settings.resolution).map((r) => [`b${r}`, new PaperBlock(settings, r, random)])
    )
  }

  forward(ws: Styles, noise: NoiseMaps): tf.Tensor4D {
    let x: tf.Tensor4D | undefined
    let skip: tf.Tensor4D | undefined
    for (const block of this.blocks.values()) {
      x = block.forward(x, ws, noise) // [N, r, r, C]
      skip = block.extendSkip(skip, x, ws) // [N, r, r, S]
    }
    invariant(skip !== undefined, 'there is at least the 4×4 block')
    return skip
  }
}

class PaperBlock extends SynthesisBlock {
  readonly extract: Extraction
  readonly merge: Conv2d | undefined
  readonly #isLast: boolean
  readonly #padding: NetworkSettings['mergePadding']

  constructor(settings: NetworkSettings, resolution: number, random: RandomStream) {
    super(settings, resolution, random)
    this.#isLast = resolution === settings.resolution
    this.#padding = settings.mergePadding
    const channels = channelsAt(settings, resolution)
    const extracted = extractedChannels(settings, resolution)
    this.extract = new Extraction(channels, extracted, settings.wDim, random)
    if (resolution > 4) {
      const inputs = skipChannels(settings, resolution / 2) + extracted
      const outputs = this.#isLast ? sampleChannels(settings) : skipChannels(settings, resolution)
      this.merge = new Conv2d(inputs, outputs, 3, random)
    }
  }

  forward(x: tf.Tensor4D | undefined, ws: Styles, noise: NoiseMaps): tf.Tensor4D {
    return this.features(x, ws, noise)
  }

  /** skip [N, r/2, r/2, S], absent at 4×4, and x [N, r, r, C] → [N, r, r, S'] */
  extendSkip(skip: tf.Tensor4D | undefined, x: tf.Tensor4D, ws: Styles): tf.Tensor4D {
    const extracted = this.extract.forward(x, this.skipStyle(ws)) // [N, r, r, e]
    if (!skip || !this.merge) return extracted
    const joined = tf.concat([firUpsample2(skip), extracted], 3) // [N, r, r, S + e]
    const merged = convolvePadded(joined, this.merge.scaled(), this.#padding)
    return this.#isLast ? tf.add(merged, this.merge.bias) : biasLeakyRelu(merged, this.merge.bias)
  }
}

/** Half of the constant's features, then a quarter of each block's. */
function extractedChannels(settings: NetworkSettings, resolution: number): number {
  return Math.floor(channelsAt(settings, resolution) / (resolution === 4 ? 2 : 4))
}

function skipChannels(settings: NetworkSettings, resolution: number): number {
  return Math.floor(channelsAt(settings, resolution) / 2)
}

/** 3×3 convolution of the same size, with zeros or the repeated border pixel outside the image. */
function convolvePadded(x: tf.Tensor4D, filter: tf.Tensor4D, padding: NetworkSettings['mergePadding']): tf.Tensor4D {
  return padding === 'zeros'
    ? convolve(x, filter, { stride: 1, padding: 1 })
    : convolve(repeatEdge(repeatEdge(x, 1), 2), filter, { stride: 1, padding: 'valid' })
}

/** Repeats the first and last row or column: tfjs pads by repetition only without a gradient. */
function repeatEdge(x: tf.Tensor4D, axis: 1 | 2): tf.Tensor4D {
  const extent = x.shape.map((size, i) => (i === axis ? 1 : size)) as tf.Tensor4D['shape'] // one entry for each axis
  const end = x.shape.map((size, i) => (i === axis ? size - 1 : 0)) as tf.Tensor4D['shape']
  const first = tf.slice<tf.Rank.R4, tf.Tensor4D>(x, [0, 0, 0, 0], extent)
  const last = tf.slice<tf.Rank.R4, tf.Tensor4D>(x, end, extent)
  return tf.concat([first, x, last], axis)
}
