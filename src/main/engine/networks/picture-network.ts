import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'

/** A network that turns pictures into the vectors which quality scores compare. */
export interface PictureNetwork {
  /** Length of a feature vector. */
  readonly size: number
  /**
   * Features of pictures of one size, computed a few at a time so that memory stays flat.
   *
   * @param pictures [count, height, width, channels], 0…255
   * @param channels 1 (gray) or 3
   * @returns [count, size]
   */
  features(
    pictures: Uint8Array | Float32Array,
    count: number,
    height: number,
    width: number,
    channels: number
  ): Promise<Float32Array>
  dispose(): void
}

/** Pictures of one size, [count, height, width, channels], 0…255. */
export interface Pictures {
  readonly values: Uint8Array | Float32Array
  readonly count: number
  readonly height: number
  readonly width: number
  readonly channels: number
}

/**
 * Features of pictures, `batch` at a time.
 *
 * @param size of a feature vector
 * @param compute the features [n, size] of n pictures, whose values it is given; called in a tidy
 */
export async function featuresInParts(
  { values, count, height, width, channels }: Pictures,
  { size, batch }: { readonly size: number; readonly batch: number },
  compute: (part: Uint8Array | Float32Array, count: number) => tf.Tensor
): Promise<Float32Array> {
  const pixels = height * width * channels
  invariant(channels === 1 || channels === 3, 'a picture is gray or RGB')
  invariant(values.length === count * pixels, 'the pictures have the declared size')
  const features = new Float32Array(count * size)
  for (let first = 0; first < count; first += batch) {
    const part = Math.min(batch, count - first)
    const own = values.subarray(first * pixels, (first + part) * pixels)
    const pooled = tf.tidy(() => compute(own, part))
    features.set(await pooled.data<'float32'>(), first * size)
    pooled.dispose()
  }
  return features
}
