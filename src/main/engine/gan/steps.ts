import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { type TrainingSettings } from '../../../shared/training.ts'
import { type Transform } from '../augmentation/transform.ts'
import { discriminatorLoss, generatorLoss, relativisticLoss } from '../losses/adversarial.ts'
import { d2dCrossEntropy } from '../losses/d2d-cross-entropy.ts'
import { leCamPenalty } from '../losses/le-cam.ts'
import { misplacedLoss } from '../losses/misplaced-masks.ts'
import { type PathLengthOptions, pathLengthPenalty, pathLengths } from '../losses/path-length.ts'
import { r1Penalty } from '../losses/r1-penalty.ts'
import { type ConditionalDiscriminator, type Discriminator } from '../networks/discriminator.ts'
import { type Generator, type GeneratorInputs } from '../networks/generator.ts'
import { type Optimizer } from '../common/adam.ts'
import { type GradientSum, stepByParts, stepBySum } from '../common/gradient-sum.ts'
import { inputsOf, partByPart, partsOf, rowsOf } from '../common/parts.ts'
import { holdImage } from './hold-image.ts'
import { addR1ByParts } from './r1-by-parts.ts'

/*
 * The four optimiser steps of training (docs/method.md §5: StyleGAN2 with ReACGAN's loss). Each runs in one tidy,
 * changes the parameters of one network, and returns the losses it saw before the change as tensors that the caller
 * owns.
 *
 * `microBatch` is how many samples go through the networks at once, all of them where it is left out. It changes how
 * much memory a step takes, and nothing else.
 */

export interface Networks {
  readonly generator: Generator
  readonly discriminator: ConditionalDiscriminator
  /** Judges masks beside their images, where the first one sees images alone. */
  readonly maskDiscriminator?: Discriminator | undefined
}

export interface MainLosses {
  readonly adversarial: tf.Scalar
  readonly d2d: tf.Scalar
  /** adversarial + weight·d2d */
  readonly total: tf.Scalar
}

/** What the main steps need to know of their losses. */
export type LossSettings = Pick<TrainingSettings, 'd2dCrossEntropy'> &
  Partial<Pick<TrainingSettings, 'leCam' | 'adversarial' | 'misplacedMasks'>>

/** What a generator's step is made from. */
interface GeneratorBatch {
  readonly inputs: GeneratorInputs
  readonly transform: Transform
  /** Where D's preference counts (relativistic loss): what it says of as many reals. */
  readonly real?: RealLogits | undefined
}

/** Of each discriminator [N]. */
export interface RealLogits {
  readonly image?: tf.Tensor1D | undefined
  readonly mask?: tf.Tensor1D | undefined
}

/** What a discriminator says of samples, without any history: [N, R, R, P] → [N] */
export function logitsOf(
  discriminator: Discriminator,
  { samples, transform }: { readonly samples: tf.Tensor4D; readonly transform: Transform },
  microBatch?: number
): tf.Tensor1D {
  return tf.tidy(() => {
    const parts = partsOf(samples.shape[0], microBatch ?? samples.shape[0])
    const trunk = partByPart(parts, (part) => discriminator.trunk(transform(rowsOf(samples, part), part.first)))
    return discriminator.logits(discriminator.summary(trunk))
  })
}

/**
 * Moves G towards samples that D takes for real and for their class. A second discriminator sees the same samples, and moves
 * the masks alone.
 */
