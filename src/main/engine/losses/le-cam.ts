import * as tf from '@tensorflow/tfjs'

/**
 * LeCam regularisation (Tseng et al. 2021, eq. 4): keeps what D says of reals near what it used to say of fakes, and the other
 * way round, so that it does not drift apart where there are few images. Logits [N] → mean (D(x) − α_F)² + mean (D(G) − α_R)², [].
 *
 * @param anchors α_R and α_F [2], running means of the logits of reals and of fakes
 */
export function leCamPenalty(realLogits: tf.Tensor1D, fakeLogits: tf.Tensor1D, anchors: tf.Tensor1D): tf.Scalar {
  const [ofReal, ofFake] = tf.split(anchors, 2)
  const distance = (logits: tf.Tensor1D, anchor: tf.Tensor | undefined): tf.Scalar =>
    tf.mean(tf.square(tf.sub(logits, anchor ?? 0)))
  return tf.add(distance(realLogits, ofFake), distance(fakeLogits, ofReal))
}

/** The anchors after a step: decay·α + (1 − decay)·mean of its logits, [2]. */
export function movedAnchors(
  anchors: tf.Tensor1D,
  { realLogits, fakeLogits }: { readonly realLogits: tf.Tensor1D; readonly fakeLogits: tf.Tensor1D },
  decay: number
): tf.Tensor1D {
  const means = tf.stack([tf.mean(realLogits), tf.mean(fakeLogits)]) as tf.Tensor1D
  return tf.add(tf.mul(anchors, decay), tf.mul(means, 1 - decay))
}
