import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { RandomStream } from '../../../shared/random.ts'
import { type HistoryEntry, type TrainingSettings } from '../../../shared/training.ts'
import { adaptProbability } from '../augmentation/ada-controller.ts'
import { replaceByFakes } from '../augmentation/apa.ts'
import { drawTransform, type Transform } from '../augmentation/transform.ts'
import { movedAnchors } from '../losses/le-cam.ts'
import { drawMove, misplaceMasks } from '../losses/misplaced-masks.ts'
import { type Discriminator } from '../networks/discriminator.ts'
import { sampleChannels } from '../networks/synthesis-block.ts'
import { type Adam, type Optimizer } from '../common/adam.ts'
import { type Batch } from './batch.ts'
import { drawDirection, drawGeneratorInputs } from './draws.ts'
import { averageInto, emaDecay, updateEma } from '../common/ema.ts'
import {
  type DiscriminatorBatch,
  discriminatorStep,
  generatorStep,
  logitsOf,
  maskDiscriminatorStep,
  maskStep,
  pathLengthStep,
  r1Step,
  type RealLogits,
  synthesizeFakes
} from './steps.ts'
import { learningPart, type TrainingState } from './training-state.ts'

/** The losses of one iteration, as its history line has them. */
export type IterationLosses = Omit<Extract<HistoryEntry, { kind: 'step' }>, 'kind' | 'iteration' | 'seconds'>

/**
 * One iteration in StudioGAN's order (docs/method.md §5.7): G, its path-length penalty where it is due, the average of
 * G, D, its gradient penalty where it is due, the strength of the adaptive augmentations. What is reported is read back
 * once, at the end.
 */
export async function runIteration(
  settings: TrainingSettings,
  state: TrainingState,
  batch: Batch
): Promise<IterationLosses> {
  const iteration = new Iteration(settings, state)
  const computed = tf.tidy(() => {
    const { losses, logits } = settings.freeze === 'image' ? trainMask(iteration, batch) : trainAll(iteration, batch)
    const there = Object.entries(losses).filter(([, loss]) => loss !== undefined) as [LossName, tf.Scalar][]
    const numbers = tf.concat1d([tf.stack(there.map(([, loss]) => loss)) as tf.Tensor1D, ...logits])
    return { names: there.map(([name]) => name), numbers: tf.keep(numbers) }
  })

  const values = await computed.numbers.data()
  computed.numbers.dispose()
  const { names } = computed
  const losses = Object.fromEntries(names.map((name, i) => [name, values[i]])) as LossValues // those of a step, and what was due
  const logits = values.subarray(names.length)
  return { ...losses, realSign: meanSign(logits.subarray(0, settings.batch)), ...iteration.adapt(logits) }
}

type LossValues = Omit<IterationLosses, 'realSign' | 'adaP'>
type LossName = keyof LossValues

interface Computed {
  readonly losses: Readonly<Partial<Record<LossName, tf.Scalar | undefined>>>
  /** Of all reals that the discriminator saw that adaptation follows; first those of its own step. */
  readonly logits: readonly tf.Tensor1D[]
}

function trainAll(iteration: Iteration, batch: Batch): Computed {
  const ofGenerator = iteration.trainGenerator(batch)
  const pathLength = iteration.penalizePathLengths()
  iteration.average()

  const fakes = iteration.synthesize()
  const real = iteration.replaceReals(batch, fakes)
  const annotated = iteration.replaceAnnotated(batch, fakes) ?? real.samples
  const seen = iteration.augment(real, fakes.samples)
  const ofDiscriminator = iteration.trainDiscriminator(seen)
  const ofMaskDiscriminator = iteration.trainMaskDiscriminator({ ...seen, samples: annotated })
  const r1 = iteration.penalizeGradients(real.samples, fakes.samples)
  const maskR1 = iteration.penalizeMaskGradients(annotated, fakes.samples)
  return {
    losses: {
      generatorLoss: ofGenerator.adversarial,
      d2dGenerator: ofGenerator.d2d,
      discriminatorLoss: ofDiscriminator.adversarial,
      d2dDiscriminator: ofDiscriminator.d2d,
      pathLength,
      leCam: ofDiscriminator.leCam,
      r1: r1?.penalty,
      maskGeneratorLoss: ofGenerator.maskAdversarial,
      maskDiscriminatorLoss: ofMaskDiscriminator?.adversarial,
      misplacedMasks: ofMaskDiscriminator?.misplaced,
      maskR1: maskR1?.penalty
    },
    logits: [ofDiscriminator.realLogits, ...(r1 ? [r1.logits] : [])]
  }
}

