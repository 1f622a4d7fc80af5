import * as tf from '@tensorflow/tfjs'

/** Non-saturating logistic loss of the generator, mean softplus(−D(fake)) (Goodfellow et al. 2014). Logits [N] → []. */
export function generatorLoss(fakeLogits: tf.Tensor1D): tf.Scalar {
  return tf.mean(tf.softplus(tf.neg(fakeLogits)))
}

/** Logistic loss of the discriminator, mean softplus(−D(real)) + mean softplus(D(fake)). Logits [N] → []. */
export function discriminatorLoss(realLogits: tf.Tensor1D, fakeLogits: tf.Tensor1D): tf.Scalar {
  return tf.add(tf.mean(tf.softplus(tf.neg(realLogits))), tf.mean(tf.softplus(fakeLogits)))
}
