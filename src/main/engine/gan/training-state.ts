import * as tf from '@tensorflow/tfjs'
import { invariant, refuse } from '../../../shared/errors.ts'
import { RandomStream } from '../../../shared/random.ts'
import { type TrainingSettings } from '../../../shared/training.ts'
import { type AdaState, initialAdaState } from '../augmentation/ada-controller.ts'
import { createDiscriminator, type Discriminator } from '../networks/discriminator.ts'
import { createGenerator, type Generator } from '../networks/generator.ts'
import { type Module, untrained } from '../networks/module.ts'
import { Adam } from '../common/adam.ts'
import { readTensors, type TensorMap, writeTensors } from '../common/tensor-map.ts'

export interface SavedScalars {
  readonly iteration: number
  readonly imagesSeen: number
  readonly seconds: number
  readonly optimizerSteps: { readonly generator: number; readonly discriminator: number }
  readonly pathLengthMean: number
  /** Absent in states of runs without adaptive augmentation that were saved by earlier versions. */
  readonly adaptation?: AdaState | undefined
  readonly best?: { readonly iteration: number; readonly value: number } | undefined
}

/** Everything needed to go on exactly. Random numbers need no state: each iteration names its own streams. */
export interface SavedState {
  readonly scalars: SavedScalars
  readonly tensors: {
    readonly generator: TensorMap
    readonly generatorEma: TensorMap
    readonly discriminator: TensorMap
    /** `generator.v.<parameter>`, `discriminator.v.<parameter>`, and `.m.` where β₁ is not 0. */
    readonly optimizer: TensorMap
  }
}

/** What a new run can start from. */
export interface SavedModel {
  readonly scalars: SavedScalars
  readonly tensors: Pick<SavedState['tensors'], 'generatorEma' | 'discriminator'>
}

/** A new run that starts from a saved model, and which tensors of `generator.…` and `discriminator.…` it took. */
export interface Continuation {
  readonly state: TrainingState
  readonly taken: readonly string[]
  /** New ones: the model had none of that name and shape, or other classes. */
  readonly fresh: readonly string[]
}

/** All that changes while a model is trained. */
export class TrainingState {
  readonly generator: Generator
  /** The running average of the generator, which makes the pictures. */
  readonly generatorEma: Generator
  readonly discriminator: Discriminator
  readonly optimizers: { readonly generator: Adam; readonly discriminator: Adam }
  /** Running mean of the path lengths, []. */
  readonly pathLengthMean: tf.Variable<tf.Rank.R0>
  /** The strength of ADA and APA, and what it has seen since its last change. */
  adaptation = initialAdaState
  /** Iterations done. */
  iteration = 0
  /** Real images that the model has seen in all its runs; the averaging of the generator warms up by it. */
  imagesSeen = 0
  /** Wall time of training. */
  seconds = 0
  /** The best evaluation so far: lower is better. */
  best: { readonly iteration: number; readonly value: number } | undefined

  private constructor(settings: TrainingSettings) {
    const { network, seed, adam, learningRate } = settings
    this.generator = createGenerator(network, new RandomStream(seed, 'generator weights'))
    this.generatorEma = createGenerator(network, new RandomStream(seed, 'generator weights'))
    this.discriminator = createDiscriminator(network, new RandomStream(seed, 'discriminator weights'))
    this.optimizers = {
      generator: new Adam(this.generator, learningRate.generator, adam, settings.pathLength.interval),
      discriminator: new Adam(this.discriminator, learningRate.discriminator, adam, settings.r1.interval)
    }
    this.pathLengthMean = untrained<tf.Rank.R0>([])
  }

  /** A new model with random weights, which depend on the seed alone. */
  static create(settings: TrainingSettings): TrainingState {
    return new TrainingState(settings)
  }

