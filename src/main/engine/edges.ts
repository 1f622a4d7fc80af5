import * as tf from '@tensorflow/tfjs'
import { registerEdgeKernels } from '../backends/edge-kernels.ts'

registerEdgeKernels('cpu')
registerGradients()

/**
 * Repeats the border pixels of images once on each side, for a convolution that shall not see zeros there. Differentiable
 * to any order; tfjs pads by repetition only without a gradient.
 *
 * @param x [N, H, W, C], H and W at least 2
 * @returns [N, H + 2, W + 2, C]
 */
export function repeatEdges(x: tf.Tensor4D): tf.Tensor4D {
  return tf.engine().runKernel<tf.Tensor4D>('RepeatEdges', { x })
}

/** The derivative of `repeatEdges`: [N, H + 2, W + 2, C] → [N, H, W, C] */
function foldEdges(x: tf.Tensor4D): tf.Tensor4D {
  return tf.engine().runKernel<tf.Tensor4D>('FoldEdges', { x })
}

/** Both are linear, and each is the derivative of the other. */
function registerGradients(): void {
  tf.registerGradient({
    kernelName: 'RepeatEdges',
    gradFunc: (dy) => ({ x: () => foldEdges(dy as tf.Tensor4D) })
  })
  tf.registerGradient({
    kernelName: 'FoldEdges',
    gradFunc: (dy) => ({ x: () => repeatEdges(dy as tf.Tensor4D) })
  })
}