export function generatorStep(
  { generator, discriminator, maskDiscriminator }: Networks,
  optimizer: Optimizer,
  { inputs, transform, real }: GeneratorBatch,
  { d2dCrossEntropy: d2dSettings }: LossSettings,
  microBatch?: number
): MainLosses & { readonly logits: tf.Tensor1D; readonly maskAdversarial?: tf.Scalar } {
  const count = inputs.z.shape[0]
  const { imageChannels } = generator.settings
  return stepByParts(optimizer, partsOf(count, microBatch ?? count), {
    features: (part) => {
      const samples = transform(generator.forward(inputsOf(inputs, part)).samples, part.first)
      const trunk = discriminator.trunk(samples)
      if (maskDiscriminator === undefined) return trunk
      return tf.concat([trunk, maskDiscriminator.trunk(holdImage(samples, imageChannels))], 3)
    },
    losses: (trunks) => {
      const [trunk, maskTrunk] = splitTrunks(trunks, discriminator, maskDiscriminator)
      const features = discriminator.summary(trunk)
      const logits = discriminator.logits(features)
      const proxies = discriminator.proxies(inputs.labels)
      const adversarial = generatorLoss(logits, real?.image)
      const d2d = d2dCrossEntropy(discriminator.embedding(features), proxies, inputs.labels, d2dSettings)
      const losses = { adversarial, d2d, total: weighted(adversarial, d2d, d2dSettings), logits }
      if (maskDiscriminator === undefined || maskTrunk === undefined) return losses
      const maskLogits = maskDiscriminator.logits(maskDiscriminator.summary(maskTrunk))
      const maskAdversarial = generatorLoss(maskLogits, real?.mask)
      return { ...losses, total: tf.add<tf.Scalar>(losses.total, maskAdversarial), maskAdversarial }
    }
  })
}

/** Moves the layers of the mask alone, towards masks that the second discriminator takes for those of their images. */
export function maskStep(
  { generator, maskDiscriminator }: { readonly generator: Generator; readonly maskDiscriminator: Discriminator },
  optimizer: Optimizer,
  { inputs, transform, real }: GeneratorBatch,
  microBatch?: number
): { readonly adversarial: tf.Scalar } {
  const count = inputs.z.shape[0]
  return stepByParts(optimizer, partsOf(count, microBatch ?? count), {
    features: (part) =>
      maskDiscriminator.trunk(transform(generator.forward(inputsOf(inputs, part)).samples, part.first)),
    losses: (trunk) => {
      const adversarial = generatorLoss(maskDiscriminator.logits(maskDiscriminator.summary(trunk)), real?.mask)
      return { adversarial, total: tf.clone(adversarial) }
    }
  })
}

/** Moves G towards equal path lengths, `interval` times as hard as the penalty alone. */
export function pathLengthStep(
  generator: Generator,
  optimizer: Optimizer,
  { inputs, y }: { readonly inputs: GeneratorInputs; readonly y: tf.Tensor4D },
  options: PathLengthOptions & { readonly interval: number },
  microBatch?: number
): { readonly penalty: tf.Scalar; readonly lengths: tf.Tensor1D; readonly mean: tf.Scalar } {
  const count = inputs.z.shape[0]
  return stepByParts(optimizer, partsOf(count, microBatch ?? count), {
    features: (part) => pathLengths(generator, inputsOf(inputs, part), rowsOf(y, part)),
    losses: (all) => {
      const { penalty, lengths, mean } = pathLengthPenalty(all, options)
      return { penalty, lengths: tf.clone(lengths), mean, total: tf.mul<tf.Scalar>(penalty, options.interval) }
    }
  })
}

/** Makes the synthetic samples of a discriminator step [N, R, R, P], and keeps G's running mean of w. */
export function synthesizeFakes(
  generator: Generator,
  inputs: GeneratorInputs,
  wAverageBeta: number,
  microBatch?: number
): tf.Tensor4D {
  return tf.tidy(() => {
    const { w, ws } = generator.styles(inputs)
    const { wAvg } = generator.mapping
    wAvg.assign(tf.add(tf.mul(wAvg, wAverageBeta), tf.mul(tf.mean(w, 0), 1 - wAverageBeta)))
    const count = w.shape[0]
    return partByPart(partsOf(count, microBatch ?? count), (part) =>
      generator.synthesize(
        ws.map((slot) => rowsOf(slot, part)),
        inputsOf(inputs, part).noise
      )
    )
  })
}

