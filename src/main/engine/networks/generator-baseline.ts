import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { type RandomStream } from '../../../shared/random.ts'
import { type NetworkSettings } from '../../../shared/training.ts'
import { firUpsample2 } from '../resample.ts'
import { createMaskBranch, type MaskBranch, type Trace } from './mask-branch.ts'
import { ToRgb } from './modulated-convolution.ts'
import { Module } from './module.ts'
import { type NoiseMaps, resolutionsUpTo } from './noise.ts'
import { channelsAt, outputChannels, type Styles, SynthesisBlock } from './synthesis-block.ts'
import { type Synthesis } from './synthesis.ts'

/**
 * StyleGAN2's own output skips (Karras et al. 2020 §4.1), the baseline of Table 1: each block adds its picture to the
 * upsampled one from below. With a mask plane it makes the mask as one more channel.
 */
export class BaselineSynthesis extends Module implements Synthesis {
  readonly blocks: Map<string, BaselineBlock>
  readonly branch: MaskBranch | undefined

  constructor(settings: NetworkSettings, random: RandomStream) {
    super()
    this.blocks = new Map(
      resolutionsUpTo(settings.resolution).map((r) => [`b${r}`, new BaselineBlock(settings, r, random)])
    )
    this.branch = createMaskBranch(settings, random)
  }

  forward(ws: Styles, noise: NoiseMaps): tf.Tensor4D {
    let x: tf.Tensor4D | undefined
    let sample: tf.Tensor4D | undefined
    const traces: Trace[] = []
    for (const block of this.blocks.values()) {
      x = block.forward(x, ws, noise) // [N, r, r, C]
      traces.push({ features: x, style: block.skipStyle(ws) })
      const added = block.toSample(x, ws) // [N, r, r, P]
      sample = sample ? tf.add(firUpsample2(sample), added) : added
    }
    invariant(sample !== undefined, 'there is at least the 4×4 block')
    return this.branch ? this.branch.complete(sample, traces) : sample
  }
}

class BaselineBlock extends SynthesisBlock {
  readonly torgb: ToRgb

  constructor(settings: NetworkSettings, resolution: number, random: RandomStream) {
    super(settings, resolution, random)
    this.torgb = new ToRgb(channelsAt(settings, resolution), outputChannels(settings), settings.wDim, random)
  }

  forward(x: tf.Tensor4D | undefined, ws: Styles, noise: NoiseMaps): tf.Tensor4D {
    return this.features(x, ws, noise)
  }

  toSample(x: tf.Tensor4D, ws: Styles): tf.Tensor4D {
    return this.torgb.forward(x, this.skipStyle(ws))
  }
}
