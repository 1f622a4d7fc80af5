import type * as tf from '@tensorflow/tfjs'
import { type MaskBranch } from './mask-branch.ts'
import { type Module } from './module.ts'
import { type NoiseMaps } from './noise.ts'
import { type Styles } from './synthesis-block.ts'

/** The part of a generator that turns styles into a picture. */
export interface Synthesis extends Module {
  /** The layers of the mask alone, where it has some. */
  readonly branch: MaskBranch | undefined
  /** @returns [N, R, R, imageChannels + maskChannels], linear: no tanh. The mask comes last. */
  forward(ws: Styles, noise: NoiseMaps): tf.Tensor4D
}
