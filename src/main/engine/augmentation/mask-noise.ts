import * as tf from '@tensorflow/tfjs'
import { type RandomStream } from '../../../shared/random.ts'

/** Normal noise for the mask planes of N samples: [N, H, W, mask planes] in C order, of the standard deviation given. */
export interface MaskNoise {
  readonly values: Float32Array
}

/** @param size pixels of one sample times its mask planes */
export function drawMaskNoise(random: RandomStream, count: number, size: number, deviation: number): MaskNoise {
  return { values: random.normals(count * size).map((value) => deviation * value) }
}

/**
 * Adds noise to the mask planes of real and synthetic samples alike (instance noise, Sønderby et al. 2017).
 *
 * A real mask is exact: its background is −1 everywhere, its cells are flat. A generator's is almost so, which tells the
 * discriminator everything before there is a cell in the picture, and nothing is learned. Under noise it has to look at
 * shapes. The noise has a distribution that can be undone, so what is learned is still the exact mask.
 *
 * @param x samples [N, H, W, P], image planes first
 * @returns [N, H, W, P], the caller's to dispose
 */
export function addMaskNoise(x: tf.Tensor4D, { values }: MaskNoise, imageChannels: number): tf.Tensor4D {
  const [count, height, width, planes] = x.shape
  return tf.tidy(() => {
    const noise = tf.tensor4d(values, [count, height, width, planes - imageChannels])
    return tf.add<tf.Tensor4D>(
      x,
      tf.pad(noise, [
        [0, 0],
        [0, 0],
        [0, 0],
        [imageChannels, 0]
      ])
    )
  })
}
