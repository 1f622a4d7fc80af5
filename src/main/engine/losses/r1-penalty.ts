import * as tf from '@tensorflow/tfjs'
import { releaseKept } from '../kept.ts'
import { type Discriminator } from '../networks/discriminator.ts'

export interface R1Penalty {
  /** (γ/2)·mean ‖∇D‖², []. */
  readonly penalty: tf.Scalar
  /** ‖∇D‖² of each sample [N]. */
  readonly squaredNorms: tf.Tensor1D
  /** ∇ of the summed logits [N, R, R, P]. */
  readonly gradient: tf.Tensor4D
  /** The logits themselves [N], without their history. */
  readonly logits: tf.Tensor1D
}

/**
 * Gradient penalty on real samples (Mescheder et al. 2018; docs/method.md §5.2). The gradient is that of the
 * adversarial logit alone, with respect to the samples before augmentation, over image and mask planes together. Can be
 * differentiated again.
 *
 * @param x real samples [N, R, R, P]
 * @param transform the augmentation between samples and discriminator
 */
export function r1Penalty(
  discriminator: Pick<Discriminator, 'features' | 'logits'>,
  x: tf.Tensor4D,
  gamma: number,
  transform: (x: tf.Tensor4D) => tf.Tensor4D
): R1Penalty {
  const kept: tf.Tensor1D[] = []
  const summedLogits = (samples: tf.Tensor) => {
    const logits = discriminator.logits(discriminator.features(transform(samples as tf.Tensor4D)))
    kept.push(tf.keep(tf.clone(logits))) // the tape's own tidy would dispose of it
    return tf.sum(logits)
  }
  const gradient = tf.grad(summedLogits)(x) as tf.Tensor4D
  const logits = releaseKept(kept[0] ?? tf.zeros<tf.Rank.R1>([0]))
  const squaredNorms = squaredLengths(gradient)
  return { penalty: tf.mul(tf.mean(squaredNorms), gamma / 2), squaredNorms, gradient, logits }
}

/** ‖g‖² of each sample's gradient: [N, R, R, P] → [N] */
export function squaredLengths(gradient: tf.Tensor4D): tf.Tensor1D {
  return tf.sum<tf.Tensor1D>(tf.square(gradient), [1, 2, 3])
}
