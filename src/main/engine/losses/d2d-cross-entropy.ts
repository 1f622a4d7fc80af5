import * as tf from '@tensorflow/tfjs'
import { type TrainingSettings } from '../../../shared/training.ts'

export type D2dSettings = Omit<TrainingSettings['d2dCrossEntropy'], 'weight'>

/**
 * Data-to-data cross-entropy of ReACGAN (paper §2.3; docs/method.md §4): each sample is drawn to the proxy of its class
 * and away from the samples of other classes in the batch, unless it is near, or far, enough already. Its optimum is
 * not 0 but about log(1 + negatives).
 *
 * `exact` is the published formula. `studiogan` is what the reference implementation computes: it divides the
 * negatives, and not the positive, by the exponential of each row's largest similarity, taken as a constant.
 *
 * @param embedding unit rows [N, E]
 * @param proxies unit rows [N, E], of each sample's own class
 * @param labels [N], int32
 * @returns the loss of each sample [N]; 0 where the batch holds no other class
 */
export function d2dCrossEntropyTerms(
  embedding: tf.Tensor2D,
  proxies: tf.Tensor2D,
  labels: tf.Tensor1D,
  { positiveMargin, temperature, formula }: D2dSettings
): tf.Tensor1D {
  const samples = embedding.shape[0]
  const isNegative = tf.cast(tf.notEqual(tf.reshape(labels, [samples, 1]), tf.reshape(labels, [1, samples])), 'float32')

  const toProxy = tf.sum<tf.Tensor1D>(tf.mul(embedding, proxies), 1) // cosines [N]
  const attraction = tf.relu(tf.div(tf.sub(positiveMargin, toProxy), temperature)) // [N]

  const cosines = tf.matMul(embedding, embedding, false, true) // [N, N]
  const similarity: tf.Tensor2D = tf.div(tf.add(cosines, positiveMargin - 1), temperature)
  const hinged = tf.relu(similarity)
  const exponent = formula === 'exact' ? hinged : tf.sub(hinged, largestOfOthers(similarity))
  const repulsion = tf.sum<tf.Tensor1D>(tf.mul(tf.exp(exponent), isNegative), 1) // [N]

  return tf.add(attraction, tf.log(tf.add(tf.exp(tf.neg(attraction)), repulsion)))
}

/** The mean of the samples' terms. */
export function d2dCrossEntropy(
  embedding: tf.Tensor2D,
  proxies: tf.Tensor2D,
  labels: tf.Tensor1D,
  settings: D2dSettings
): tf.Scalar {
  return tf.mean(d2dCrossEntropyTerms(embedding, proxies, labels, settings))
}

/** The largest value of each row, the diagonal left out, without a gradient: [N, N] → [N, 1] */
function largestOfOthers(similarity: tf.Tensor2D): tf.Tensor2D {
  const constant = tf.customGrad((x) => {
    const value = tf.max(tf.sub(x as tf.Tensor2D, tf.mul(tf.eye(similarity.shape[0]), 1e9)), 1, true)
    return { value, gradFunc: () => tf.zerosLike(x as tf.Tensor2D) }
  })
  return constant(similarity) as tf.Tensor2D
}
