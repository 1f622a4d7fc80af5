import * as tf from '@tensorflow/tfjs'

const slope = 0.2

/**
 * gain·√2·(x where x ≥ 0, else 0.2·x), the activation of StyleGAN2. Differentiable to any order: it is linear on
 * either side of zero, so its derivative is a constant mask.
 *
 * @param gain an extra positive factor, as √½ in the discriminator's residual blocks
 */
export function leakyRelu<T extends tf.Tensor>(x: T, gain = 1): T {
  const scale = gain * Math.SQRT2
  return tf.add(tf.mul(x, slope * scale), tf.mul(tf.relu(x), (1 - slope) * scale))
}

/**
 * The activation of x + bias.
 *
 * @param x features […, C]
 * @param bias [C]
 */
export function biasLeakyRelu<T extends tf.Tensor>(x: T, bias: tf.Tensor1D, gain = 1): T {
  return leakyRelu(tf.add(x, bias), gain)
}
