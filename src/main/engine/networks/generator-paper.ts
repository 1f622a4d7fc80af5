import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { type RandomStream } from '../../../shared/random.ts'
import { type NetworkSettings } from '../../../shared/training.ts'
import { firUpsample2, nearestUpsample2 } from '../resample.ts'
import { Conv2d } from './layers.ts'
import { createMaskBranch, type MaskBranch, type Trace } from './mask-branch.ts'
import { Extraction, ToRgb } from './modulated-convolution.ts'
import { Module } from './module.ts'
import { type NoiseMaps, resolutionsUpTo } from './noise.ts'
import { convolvePadded, upConvolvePadded } from './padded-convolution.ts'
import { channelsAt, outputChannels, type Styles, SynthesisBlock } from './synthesis-block.ts'
import { type Synthesis } from './synthesis.ts'

/**
 * The paper's skip path (paper §2.3; docs/method.md §2): the main branch extracts features; from each block a modulated
 * convolution takes a fraction, which is joined to the upsampled skip from below and merged by a convolution. The skip
 * narrows as the resolution grows; the last merge has as many channels as image and mask together, and is linear. Where
 * the paper can be read in several ways, `settings.skipPath` says which one is meant.
 */
export class PaperSynthesis extends Module implements Synthesis {
  readonly blocks: Map<string, PaperBlock>
  readonly branch: MaskBranch | undefined
  readonly #settings: NetworkSettings

  constructor(settings: NetworkSettings, random: RandomStream) {
    super()
    this.#settings = settings
    this.blocks = new Map(
      resolutionsUpTo(settings.resolution).map((r) => [`b${r}`, new PaperBlock(settings, r, random)])
    )
    this.branch = createMaskBranch(settings, random)
  }

  forward(ws: Styles, noise: NoiseMaps): tf.Tensor4D {
    let x: tf.Tensor4D | undefined
    let skip: tf.Tensor4D | undefined
    let shortcut: tf.Tensor4D | undefined
    const traces: Trace[] = []
    for (const block of this.blocks.values()) {
      x = block.forward(x, ws, noise) // [N, r, r, C]
      traces.push({ features: x, style: block.skipStyle(ws) })
      skip = block.extendSkip(skip, x, ws) // [N, r, r, S]
      shortcut = block.extendShortcut(shortcut, x, ws) // [N, r, r, P], where there is one
    }
    invariant(skip !== undefined, 'there is at least the 4×4 block')
    const { skipPath, imageChannels } = this.#settings
    const isBound = skipPath.maskOutput === 'tanh' && outputChannels(this.#settings) > imageChannels
    const made = shortcut ? tf.add<tf.Tensor4D>(skip, shortcut) : skip
    const sample = isBound ? boundMask(made, imageChannels) : made
    return this.branch ? this.branch.complete(sample, traces) : sample
  }
}

class PaperBlock extends SynthesisBlock {
  readonly extract: Extraction
  readonly merge: Conv2d | undefined
  /** From features to samples, where the last merge does not make them itself. */
  readonly output: Conv2d | undefined
  /** Straight from features to samples, beside the path. */
  readonly torgb: ToRgb | undefined
  readonly #isLast: boolean
  readonly #settings: NetworkSettings