export interface DiscriminatorBatch {
  /** Real samples [N, R, R, P] and their classes. */
  readonly samples: tf.Tensor4D
  readonly labels: tf.Tensor1D
  /** As many synthetic samples. */
  readonly fakes: tf.Tensor4D
  readonly transformReal: Transform
  readonly transformFake: Transform
  /** The real samples with their masks in a wrong place, where these are shown [N, R, R, P]. */
  readonly misplaced?: tf.Tensor4D | undefined
  /** Of LeCam regularisation, where it is on [2]. */
  readonly anchors?: tf.Tensor1D | undefined
}

/** Moves D towards telling real from synthetic and, on real samples, class from class. */
export function discriminatorStep(
  discriminator: ConditionalDiscriminator,
  optimizer: Optimizer,
  batch: DiscriminatorBatch,
  { d2dCrossEntropy: d2dSettings, leCam: leCamSettings, adversarial: loss }: LossSettings,
  microBatch?: number
): MainLosses & Logits & { readonly leCam?: tf.Scalar } {
  const { labels, anchors } = batch
  return stepOnBoth(discriminator, optimizer, batch, { loss, microBatch }, (adversarial, realFeatures, logits) => {
    const d2d = d2dCrossEntropy(
      discriminator.embedding(realFeatures),
      discriminator.proxies(labels),
      labels,
      d2dSettings
    )
    const total = weighted(adversarial, d2d, d2dSettings)
    if (anchors === undefined || leCamSettings === undefined) return { d2d, total }
    const leCam = leCamPenalty(logits.realLogits, logits.fakeLogits, anchors)
    return { d2d, leCam, total: weighted(total, leCam, leCamSettings) }
  })
}

/** Moves the second discriminator towards telling real masks beside their images from synthetic ones. */
export function maskDiscriminatorStep(
  maskDiscriminator: Discriminator,
  optimizer: Optimizer,
  batch: DiscriminatorBatch,
  { adversarial: loss, misplacedMasks }: Pick<LossSettings, 'adversarial' | 'misplacedMasks'>,
  microBatch?: number
): { readonly adversarial: tf.Scalar; readonly misplaced?: tf.Scalar } & Logits {
  return stepOnBoth(
    maskDiscriminator,
    optimizer,
    batch,
    { loss, microBatch },
    (adversarial, _, { misplacedLogits }) => {
      const { samples, misplaced: moved } = batch
      if (misplacedLogits === undefined || misplacedMasks === undefined) return { total: tf.clone(adversarial) }
      const misplaced = misplacedLoss(misplacedLogits, samples, moved ?? samples)
      return { misplaced, total: weighted(adversarial, misplaced, misplacedMasks) }
    }
  )
}

interface Logits {
  readonly realLogits: tf.Tensor1D
  readonly fakeLogits: tf.Tensor1D
  readonly misplacedLogits?: tf.Tensor1D | undefined
}

