import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { type Generator, type GeneratorInputs } from '../networks/generator.ts'

export interface PathLengthPenalty {
  /** weight·mean (ℓ − a)², []. */
  readonly penalty: tf.Scalar
  /** ℓ of each sample [N]. */
  readonly lengths: tf.Tensor1D
  /** The running mean a of ℓ after this batch, []. */
  readonly mean: tf.Scalar
}

export interface PathLengthOptions {
  readonly weight: number
  /** Share of the way that the running mean goes to this batch's mean. */
  readonly decay: number
  /** The running mean before this batch, []. */
  readonly mean: tf.Tensor
}

/**
 * How far each sample moves for a step in w (Karras et al. 2020 §3.2): ℓ = √(mean over slots of ‖∂(G·y)/∂w‖²) with
 * normal y scaled by 1/√(H·W). Can be differentiated again, through the mapping network too.
 *
 * @param y standard normal [N, R, R, P]
 * @returns ℓ [N]
 */
export function pathLengths(generator: Generator, inputs: GeneratorInputs, y: tf.Tensor4D): tf.Tensor1D {
  // Each slot needs a tensor of its own to be differentiated by, also where slots share their w.
  const ws = generator.styles(inputs).ws.map((w) => tf.clone(w))
  const [, height, width] = y.shape
  const direction = tf.div(y, Math.sqrt(height * width))
  const projection = (...slots: tf.Tensor[]) =>
    tf.sum(tf.mul(generator.synthesize(slots as tf.Tensor2D[], inputs.noise), direction))

  const jacobian = tf.grads(projection)(ws) // [N, wDim] for each slot
  const squares = jacobian.map((slot) => tf.sum(tf.square(slot), 1))
  invariant(squares.length > 0, 'a generator has slots')
  return tf.sqrt<tf.Tensor1D>(tf.div(tf.addN(squares), squares.length))
}

/**
 * Path-length penalty (Karras et al. 2020 §3.2; docs/method.md §5.3): a step in w should change the picture equally
 * much wherever it starts. The running mean a enters the penalty with the derivative of its newest part.
 *
 * @param lengths ℓ of all samples of the batch [N]
 */
export function pathLengthPenalty(lengths: tf.Tensor1D, { weight, decay, mean }: PathLengthOptions): PathLengthPenalty {
  const updated = tf.add<tf.Scalar>(mean, tf.mul(tf.sub(tf.mean(lengths), mean), decay))
  const penalty = tf.mul<tf.Scalar>(tf.mean(tf.square(tf.sub(lengths, updated))), weight)
  return { penalty, lengths, mean: updated }
}
