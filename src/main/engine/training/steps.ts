import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { discriminatorLoss, generatorLoss } from '../losses/adversarial.ts'
import { d2dCrossEntropy } from '../losses/d2d-cross-entropy.ts'
import { type PathLengthOptions, pathLengthPenalty } from '../losses/path-length.ts'
import { r1Penalty } from '../losses/r1-penalty.ts'
import { type TrainingSettings } from '../../../shared/training.ts'
import { type Discriminator } from '../networks/discriminator.ts'
import { type Generator, type GeneratorInputs } from '../networks/generator.ts'
import { type Optimizer } from './adam.ts'

/**
 * The four optimiser steps of training (gan-engine: StyleGAN2 with ReACGAN's loss). Each runs in one tidy, changes the
 * parameters of one network, and returns the losses it saw before the change as tensors that the caller owns.
 */

/** What happens to samples between their source and the discriminator [N, R, R, P] → [N, R, R, P]. */
export type Transform = (x: tf.Tensor4D) => tf.Tensor4D

export interface Networks {
  readonly generator: Generator
  readonly discriminator: Discriminator
}

export interface MainLosses {
  readonly adversarial: tf.Scalar
  readonly d2d: tf.Scalar
  /** adversarial + weight·d2d */
  readonly total: tf.Scalar
}

/** Moves G towards samples that D takes for real and for their class. */
export function generatorStep(
  { generator, discriminator }: Networks,
  optimizer: Optimizer,
  inputs: GeneratorInputs,
  transform: Transform,
  d2dSettings: TrainingSettings['d2dCrossEntropy']
): MainLosses & { readonly logits: tf.Tensor1D } {
  return step(optimizer, () => {
    const { samples } = generator.forward(inputs)
    const features = discriminator.features(transform(samples))
    const logits = discriminator.logits(features)
    const proxies = discriminator.proxies(inputs.labels)
    const adversarial = generatorLoss(logits)
    const d2d = d2dCrossEntropy(discriminator.embedding(features), proxies, inputs.labels, d2dSettings)
    return { adversarial, d2d, total: weighted(adversarial, d2d, d2dSettings), logits }
  })
}

/** Moves G towards equal path lengths, `interval` times as hard as the penalty alone. */
export function pathLengthStep(
  generator: Generator,
  optimizer: Optimizer,
  { inputs, y }: { readonly inputs: GeneratorInputs; readonly y: tf.Tensor4D },
  options: PathLengthOptions & { readonly interval: number }
): { readonly penalty: tf.Scalar; readonly lengths: tf.Tensor1D; readonly mean: tf.Scalar } {
  return step(optimizer, () => {
    const { penalty, lengths, mean } = pathLengthPenalty(generator, inputs, y, options)
    return { penalty, lengths, mean, total: tf.mul<tf.Scalar>(penalty, options.interval) }
  })
}

export interface DiscriminatorBatch {
  /** Real samples [N, R, R, P] and their classes. */
  readonly samples: tf.Tensor4D
  readonly labels: tf.Tensor1D
  /** What to make as many synthetic samples of. */
  readonly fakes: GeneratorInputs
  readonly transformReal: Transform
  readonly transformFake: Transform
}

/** Moves D towards telling real from synthetic and, on real samples, class from class; keeps G's running mean of w. */
export function discriminatorStep(
  { generator, discriminator }: Networks,
  optimizer: Optimizer,
  batch: DiscriminatorBatch,
  d2dSettings: TrainingSettings['d2dCrossEntropy'],
  wAverageBeta: number
): MainLosses & { readonly realLogits: tf.Tensor1D; readonly fakeLogits: tf.Tensor1D } {
  return tf.tidy(() => {
    const fakes = generator.forward(batch.fakes)
    const { wAvg } = generator.mapping
    wAvg.assign(tf.add(tf.mul(wAvg, wAverageBeta), tf.mul(tf.mean(fakes.w, 0), 1 - wAverageBeta)))

    // Real and synthetic samples go through D stacked, as two batches that do not see each other.
    const both = tf.concat([batch.transformReal(batch.samples), batch.transformFake(fakes.samples)], 0)
    const real = batch.samples.shape[0]
    const fake = fakes.samples.shape[0]
    invariant(real === fake, 'a batch holds as many real as synthetic samples')

    return step(optimizer, () => {
      const features = discriminator.features(both, 2)
      const [realLogits, fakeLogits] = tf.split(discriminator.logits(features), 2) as [tf.Tensor1D, tf.Tensor1D]
      const embedding = discriminator.embedding(tf.slice(features, [0, 0], [real, -1]))
      const adversarial = discriminatorLoss(realLogits, fakeLogits)
      const d2d = d2dCrossEntropy(embedding, discriminator.proxies(batch.labels), batch.labels, d2dSettings)
      return { adversarial, d2d, total: weighted(adversarial, d2d, d2dSettings), realLogits, fakeLogits }
    })
  })
}

/** Moves D towards a flat landscape around real samples, `interval` times as hard as the penalty alone. */
export function r1Step(
  discriminator: Discriminator,
  optimizer: Optimizer,
  { samples, transform }: { readonly samples: tf.Tensor4D; readonly transform: Transform },
  { gamma, interval }: TrainingSettings['r1']
): { readonly penalty: tf.Scalar; readonly squaredNorms: tf.Tensor1D } {
  return step(optimizer, () => {
    const { penalty, squaredNorms } = r1Penalty(discriminator, samples, gamma, transform)
    return { penalty, squaredNorms, total: tf.mul<tf.Scalar>(penalty, interval) }
  })
}

function weighted(adversarial: tf.Scalar, d2d: tf.Scalar, { weight }: { readonly weight: number }): tf.Scalar {
  return tf.add(adversarial, tf.mul(d2d, weight))
}

/** Differentiates `total`, applies the gradients, and returns everything that `compute` returned. */
function step<T extends { readonly total: tf.Scalar } & Readonly<Record<string, tf.Tensor>>>(
  optimizer: Optimizer,
  compute: () => T
): T {
  return tf.tidy(() => {
    const { variables, names } = optimizer.parameters
    const values: [string, tf.Tensor][] = []
    const { grads } = tf.variableGrads(() => {
      const losses = compute()
      // The tape's own tidy would dispose of them.
      for (const [name, tensor] of Object.entries(losses)) values.push([name, tf.keep(tensor)])
      return losses.total
    }, [...variables])
    const reached = variables.flatMap((variable, i): [string, tf.Tensor][] => {
      const gradient = grads[variable.name]
      return gradient ? [[names[i] ?? '', gradient]] : []
    })
    optimizer.apply(new Map(reached))
    return Object.fromEntries(values.map(([name, tensor]) => [name, release(tensor)])) as T // the names of T
  })
}

/** Hands a kept tensor back to the scope around it. */
function release(kept: tf.Tensor): tf.Tensor {
  const value = tf.clone(kept)
  kept.dispose()
  return value
}
