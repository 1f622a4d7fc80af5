import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../shared/errors.ts'
import { cpuBuffers } from '../backends/buffers.ts'
import { registerLoopKernels } from '../backends/loop-kernels.ts'
import { convolve, scatterConvolve2 } from './convolution.ts'

/*
 * Resampling by two with the filter [1, 3, 3, 1], zeros outside the image, as StyleGAN2 does it (upfirdn2d and
 * conv2d_resample of stylegan2-ada-pytorch; docs/method.md §1.4). Everything here is linear in the images and
 * differentiable to any order: the derivative of filtering is filtering.
 */

registerLoopKernels('cpu', cpuBuffers)
registerGradients()

/**
 * y[2i] = (x[i−1] + 3x[i])/4 and y[2i+1] = (3x[i] + x[i+1])/4 along both axes.
 *
 * @param x [N, H, W, C]
 * @returns [N, 2H, 2W, C]
 */
export function firUpsample2(x: tf.Tensor4D): tf.Tensor4D {
  return upsample(x, 1)
}

/**
 * Each pixel four times: x [N, H, W, C] → [N, 2H, 2W, C]. Made of joins, which every engine can differentiate again.
 */
export function nearestUpsample2(x: tf.Tensor4D): tf.Tensor4D {
  const [count, height, width, channels] = x.shape
  const pixels = tf.reshape(x, [count * height * width, channels])
  const rows = tf.reshape(tf.concat([pixels, pixels], 1), [count * height, 2 * width * channels])
  return tf.reshape(tf.concat([rows, rows], 1), [count, 2 * height, 2 * width, channels])
}

/**
 * y[i] = (x[2i−1] + 3x[2i] + 3x[2i+1] + x[2i+2])/8 along both axes.
 *
 * @param x [N, H, W, C], H and W even
 * @returns [N, H/2, W/2, C]
 */
export function firDownsample2(x: tf.Tensor4D): tf.Tensor4D {
  invariant(x.shape[1] % 2 === 0 && x.shape[2] % 2 === 0, 'images to be halved have even sizes')
  return filter(x, { stride: 2, padding: 1, gain: 1 })
}

/**
 * Upsampling and convolution in one: zero insertion, the filter and a true convolution (the kernel turned by 180°), in
 * the equivalent form of a transposed convolution followed by the filter.
 *
 * @param x [N, H, W, in]
 * @param kernel [3, 3, in, out]
 * @returns [N, 2H, 2W, out]
 */
export function upConvolve(x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  return filter(scatterConvolve2(x, kernel), { stride: 1, padding: 1, gain: 4 })
}

/**
 * The filter on the image padded by two pixels, then a convolution without padding at every second pixel.
 *
 * @param x [N, H, W, in], H and W even
 * @param kernel [3, 3, in, out]
 * @returns [N, H/2, W/2, out]
 */
export function downConvolve(x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  return convolve(filter(x, { stride: 1, padding: 2, gain: 1 }), kernel, { stride: 2, padding: 'valid' })
}

/** [1, 3, 3, 1]/8 along both axes; the gain counts once. */
interface Filter {
  readonly stride: 1 | 2
  readonly padding: number
  readonly gain: number
}

function upsample(x: tf.Tensor4D, gain: number): tf.Tensor4D {
  return tf.engine().runKernel<tf.Tensor4D>('FirUpsample', { x }, { gain })
}

function filter(x: tf.Tensor4D, settings: Filter): tf.Tensor4D {
  return tf.engine().runKernel<tf.Tensor4D>('FirFilter', { x }, { ...settings })
}

function registerGradients(): void {
  tf.registerGradient({
    kernelName: 'FirUpsample',
    gradFunc: (dy, _, attributes) => ({
      x: () => filter(dy as tf.Tensor4D, { stride: 2, padding: 1, gain: 4 * Number(attributes['gain']) })
    })
  })
  tf.registerGradient({
    kernelName: 'FirFilter',
    gradFunc: (dy, _, attributes) => {
      const { stride, padding, gain } = attributes as unknown as Filter // only `filter` writes them
      return {
        x: () =>
          stride === 1
            ? filter(dy as tf.Tensor4D, { stride, padding: 3 - padding, gain })
            : upsample(dy as tf.Tensor4D, gain / 4)
      }
    }
  })
}
