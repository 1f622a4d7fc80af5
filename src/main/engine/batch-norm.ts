import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../shared/errors.ts'
import { cpuBuffers } from '../backends/buffers.ts'
import { registerNormLoops } from '../backends/norm-kernels.ts'
import { releaseKept } from './kept.ts'

/** What a kernel may save for its derivative, beside the result. */
const mostSaved = 5

registerNormLoops('cpu', cpuBuffers)
registerGradient()

/** Added to a variance (PyTorch's default). */
const epsilon = 1e-5

export interface BatchNormResult {
  /** As x. */
  readonly y: tf.Tensor4D
  /** Of the batch, for each channel [C]. */
  readonly mean: tf.Tensor1D
  /** Of the sample, for each channel [C]: divided by one less than the number of its pixels. */
  readonly variance: tf.Tensor1D
}

/**
 * Batch normalisation by the statistics of the batch (Ioffe and Szegedy 2015), and max(0, ·) of it where `relu` is set:
 * (x − mean)/√(variance + 1e-5)·scale + offset for each channel. Differentiable once, and by all three inputs together.
 *
 * @param x features [N, H, W, C]
 * @param scale [C]
 * @param offset [C]
 */
export function batchNorm(x: tf.Tensor4D, scale: tf.Tensor1D, offset: tf.Tensor1D, relu: boolean): BatchNormResult {
  const results: unknown = tf.engine().runKernel('BatchNormRelu', { x, scale, offset }, { epsilon, relu })
  // The kernels give these three first, with these ranks.
  const [y, mean, variance] = results as [tf.Tensor4D, tf.Tensor1D, tf.Tensor1D]
  return { y, mean, variance }
}

/** The same by given statistics [C], as when the network is used. */
export function normaliseBy(
  x: tf.Tensor4D,
  { mean, variance }: Pick<BatchNormResult, 'mean' | 'variance'>,
  { scale, offset }: { readonly scale: tf.Tensor1D; readonly offset: tf.Tensor1D },
  relu: boolean
): tf.Tensor4D {
  const factor = tf.mul(scale, tf.rsqrt(tf.add(variance, epsilon)))
  const z = tf.add<tf.Tensor4D>(tf.mul(x, factor), tf.sub(offset, tf.mul(mean, factor)))
  return relu ? tf.relu(z) : z
}

function registerGradient(): void {
  tf.registerGradient({
    kernelName: 'BatchNormRelu',
    inputsToSave: ['x', 'scale'],
    outputsToSave: Array.from({ length: 1 + mostSaved }, () => true),
    gradFunc: (upstream, [x, scale, y, ...saved], attributes) => {
      const dy = Array.isArray(upstream) ? upstream[0] : upstream
      invariant(dy && x && scale && y, 'the kernel has these inputs and results')
      const named = Object.fromEntries(saved.map((tensor, i) => [`saved${i}`, tensor]))
      // All three derivatives come of one kernel. tfjs asks for one after another and clears away after each; it does not
      // ask for that of a picture, and always for the offset's, which is the last.
      let kept: (tf.Tensor | undefined)[] | undefined
      const derivative = (i: number) => () => {
        const inputs = { dy, x, scale, y, ...named }
        const run = () => tf.engine().runKernel<tf.Tensor[]>('BatchNormReluGrad', inputs, attributes)
        kept ??= run().map((each) => tf.keep(each))
        const found = kept[i]
        invariant(found !== undefined, 'the kernel gives three derivatives')
        kept[i] = undefined
        if (i === 2) tf.dispose(kept.filter((each) => each !== undefined))
        return releaseKept(found)
      }
      return { x: derivative(0), scale: derivative(1), offset: derivative(2) }
    }
  })
}