  /**
   * Goes on where `save` was called.
   *
   * @throws AppError when the saved tensors are not those of these settings
   */
  static restore(settings: TrainingSettings, saved: SavedState): TrainingState {
    const state = TrainingState.create(settings)
    const { scalars, tensors } = saved
    for (const name of ['generator', 'generatorEma', 'discriminator'] as const) {
      const left = take(state[name], tensors[name], () => true).fresh
      if (left[0] !== undefined) throw refuseModel(`${name}.${left[0]}`)
    }
    for (const name of ['generator', 'discriminator'] as const) {
      const missing = state.optimizers[name].restore(tensors.optimizer, `${name}.`, scalars.optimizerSteps[name])
      if (missing !== undefined) throw refuseModel(missing)
    }
    tf.tidy(() => state.pathLengthMean.assign(tf.scalar(scalars.pathLengthMean)))
    state.adaptation = scalars.adaptation ?? initialAdaState
    state.iteration = scalars.iteration
    state.imagesSeen = scalars.imagesSeen
    state.seconds = scalars.seconds
    state.best = scalars.best
    return state
  }

  /**
   * Starts a new run from a saved model, with fresh optimisers and no iterations done: what has the same name and shape is taken
   * from the averaged generator and from the discriminator. The embeddings of the classes are new when their number
   * differs.
   */
  static continueFrom(settings: TrainingSettings, { scalars, tensors }: SavedModel): Continuation {
    const state = TrainingState.create(settings)
    const generator = take(state.generator, tensors.generatorEma, hasSameClasses(state.generator, tensors.generatorEma))
    state.generatorEma.copyFrom(state.generator)
    state.imagesSeen = scalars.imagesSeen
    const hasSame = hasSameClasses(state.discriminator, tensors.discriminator)
    const discriminator = take(state.discriminator, tensors.discriminator, hasSame)
    const named = (key: 'taken' | 'fresh') => [
      ...generator[key].map((name) => `generator.${name}`),
      ...discriminator[key].map((name) => `discriminator.${name}`)
    ]
    return { state, taken: named('taken'), fresh: named('fresh') }
  }

  /** Reads everything back from the engine. Nothing may change the state meanwhile. */
  async save(): Promise<SavedState> {
    const [pathLengthMean] = await this.pathLengthMean.data()
    invariant(pathLengthMean !== undefined, 'a scalar has one value')
    const { generator, discriminator } = this.optimizers
    return {
      scalars: {
        iteration: this.iteration,
        imagesSeen: this.imagesSeen,
        seconds: this.seconds,
        optimizerSteps: { generator: generator.t, discriminator: discriminator.t },
        pathLengthMean,
        adaptation: this.adaptation,
        best: this.best
      },
      tensors: {
        generator: await readTensors(this.generator.variables()),
        generatorEma: await readTensors(this.generatorEma.variables()),
        discriminator: await readTensors(this.discriminator.variables()),
        optimizer: { ...(await generator.save('generator.')), ...(await discriminator.save('discriminator.')) }
      }
    }
  }

  dispose(): void {
    for (const part of [this.generator, this.generatorEma, this.discriminator]) part.dispose()
    this.optimizers.generator.dispose()
    this.optimizers.discriminator.dispose()
    this.pathLengthMean.dispose()
  }
}

/**
 * The generator alone, to make pictures with; the caller's to dispose.
 *
 * @throws AppError when the saved tensors are not those of these settings
 */
export function restoreGenerator(settings: TrainingSettings, saved: TensorMap): Generator {
  const generator = createGenerator(settings.network, new RandomStream(settings.seed, 'generator weights'))
  const [missing] = take(generator, saved, () => true).fresh
  if (missing === undefined) return generator
  generator.dispose()
  throw refuseModel(`generatorEma.${missing}`)
}

/** Class embeddings are taken together or not at all: their weight has a row for each class, their bias has not. */
function hasSameClasses(network: Module, saved: TensorMap): (name: string) => boolean {
  const variables = network.variables()
  return (name) => {
    const [, embedding] = /^(.*embed)\.bias$/.exec(name) ?? []
    if (embedding === undefined) return true
    return variables.get(`${embedding}.weight`)?.shape.join() === saved[`${embedding}.weight`]?.shape.join()
  }
}

function take(network: Module, saved: TensorMap, isWanted: (name: string) => boolean) {
  return writeTensors(network.variables(), Object.fromEntries(Object.entries(saved).filter(([name]) => isWanted(name))))
}

function refuseModel(tensor: string) {
  return refuse(`The saved model does not fit its settings: its tensor ${tensor} is missing or has another shape.`, {
    next: 'Continue from another checkpoint, or start a new run from this model.'
  })
}