  constructor(settings: NetworkSettings, resolution: number, random: RandomStream) {
    super(settings, resolution, random)
    const { skipPath, wDim } = settings
    this.#isLast = resolution === settings.resolution
    this.#settings = settings
    const { extracted, skip } = skipWidths(settings, resolution)
    const planes = outputChannels(settings)
    if (skipPath.shortcut === 'output') {
      this.torgb = new ToRgb(channelsAt(settings, resolution), planes, wDim, random)
    }
    this.extract = new Extraction(channelsAt(settings, resolution), extracted, wDim, random, skipPath)
    if (resolution === 4) return
    const joined = skipWidths(settings, resolution / 2).skip + extracted
    const isNarrowed = this.#isLast && skipPath.lastMerge === 'narrowed'
    this.merge = new Conv2d(joined, this.#isLast && !isNarrowed ? planes : skip, skipPath.mergeKernel, random)
    if (isNarrowed) this.output = new Conv2d(skip, planes, 1, random)
    if (this.#isLast && this.torgb) beginAtZero(this.output ?? this.merge)
  }

  forward(x: tf.Tensor4D | undefined, ws: Styles, noise: NoiseMaps): tf.Tensor4D {
    return this.features(x, ws, noise)
  }

  /** skip from below, absent at 4×4, and x [N, r, r, C] → [N, r, r, S], or twice the size where merges upsample */
  extendSkip(skip: tf.Tensor4D | undefined, x: tf.Tensor4D, ws: Styles): tf.Tensor4D {
    const extracted = this.extract.forward(x, this.skipStyle(ws)) // [N, r, r, e]
    if (!skip || !this.merge) return extracted
    const joined = tf.concat([this.#upsampled(skip), extracted], 3) // [N, r, r, S + e]
    const convolution = (kernel: tf.Tensor4D) => this.#convolve(joined, kernel)
    const isActivated = this.#settings.skipPath.mergeActivation === 'lrelu' && !(this.#isLast && !this.output)
    const features = isActivated
      ? this.merge.activatedBy(convolution)
      : tf.add<tf.Tensor4D>(convolution(this.merge.scaled()), this.merge.bias)
    return this.output ? tf.add(convolvePadded(features, this.output.scaled(), 'zeros'), this.output.bias) : features
  }

  /** Adds this block's own samples to those from below: [N, r/2, r/2, P] → [N, r, r, P]; undefined without a shortcut. */
  extendShortcut(shortcut: tf.Tensor4D | undefined, x: tf.Tensor4D, ws: Styles): tf.Tensor4D | undefined {
    const added = this.torgb?.forward(x, this.skipStyle(ws))
    return shortcut && added ? tf.add(firUpsample2(shortcut), added) : added
  }

  /** The skip from below at this block's resolution. */
  #upsampled(skip: tf.Tensor4D): tf.Tensor4D {
    const { upsampling } = this.#settings.skipPath
    if (upsampling === 'nearest') return nearestUpsample2(skip)
    // The 4×4 block has no merge that could have upsampled it.
    return upsampling === 'merge' && this.resolution > 8 ? skip : firUpsample2(skip)
  }

  #convolve(joined: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
    const { mergePadding, skipPath } = this.#settings
    return skipPath.upsampling === 'merge' && !this.#isLast
      ? upConvolvePadded(joined, kernel, mergePadding)
      : convolvePadded(joined, kernel, mergePadding)
  }
}

/**
 * Channels of the skip path at a resolution: what is extracted from the block's features, and how wide the skip is
 * after its merge, except where that merge makes the samples.
 */
export function skipWidths(settings: NetworkSettings, resolution: number): { extracted: number; skip: number } {
  const { order, widths } = settings.skipPath
  const share = (part: number) => Math.max(1, Math.floor(channelsAt(settings, resolution) / part))
  const wide = order === 'wide-first' ? 4 : 8
  if (resolution === 4) return { extracted: share(wide === 4 ? 2 : 4), skip: share(wide === 4 ? 2 : 4) }
  if (resolution === 8 || widths === 'features') {
    return { extracted: share(resolution === wide ? 2 : 4), skip: share(2) }
  }
  const halved = Math.floor(channelsAt(settings, 8) / 2 / (resolution / 8))
  const skip = Math.max(outputChannels(settings), halved)
  return { extracted: Math.max(1, Math.floor(skip / 2)), skip }
}

/** So that it has no say at first. */
function beginAtZero({ weight }: Conv2d): void {
  tf.tidy(() => weight.assign(tf.zerosLike(weight)))
}

/** tanh of the mask plane, which lies behind the image planes. */
function boundMask(samples: tf.Tensor4D, imageChannels: number): tf.Tensor4D {
  const image = tf.slice<tf.Rank.R4, tf.Tensor4D>(samples, [0, 0, 0, 0], [-1, -1, -1, imageChannels])
  const mask = tf.slice<tf.Rank.R4, tf.Tensor4D>(samples, [0, 0, 0, imageChannels], [-1, -1, -1, -1])
  return tf.concat([image, tf.tanh(mask)], 3)
}
