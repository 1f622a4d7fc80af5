import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { releaseKept } from '../kept.ts'
import { type ParameterVector } from '../networks/parameter-vector.ts'
import { type Gradients, type Optimizer } from './adam.ts'
import { type Part, partByPart, rowsOf } from './parts.ts'

/** What a step computes: `total` is differentiated, the rest is reported. */
type Losses = { readonly total: tf.Scalar } & Readonly<Record<string, tf.Tensor>>

/** The gradients of several computations for the parameters of one network, added up. */
export class GradientSum {
  readonly #parameters: ParameterVector
  readonly #sums = new Map<string, tf.Tensor>()

  constructor(parameters: ParameterVector) {
    this.#parameters = parameters
  }

  get gradients(): Gradients {
    return this.#sums
  }

  /**
   * Differentiates `total` and adds its gradients.
   *
   * @param input a tensor that the computation uses, to be differentiated by as well
   * @returns what was computed, and the gradient for the input
   */
  add<L extends Losses>(compute: () => L, input?: tf.Tensor): { losses: L; byInput: tf.Tensor | undefined } {
    const { variables, names } = this.#parameters
    const kept: [string, tf.Tensor][] = []
    const differentiated = input === undefined ? [...variables] : [...variables, input]
    const { grads } = tf.engine().gradients(
      () => {
        const losses = compute()
        // The tape's own tidy would dispose of them.
        for (const [name, tensor] of Object.entries(losses)) kept.push([name, tf.keep(tensor)])
        return losses.total
      },
      differentiated,
      undefined,
      true // a computation need not reach every parameter
    )
    const found: readonly (tf.Tensor | undefined)[] = grads
    for (const [i, name] of names.entries()) this.#addTo(name, found[i])
    const losses = Object.fromEntries(kept.map(([name, tensor]) => [name, releaseKept(tensor)])) as L // the names of L
    return { losses, byInput: input && found[variables.length] }
  }

  #addTo(name: string, gradient: tf.Tensor | undefined): void {
    if (gradient === undefined) return
    const before = this.#sums.get(name)
    if (before === undefined) {
      this.#sums.set(name, gradient)
      return
    }
    this.#sums.set(name, tf.add(before, gradient))
    before.dispose()
    gradient.dispose()
  }
}

/** A loss of a batch in two halves, cut where the samples begin to see each other. */
interface BatchLoss<F extends tf.Tensor, L extends Losses> {
  /** Of the samples of a part, each by itself: [size, …] */
  readonly features: (part: Part) => F
  /** Of all samples' features: [N, …] */
  readonly losses: (features: F) => L
}

/**
 * One optimiser step by the gradient of a loss.
 *
 * Where the batch comes in several parts, the step is that of the whole batch all the same, though the loss compares its
 * samples (minibatch deviation, D2D-CE, the mean path length): the features of all parts are computed and kept without
 * their history, the loss of all of them is differentiated by the features, and then each part carries its share of that
 * gradient on to the parameters (gradient caching, Gao et al. 2021). It costs one more forward pass.
 *
 * @returns what was computed before the step, the caller's to dispose
 */
export function stepByParts<F extends tf.Tensor, L extends Losses>(
  optimizer: Optimizer,
  parts: readonly Part[],
  { features, losses }: BatchLoss<F, L>
): L {
  return stepBySum(optimizer, (sum) => {
    const [whole] = parts
    if (whole !== undefined && parts.length === 1) return sum.add(() => losses(features(whole))).losses

    const all = partByPart(parts, features)
    const { losses: result, byInput: byFeatures } = sum.add(() => losses(all), all)
    invariant(byFeatures !== undefined, 'a loss depends on the features of its batch')
    for (const part of parts) carryOn(sum, () => features(part), rowsOf(byFeatures, part))
    return result
  })
}

/** One optimiser step by the gradients that `collect` adds up. @returns what it returns, the caller's to dispose */
export function stepBySum<L extends tf.TensorContainerObject>(
  optimizer: Optimizer,
  collect: (sum: GradientSum) => L
): L {
  return tf.tidy(() => {
    const sum = new GradientSum(optimizer.parameters)
    const result = collect(sum)
    optimizer.apply(sum.gradients)
    return result
  })
}

/** Adds the gradients of parameters through features whose own gradient is known. */
export function carryOn(sum: GradientSum, features: () => tf.Tensor, byFeatures: tf.Tensor): void {
  const { losses } = sum.add(() => ({ total: tf.sum(tf.mul(features(), byFeatures)) }))
  losses.total.dispose()
}
