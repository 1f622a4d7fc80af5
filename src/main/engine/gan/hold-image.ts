import * as tf from '@tensorflow/tfjs'
import { imagePlanes } from '../augmentation/planes.ts'

/**
 * The samples themselves, through which no gradient reaches the image: x → x, dy → dy on the mask planes and 0 on the
 * image planes. What judges a mask beside its image so cannot push the image (Li et al. 2021, SemanticGAN §3.2).
 *
 * @param x [N, H, W, P], image planes first
 */
export function holdImage(x: tf.Tensor4D, imageChannels: number): tf.Tensor4D {
  const identity = tf.customGrad((...inputs) => ({
    value: tf.clone(inputs[0] as tf.Tensor), // the one input is x
    gradFunc: (dy: tf.Tensor) => tf.mul(dy, tf.sub(1, imagePlanes(x.shape[3], imageChannels)))
  }))
  return identity(x) as tf.Tensor4D
}
