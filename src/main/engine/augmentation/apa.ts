import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'

/** Samples with their class indices, [N, H, W, P] and [N]. */
export interface LabelledSamples {
  readonly samples: tf.Tensor4D
  readonly labels: Int32Array
}

/**
 * Adaptive pseudo augmentation (Jiang et al. 2021): some reals are replaced by generated samples, which deceives a
 * discriminator that has begun to know the reals by heart.
 *
 * The label goes along with its sample. DeceiveD leaves the label of the real in place, which would teach D2D-CE that a
 * sample made for one class belongs to another (docs/method.md §6.4).
 *
 * @param fake as many as there are reals, without gradient
 * @param uniforms one number in [0, 1) for each; sample n is replaced when its number is below the probability
 * @returns samples that are the caller's to dispose, labels, and 1 where a real was replaced
 */
export function replaceByFakes(
  real: LabelledSamples,
  fake: LabelledSamples,
  uniforms: Float32Array,
  probability: number
): LabelledSamples & { readonly replaced: Int32Array } {
  invariant(uniforms.length === real.labels.length && uniforms.length === fake.labels.length, 'one number for each')
  const replaced = Int32Array.from(uniforms, (uniform) => Number(uniform < probability))
  const labels = real.labels.map((label, n) => (replaced[n] === 1 ? (fake.labels[n] ?? NaN) : label))
  const samples = tf.tidy(() => {
    const isReplaced = tf.tensor4d(replaced, [replaced.length, 1, 1, 1], 'bool')
    return tf.where<tf.Tensor4D>(isReplaced, fake.samples, real.samples)
  })
  return { samples, labels, replaced }
}
