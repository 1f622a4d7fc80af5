import * as tf from '@tensorflow/tfjs'

export interface FlowTargets {
  /** Flows along y and x, five times as long as unit flows [N, H, W, 2]; 0 in the background. */
  readonly flows: tf.Tensor4D
  /** 1 in cells, 0 elsewhere [N, H, W, 1]. */
  readonly cells: tf.Tensor4D
  /** Where given: 1 at pixels that count, 0 at those that do not [N, H, W, 1]. */
  readonly counted?: tf.Tensor4D | undefined
}

/**
 * Half the mean squared error of the flows, and the binary cross entropy of the logits (docs/method.md §12.3; Cellpose 3).
 * Both are means over the pixels that count, the background too.
 *
 * @param output the network's [N, H, W, 3]
 */
export function flowLoss(output: tf.Tensor4D, { flows, cells, counted }: FlowTargets): tf.Scalar {
  const [told, logits] = tf.split(output, [2, 1], 3) as [tf.Tensor4D, tf.Tensor4D] // as many parts as sizes
  const error = tf.mean(tf.square(tf.sub(told, flows)), 3, true)
  // log(1 + eˡ) − l·y in the form that no large logit overflows
  const entropy = tf.add(tf.sub(tf.relu(logits), tf.mul(logits, cells)), tf.log1p(tf.exp(tf.neg(tf.abs(logits)))))
  const each = tf.add(tf.mul(error, 0.5), entropy) // [N, H, W, 1]
  if (counted === undefined) return tf.mean(each)
  return tf.div(tf.sum(tf.mul(each, counted)), tf.maximum(tf.sum(counted), 1))
}
