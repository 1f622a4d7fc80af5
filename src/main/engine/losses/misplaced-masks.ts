import * as tf from '@tensorflow/tfjs'
import { type RandomStream } from '../../../shared/random.ts'

/*
 * Real masks that are moved off their images, shown to the discriminator of masks as wrong (docs/method.md §3.1; after the
 * mismatched pairs of Reed et al. 2016). Without them it can tell a synthetic sample by its image or by the texture of its mask,
 * and need not look at where the mask lies.
 */

/** How far a mask is moved, in pixels; not 0 along both axes. */
interface Move {
  readonly rows: number
  readonly columns: number
}

/** Pixels along each axis: what is left of a wrong place is a pixel or less, which far moves do not teach. */
const reach = 2

/** Even over all moves of at most two pixels along each axis, none left out but the one that is no move. */
export function drawMove(random: RandomStream): Move {
  const side = 2 * reach + 1
  const middle = (side * side - 1) / 2 // no move at all
  const drawn = random.integer(side * side - 1)
  const place = drawn < middle ? drawn : drawn + 1
  return { rows: Math.floor(place / side) - reach, columns: (place % side) - reach }
}

/** The samples with their masks moved, what leaves on one side coming in on the other: [N, R, R, P] → [N, R, R, P] */
export function misplaceMasks(samples: tf.Tensor4D, imageChannels: number, { rows, columns }: Move): tf.Tensor4D {
  return tf.tidy(() => {
    const planes = samples.shape[3]
    const [image, mask] = tf.split(samples, [imageChannels, planes - imageChannels], 3) as [tf.Tensor4D, tf.Tensor4D]
    return tf.concat([image, rolled(rolled(mask, 1, rows), 2, columns)], 3)
  })
}

/**
 * mean over all samples of softplus(logit), where those count that the move changed: an empty tile is as right as before.
 *
 * @param logits of the misplaced samples [N]
 */
export function misplacedLoss(logits: tf.Tensor1D, samples: tf.Tensor4D, misplaced: tf.Tensor4D): tf.Scalar {
  return tf.tidy(() => {
    const changed = tf.max<tf.Tensor1D>(tf.cast(tf.notEqual(samples, misplaced), 'float32'), [1, 2, 3])
    return tf.mean(tf.mul(tf.softplus(logits), changed))
  })
}

function rolled(x: tf.Tensor4D, axis: 1 | 2, by: number): tf.Tensor4D {
  if (by === 0) return x
  const size = x.shape[axis]
  const cut = by > 0 ? size - by : -by
  return tf.concat((tf.split(x, [cut, size - cut], axis) as [tf.Tensor4D, tf.Tensor4D]).reverse(), axis)
}
