import * as tf from '@tensorflow/tfjs'
import { type Discriminator } from '../networks/discriminator.ts'

export interface R1Penalty {
  /** (γ/2)·mean ‖∇D‖², []. */
  readonly penalty: tf.Scalar
  /** ‖∇D‖² of each sample [N]. */
  readonly squaredNorms: tf.Tensor1D
  /** ∇ of the summed logits [N, R, R, P]. */
  readonly gradient: tf.Tensor4D
}

/**
 * Gradient penalty on real samples (Mescheder et al. 2018). The gradient is that of the adversarial logit alone, with
 * respect to the samples before augmentation, over image and mask planes together. Can be differentiated again.
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
  const summedLogits = (samples: tf.Tensor) => {
    const features = discriminator.features(transform(samples as tf.Tensor4D))
    return tf.sum(discriminator.logits(features))
  }
  const gradient = tf.grad(summedLogits)(x) as tf.Tensor4D
  const squaredNorms = tf.sum<tf.Tensor1D>(tf.square(gradient), [1, 2, 3])
  return { penalty: tf.mul(tf.mean(squaredNorms), gamma / 2), squaredNorms, gradient }
}
