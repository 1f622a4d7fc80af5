import * as tf from '@tensorflow/tfjs'

/**
 * Waits until a result is there: native TensorFlow queues operations (docs/decisions/0012). Reading one number of it takes
 * some hundredths of a millisecond.
 *
 * @param result with at least one number
 */
export function finish(result: tf.TensorInfo): void {
  const { kernelFunc } = tf.getKernel('Slice', tf.getBackend())
  const rank = result.shape.length
  const attrs = { begin: result.shape.map(() => 0), size: result.shape.map(() => 1) }
  const backend = tf.backend()
  const call = { inputs: { x: result }, attrs: attrs as unknown as tf.NamedAttrMap, backend }
  const first = rank === 0 ? result : (kernelFunc(call) as tf.TensorInfo) // a slice is one tensor
  backend.readSync(first.dataId)
  if (rank > 0) backend.disposeData(first.dataId)
}
