import * as tf from '@tensorflow/tfjs'

/**
 * Non-saturating logistic loss of the generator, mean softplus(−D(fake)) (Goodfellow et al. 2014). Logits [N] → [].
 *
 * @param realLogits for the relativistic loss, mean softplus(−(D(fake) − D(real))), over pairs (Jolicoeur-Martineau 2019)
 */
export function generatorLoss(fakeLogits: tf.Tensor1D, realLogits?: tf.Tensor1D): tf.Scalar {
  return tf.mean(tf.softplus(tf.neg(realLogits === undefined ? fakeLogits : tf.sub(fakeLogits, realLogits))))
}

/** Logistic loss of the discriminator, mean softplus(−D(real)) + mean softplus(D(fake)). Logits [N] → []. */
export function discriminatorLoss(realLogits: tf.Tensor1D, fakeLogits: tf.Tensor1D): tf.Scalar {
  return tf.add(tf.mean(tf.softplus(tf.neg(realLogits))), tf.mean(tf.softplus(fakeLogits)))
}

/** Relativistic loss of the discriminator over pairs, mean softplus(−(D(real) − D(fake))). Logits [N] → []. */
export function relativisticLoss(realLogits: tf.Tensor1D, fakeLogits: tf.Tensor1D): tf.Scalar {
  return tf.mean(tf.softplus(tf.sub(fakeLogits, realLogits)))
}
