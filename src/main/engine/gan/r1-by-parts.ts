import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { type Transform } from '../augmentation/transform.ts'
import { squaredLengths } from '../losses/r1-penalty.ts'
import { type Discriminator } from '../networks/discriminator.ts'
import { carryOn, type GradientSum } from '../common/gradient-sum.ts'
import { type Part, partByPart, rowsOf } from '../common/parts.ts'

/**
 * The gradients of the R1 penalty of a whole batch, of which only a part is in memory at a time.
 *
 * The gradient of the summed logits with respect to the samples is, with features t of the discriminator's trunk,
 * g = (∂t/∂x)ᵀ·u, where u = ∂(Σ logits)/∂t depends on all samples through the minibatch deviation. So the penalty's own
 * gradient has three parts: through ∂t/∂x with u held, through u to the parameters above the trunk, and through u to
 * the features and from there to the trunk's.
 *
 * @param weight what the summed squares are multiplied with
 * @returns ‖g‖² of each sample [N] and the logits [N], the caller's to dispose
 */
export function addR1ByParts(
  sum: GradientSum,
  discriminator: Discriminator,
  { samples, transform }: { readonly samples: tf.Tensor4D; readonly transform: Transform },
  weight: number,
  parts: readonly Part[]
): { squaredNorms: tf.Tensor1D; logits: tf.Tensor1D } {
  const trunk = (x: tf.Tensor, part: Part) => discriminator.trunk(transform(x as tf.Tensor4D, part.first))
  const judge = (features: tf.Tensor) => discriminator.logits(discriminator.summary(features as tf.Tensor4D))
  const summedLogits = (features: tf.Tensor) => tf.sum(judge(features))

  const features = partByPart(parts, (part) => trunk(rowsOf(samples, part), part))
  const slopes = tf.grad(summedLogits)(features) // u

  // Through ∂t/∂x, and back to u.
  const held = parts.map((part) => {
    const slope = rowsOf(slopes, part)
    const { losses, byInput } = sum.add(() => {
      const project = (x: tf.Tensor) => tf.sum(tf.mul(trunk(x, part), slope))
      const gradient = tf.grad(project)(rowsOf(samples, part)) as tf.Tensor4D
      const squaredNorms = squaredLengths(gradient)
      return { squaredNorms, total: tf.mul<tf.Scalar>(tf.sum(squaredNorms), weight) }
    }, slope)
    invariant(byInput !== undefined, 'a gradient depends on the slope it carries on')
    return { squaredNorms: losses.squaredNorms, bySlope: byInput }
  })

  // Through u to the parameters above the trunk, and to the features.
  const bySlopes = tf.concat(held.map(({ bySlope }) => bySlope))
  const above = () => ({ total: tf.sum<tf.Scalar>(tf.mul(tf.grad(summedLogits)(features), bySlopes)) })
  const { byInput: byFeatures } = sum.add(above, features)

  if (byFeatures !== undefined) {
    for (const part of parts) {
      carryOn(sum, () => trunk(rowsOf(samples, part), part), rowsOf(byFeatures, part))
    }
  }
  return { squaredNorms: tf.concat1d(held.map(({ squaredNorms }) => squaredNorms)), logits: judge(features) }
}