/** @param finish the loss in whole, from its adversarial part, the features of the real samples [N, C] and all logits */
function stepOnBoth<L extends { readonly total: tf.Scalar }>(
  discriminator: Discriminator,
  optimizer: Optimizer,
  { samples, fakes, misplaced, transformReal, transformFake }: DiscriminatorBatch,
  { loss, microBatch }: { readonly loss: LossSettings['adversarial']; readonly microBatch: number | undefined },
  finish: (adversarial: tf.Scalar, realFeatures: tf.Tensor2D, logits: Logits) => L
): L & Logits & { readonly adversarial: tf.Scalar } {
  const count = samples.shape[0]
  invariant(count === fakes.shape[0], 'a batch holds as many real as synthetic samples')
  return tf.tidy(() => {
    // Real and synthetic samples go through D stacked, as batches that do not see each other.
    const parts = partsOf(count, microBatch ?? count)
    const seen = (all: tf.Tensor4D, transform: Transform) =>
      partByPart(parts, (part) => transform(rowsOf(all, part), part.first))
    const batches = [seen(samples, transformReal), seen(fakes, transformFake)]
    if (misplaced !== undefined) batches.push(seen(misplaced, transformReal))
    const stacked = tf.concat(batches)
    return stepByParts(optimizer, partsOf(batches.length * count, batches.length * (microBatch ?? count)), {
      features: (part) => discriminator.trunk(rowsOf(stacked, part)),
      losses: (trunk) => {
        const features = discriminator.summary(trunk, batches.length)
        const all = tf.split(discriminator.logits(features), batches.length)
        const [realLogits, fakeLogits, misplacedLogits] = all as [tf.Tensor1D, tf.Tensor1D, tf.Tensor1D | undefined]
        const lossOf = loss === 'relativistic' ? relativisticLoss : discriminatorLoss
        const adversarial = lossOf(realLogits, fakeLogits)
        const rest = finish(adversarial, tf.slice(features, [0, 0], [count, -1]), {
          realLogits,
          fakeLogits,
          misplacedLogits
        })
        return { ...rest, adversarial, realLogits, fakeLogits }
      }
    })
  })
}

/** Samples that the landscape of D is to be flat around. */
interface Surroundings {
  readonly samples: tf.Tensor4D
  readonly transform: Transform
}

interface Penalty {
  readonly penalty: tf.Scalar
  readonly squaredNorms: tf.Tensor1D
  readonly logits: tf.Tensor1D
}

/**
 * Moves D towards a flat landscape around real samples, `interval` times as hard as the penalty alone; around synthetic ones
 * as well where these are given (R2), in the same step.
 *
 * @returns what was seen of the real ones
 */
export function r1Step(
  discriminator: Discriminator,
  optimizer: Optimizer,
  { fakes, ...real }: Surroundings & { readonly fakes?: Surroundings | undefined },
  settings: Pick<TrainingSettings['r1'], 'gamma' | 'interval'>,
  microBatch?: number
): Penalty {
  return stepBySum(optimizer, (sum) => {
    if (fakes !== undefined) addPenalty(sum, discriminator, fakes, settings, microBatch)
    return { ...addPenalty(sum, discriminator, real, settings, microBatch) }
  })
}

function addPenalty(
  sum: GradientSum,
  discriminator: Discriminator,
  around: Surroundings,
  { gamma, interval }: Pick<TrainingSettings['r1'], 'gamma' | 'interval'>,
  microBatch: number | undefined
): Penalty {
  const { samples, transform } = around
  const count = samples.shape[0]
  const parts = partsOf(count, microBatch ?? count)
  if (parts.length === 1) {
    return sum.add(() => {
      const { penalty, squaredNorms, logits } = r1Penalty(discriminator, samples, gamma, (x) => transform(x, 0))
      return { penalty, squaredNorms, logits, total: tf.mul<tf.Scalar>(penalty, interval) }
    }).losses
  }
  const { squaredNorms, logits } = addR1ByParts(sum, discriminator, around, ((gamma / 2) * interval) / count, parts)
  return { penalty: tf.mul<tf.Scalar>(tf.mean(squaredNorms), gamma / 2), squaredNorms, logits }
}

function weighted(adversarial: tf.Scalar, d2d: tf.Scalar, { weight }: { readonly weight: number }): tf.Scalar {
  return tf.add(adversarial, tf.mul(d2d, weight))
}

/** The features of both trunks, of which `generatorStep` makes one tensor. */
function splitTrunks(
  trunks: tf.Tensor4D,
  discriminator: Discriminator,
  maskDiscriminator: Discriminator | undefined
): readonly [tf.Tensor4D, tf.Tensor4D | undefined] {
  if (maskDiscriminator === undefined) return [trunks, undefined]
  return tf.split(trunks, [discriminator.channels, maskDiscriminator.channels], 3) as [tf.Tensor4D, tf.Tensor4D]
}
