import * as tf from '@tensorflow/tfjs'

/** Hands a tensor that `tf.keep` carried out of a tidy back to the scope around the caller. */
export function releaseKept<T extends tf.Tensor>(kept: T): T {
  const value = tf.clone(kept)
  kept.dispose()
  return value
}