/** The same where the image stays as it is. One discriminator learns, that of masks: its numbers are those of the one. */
function trainMask(iteration: Iteration, batch: Batch): Computed {
  const ofMask = iteration.trainMask(batch)
  iteration.average()

  const fakes = iteration.synthesize()
  const real = iteration.replaceReals(batch, fakes)
  const ofDiscriminator = iteration.trainMaskDiscriminator(iteration.augment(real, fakes.samples))
  const r1 = iteration.penalizeMaskGradients(real.samples, fakes.samples)
  invariant(ofDiscriminator !== undefined, 'masks have a discriminator of their own')
  return {
    losses: {
      generatorLoss: ofMask.adversarial,
      d2dGenerator: tf.scalar(0),
      discriminatorLoss: ofDiscriminator.adversarial,
      d2dDiscriminator: tf.scalar(0),
      misplacedMasks: ofDiscriminator.misplaced,
      r1: r1?.penalty
    },
    logits: [ofDiscriminator.realLogits, ...(r1 ? [r1.logits] : [])]
  }
}

interface LabelledTensors {
  readonly samples: tf.Tensor4D
  readonly labels: tf.Tensor1D
}

interface Fakes {
  readonly samples: tf.Tensor4D
  readonly classes: Int32Array
}

/** The steps of one iteration, each with random numbers of its own. */
class Iteration {
  readonly #settings: TrainingSettings
  readonly #state: TrainingState
  readonly #optimizers: {
    readonly generator: Optimizer
    readonly discriminator: Optimizer
    readonly maskDiscriminator: Optimizer | undefined
  }

  constructor(settings: TrainingSettings, state: TrainingState) {
    const pace = warmedUp(settings.learningRate.warmUp, state.iteration)
    this.#settings = settings
    this.#state = state
    const { generator, discriminator, maskDiscriminator } = state.optimizers
    this.#optimizers = {
      generator: atPace(generator, pace),
      discriminator: atPace(discriminator, pace),
      maskDiscriminator: maskDiscriminator && atPace(maskDiscriminator, pace)
    }
  }

  trainGenerator(batch: Batch) {
    const { batch: count, microBatch } = this.#settings
    const inputs = drawGeneratorInputs(this.#stream('generator step'), this.#settings, count)
    const fakes = { inputs, transform: this.#transform('generator augmentation'), real: this.#realLogits(batch) }
    return generatorStep(this.#state, this.#optimizers.generator, fakes, this.#settings, microBatch)
  }

  /** What the discriminators say of the reals of this iteration, where the generator's loss asks for it. */
  #realLogits({ samples, annotated = samples }: Batch): RealLogits | undefined {
    if (this.#settings.adversarial === 'logistic') return undefined
    const { discriminator, maskDiscriminator } = this.#state
    const transform = this.#transform('real augmentation of the generator step')
    const of = (judge: Discriminator, values: Float32Array) =>
      logitsOf(judge, { samples: this.#tensorOf(values), transform }, this.#settings.microBatch)
    return {
      image: this.#isFrozen ? undefined : of(discriminator, samples),
      mask: maskDiscriminator && of(maskDiscriminator, annotated)
    }
  }

  #tensorOf(samples: Float32Array): tf.Tensor4D {
    const { network, batch } = this.#settings
    return tf.tensor4d(samples, [batch, network.resolution, network.resolution, sampleChannels(network)])
  }

  /** The step of the mask's own layers. */
  trainMask(batch: Batch) {
    const { batch: count, microBatch } = this.#settings
    const { generator, maskDiscriminator } = this.#state
    invariant(maskDiscriminator !== undefined, 'masks have a discriminator of their own')
    const inputs = drawGeneratorInputs(this.#stream('generator step'), this.#settings, count)
    const fakes = { inputs, transform: this.#transform('generator augmentation'), real: this.#realLogits(batch) }
    return maskStep({ generator, maskDiscriminator }, this.#optimizers.generator, fakes, microBatch)
  }

  /** Lets the average follow what has learned; what has not stays as it is to the bit. */
  average(): void {
    const { generatorEma, generator, imagesSeen } = this.#state
    const decay = emaDecay(this.#settings.ema, this.#settings.batch, imagesSeen)
    if (this.#isFrozen)
      averageInto(learningPart(generatorEma, this.#settings), learningPart(generator, this.#settings), decay)
    else updateEma(generatorEma, generator, decay)
  }

  get #isFrozen(): boolean {
    return this.#settings.freeze === 'image'
  }

  /** The path-length penalty, where it is due. */
  penalizePathLengths(): tf.Scalar | undefined {
    const { pathLength, batch } = this.#settings
    const { iteration, generator, pathLengthMean } = this.#state
    if (!isDue(pathLength, iteration)) return undefined
    const random = this.#stream('path length')
    const count = Math.max(1, Math.floor(batch * pathLength.batchShare))
    const inputs = drawGeneratorInputs(random, this.#settings, count)
    const y = drawDirection(random, this.#settings, count)
    const options = { ...pathLength, mean: pathLengthMean }
    const { penalty, mean } = pathLengthStep(
      generator,
      this.#optimizers.generator,
      { inputs, y },
      options,
      this.#doublyDifferentiated
    )
    pathLengthMean.assign(mean)
    return penalty
  }

  synthesize(): Fakes {
    const { batch, microBatch, wAverageBeta } = this.#settings
    const inputs = drawGeneratorInputs(this.#stream('discriminator step'), this.#settings, batch)
    const samples = synthesizeFakes(this.#state.generator, inputs, this.#isFrozen ? 1 : wAverageBeta, microBatch)
    return { samples, classes: inputs.classes }
  }

  /** The batch with APA's pseudo reals in it, which carry the classes they were made for. */
  replaceReals({ samples, labels }: Batch, fakes: Fakes): LabelledTensors {
    return this.#replace({ samples, labels }, fakes, 'pseudo reals')
  }

  /** The same of the samples whose masks are known, where these are others. */
  replaceAnnotated({ annotated, labels }: Batch, fakes: Fakes): tf.Tensor4D | undefined {
    return annotated && this.#replace({ samples: annotated, labels }, fakes, 'annotated pseudo reals').samples
  }

  #replace({ samples, labels }: Batch, fakes: Fakes, purpose: string): LabelledTensors {
    const { batch: count, augmentation } = this.#settings
    invariant(labels.length === count, `a batch holds ${count} samples`)
    const real = this.#tensorOf(samples)
    const strength = augmentation.apa ? this.#state.adaptation.probability : 0
    if (strength === 0) return { samples: real, labels: tf.tensor1d(labels, 'int32') }

    const random = this.#stream(purpose)
    const uniforms = Float32Array.from({ length: count }, () => random.uniform())
    const mixed = replaceByFakes(
      { samples: real, labels },
      { samples: fakes.samples, labels: fakes.classes },
      uniforms,
      strength
    )
    return { samples: mixed.samples, labels: tf.tensor1d(mixed.labels, 'int32') }
  }

  /** Real and synthetic samples with the augmentation that every discriminator sees them by. */
  augment(real: LabelledTensors, fakes: tf.Tensor4D): DiscriminatorBatch {
    return {
      ...real,
      fakes,
      transformReal: this.#transform('real augmentation'),
      transformFake: this.#transform('fake augmentation')
    }
  }

  trainDiscriminator(batch: DiscriminatorBatch) {
    const { microBatch } = this.#settings
    const optimizer = this.#optimizers.discriminator
    const { discriminator, leCamAnchors: anchors } = this.#state
    const losses = discriminatorStep(discriminator, optimizer, { ...batch, anchors }, this.#settings, microBatch)
    anchors?.assign(movedAnchors(anchors, losses, this.#settings.leCam.decay))
    return losses
  }

  /** Where there is a second discriminator. */
  trainMaskDiscriminator(batch: DiscriminatorBatch) {
    const { maskDiscriminator } = this.#state
    const optimizer = this.#optimizers.maskDiscriminator
    if (maskDiscriminator === undefined || optimizer === undefined) return undefined
    const shown = { ...batch, misplaced: this.#misplace(batch.samples) }
    return maskDiscriminatorStep(maskDiscriminator, optimizer, shown, this.#settings, this.#settings.microBatch)
  }

  /** Real samples with their masks moved, all by the same draw, where such are shown. */
  #misplace(real: tf.Tensor4D): tf.Tensor4D | undefined {
    const { misplacedMasks, network } = this.#settings
    if (misplacedMasks.weight === 0) return undefined
    return misplaceMasks(real, network.imageChannels, drawMove(this.#stream('misplaced masks')))
  }

  /** The gradient penalty of the first discriminator and the logits of its pass, where it is due. */
  penalizeGradients(real: tf.Tensor4D, fakes: tf.Tensor4D) {
    return this.#penalize({ real, fakes }, this.#state.discriminator, this.#optimizers.discriminator)
  }

  /** The same of the second one, where there is one. */
  penalizeMaskGradients(real: tf.Tensor4D, fakes: tf.Tensor4D) {
    const { maskDiscriminator } = this.#state
    const optimizer = this.#optimizers.maskDiscriminator
    if (maskDiscriminator === undefined || optimizer === undefined) return undefined
    return this.#penalize({ real, fakes }, maskDiscriminator, optimizer)
  }

  #penalize(
    { real, fakes }: { readonly real: tf.Tensor4D; readonly fakes: tf.Tensor4D },
    judge: Discriminator,
    optimizer: Optimizer
  ) {
    const { r1 } = this.#settings
    if (!isDue(r1, this.#state.iteration)) return undefined
    const around = { samples: real, transform: this.#transform('R1 augmentation') }
    const others = r1.onFakes ? { samples: fakes, transform: this.#transform('R2 augmentation') } : undefined
    return r1Step(judge, optimizer, { ...around, fakes: others }, r1, this.#doublyDifferentiated)
  }

  /**
   * Lets the strength of ADA and APA follow the logits of all reals of this iteration.
   *
   * @returns the strength that the iteration had, where one of them is on
   */
  adapt(realLogits: Float32Array | Int32Array | Uint8Array): { adaP?: number } {
    const { ada, apa, adaptation } = this.#settings.augmentation
    if (ada === 'off' && !apa) return {}
    const { probability } = this.#state.adaptation
    this.#state.adaptation = adaptProbability(this.#state.adaptation, realLogits, adaptation)
    return { adaP: probability }
  }

  /** Samples at once in the regularisers: half as many, since a gradient of a gradient keeps about twice as much of each. */
  get #doublyDifferentiated(): number | undefined {
    const { microBatch } = this.#settings
    return microBatch === undefined ? undefined : Math.ceil(microBatch / 2)
  }

  #transform(purpose: string): Transform {
    const { batch } = this.#settings
    const { probability } = this.#state.adaptation
    return drawTransform(this.#settings, (name) => this.#stream(name), purpose, batch, probability)
  }

  #stream(purpose: string): RandomStream {
    return new RandomStream(this.#settings.seed, purpose, this.#state.iteration)
  }
}

/** Whether a regulariser has its step in this iteration; an interval of 0 turns it off. */
function isDue({ interval }: { readonly interval: number }, iteration: number): boolean {
  return interval > 0 && iteration % interval === 0
}

/** The share of the learning rate that an iteration gets while it rises, in equal steps, to the whole. */
function warmedUp(iterations: number, iteration: number): number {
  return iterations === 0 ? 1 : Math.min(1, (iteration + 1) / iterations)
}

function atPace(optimizer: Adam, pace: number): Optimizer {
  return {
    parameters: optimizer.parameters,
    apply: (gradients) => {
      optimizer.apply(gradients, pace)
    }
  }
}

function meanSign(logits: ArrayLike<number>): number {
  return Array.from(logits).reduce((sum, logit) => sum + Math.sign(logit), 0) / logits.length
}
