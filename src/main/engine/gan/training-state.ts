import * as tf from '@tensorflow/tfjs'
import { invariant, refuse } from '../../../shared/errors.ts'
import { RandomStream } from '../../../shared/random.ts'
import { type TrainingSettings } from '../../../shared/training.ts'
import { type AdaState, initialAdaState } from '../augmentation/ada-controller.ts'
import {
  type ConditionalDiscriminator,
  createDiscriminator,
  createMaskDiscriminator,
  type Discriminator
} from '../networks/discriminator.ts'
import { createGenerator, type Generator } from '../networks/generator.ts'
import { type Module, untrained } from '../networks/module.ts'
import { Adam } from '../common/adam.ts'
import { readTensors, type TensorMap, writeTensors } from '../common/tensor-map.ts'

export interface SavedScalars {
  readonly iteration: number
  readonly imagesSeen: number
  readonly seconds: number
  readonly optimizerSteps: {
    readonly generator: number
    readonly discriminator: number
    readonly maskDiscriminator?: number | undefined
  }
  readonly pathLengthMean: number
  /** α_R and α_F of LeCam regularisation; absent where it is off. */
  readonly leCamAnchors?: readonly number[] | undefined
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
    /** Of the second discriminator, where there is one. */
    readonly maskDiscriminator?: TensorMap
    /** `generator.v.<parameter>`, `discriminator.v.<parameter>`, and `.m.` where β₁ is not 0. */
    readonly optimizer: TensorMap
  }
}

/** What a new run can start from. */
export interface SavedModel {
  readonly scalars: SavedScalars
  readonly tensors: Pick<SavedState['tensors'], 'generatorEma' | 'discriminator' | 'maskDiscriminator'>
}

/** A new run that starts from a saved model, and which tensors of its networks it took, as in `generator.…`. */
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
  readonly discriminator: ConditionalDiscriminator
  /** Judges masks beside their images, where the first one sees images alone. */
  readonly maskDiscriminator: Discriminator | undefined
  readonly optimizers: {
    readonly generator: Adam
    readonly discriminator: Adam
    readonly maskDiscriminator: Adam | undefined
  }
  /** Running mean of the path lengths, []. */
  readonly pathLengthMean: tf.Variable<tf.Rank.R0>
  /** Running means of the logits of reals and of fakes, where LeCam regularisation is on [2]. */
  readonly leCamAnchors: tf.Variable<tf.Rank.R1> | undefined
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
    this.maskDiscriminator = createMaskDiscriminator(network, new RandomStream(seed, 'mask discriminator weights'))
    const ofDiscriminator = (judge: Discriminator) =>
      new Adam(judge, learningRate.discriminator, adam, settings.r1.interval)
    this.optimizers = {
      generator: new Adam(
        learningPart(this.generator, settings),
        learningRate.generator,
        adam,
        settings.pathLength.interval
      ),
      discriminator: ofDiscriminator(this.discriminator),
      maskDiscriminator: this.maskDiscriminator && ofDiscriminator(this.maskDiscriminator)
    }
    this.pathLengthMean = untrained<tf.Rank.R0>([])
    this.leCamAnchors = settings.leCam.weight > 0 ? untrained<tf.Rank.R1>([2]) : undefined
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
    for (const [name, network] of state.#networks) {
      const left = take(network, tensors[name] ?? {}, () => true).fresh
      if (left[0] !== undefined) throw refuseModel(`${name}.${left[0]}`)
    }
    for (const [name, optimizer] of state.#optimizers) {
      const missing = optimizer.restore(tensors.optimizer, `${name}.`, scalars.optimizerSteps[name] ?? 0)
      if (missing !== undefined) throw refuseModel(missing)
    }
    tf.tidy(() => {
      state.pathLengthMean.assign(tf.scalar(scalars.pathLengthMean))
      state.leCamAnchors?.assign(tf.tensor1d([...(scalars.leCamAnchors ?? [0, 0])]))
    })
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
   * differs. StyleGAN2's generator may go on at a higher resolution.
   */
  static continueFrom(settings: TrainingSettings, { scalars, tensors }: SavedModel): Continuation {
    const state = TrainingState.create(settings)
    const sources = { ...tensors, generator: tensors.generatorEma }
    const outcomes = state.#trained.map(([name, network]) => {
      const saved = sources[name] ?? {}
      const { taken, fresh } = take(network, saved, hasSameClasses(network, saved))
      if (name === 'generator') beginUnseen(network, taken, fresh)
      const named = (names: readonly string[]) => names.map((tensor) => `${name}.${tensor}`)
      return { taken: named(taken), fresh: named(fresh) }
    })
    state.generatorEma.copyFrom(state.generator)
    state.imagesSeen = scalars.imagesSeen
    return { state, taken: outcomes.flatMap(({ taken }) => taken), fresh: outcomes.flatMap(({ fresh }) => fresh) }
  }

  /** Reads everything back from the engine. Nothing may change the state meanwhile. */
  async save(): Promise<SavedState> {
    const [pathLengthMean] = await this.pathLengthMean.data()
    const leCamAnchors = await this.leCamAnchors?.data()
    invariant(pathLengthMean !== undefined, 'a scalar has one value')
    const networks: Partial<Record<NetworkName, TensorMap>> = {}
    for (const [name, network] of this.#networks) networks[name] = await readTensors(network.variables())
    const moments: TensorMap = {}
    for (const [name, optimizer] of this.#optimizers) Object.assign(moments, await optimizer.save(`${name}.`))
    return {
      scalars: {
        iteration: this.iteration,
        imagesSeen: this.imagesSeen,
        seconds: this.seconds,
        optimizerSteps: Object.fromEntries(this.#optimizers.map(([name, { t }]) => [name, t])) as Steps,
        pathLengthMean,
        ...(leCamAnchors === undefined ? {} : { leCamAnchors: [...leCamAnchors] }),
        adaptation: this.adaptation,
        best: this.best
      },
      tensors: {
        ...(networks as Omit<SavedState['tensors'], 'optimizer'>), // filled for every network there is
        optimizer: moments
      }
    }
  }

  dispose(): void {
    for (const [, network] of this.#networks) network.dispose()
    for (const [, optimizer] of this.#optimizers) optimizer.dispose()
    this.pathLengthMean.dispose()
    this.leCamAnchors?.dispose()
  }

  /** Every network by its name in a saved state. */
  get #networks(): readonly (readonly [NetworkName, Module])[] {
    return [...this.#trained, ['generatorEma', this.generatorEma]]
  }

  get #trained(): readonly (readonly [TrainedName, Module])[] {
    const { generator, discriminator, maskDiscriminator } = this
    const all = [['generator', generator] as const, ['discriminator', discriminator] as const]
    return maskDiscriminator === undefined ? all : [...all, ['maskDiscriminator', maskDiscriminator]]
  }

  get #optimizers(): readonly (readonly [TrainedName, Adam])[] {
    return this.#trained.flatMap(([name]) => {
      const optimizer = this.optimizers[name]
      return optimizer === undefined ? [] : [[name, optimizer] as const]
    })
  }
}

/** What of a generator learns. */
export function learningPart(generator: Generator, { freeze }: Pick<TrainingSettings, 'freeze'>): Module {
  if (freeze === 'none') return generator
  const { branch } = generator.synthesis
  invariant(branch !== undefined, 'where the image stays as it is, the mask has layers of its own')
  return branch
}

type Steps = SavedScalars['optimizerSteps']
type TrainedName = keyof Steps
type NetworkName = TrainedName | 'generatorEma'

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

/**
 * A model that goes on at a higher resolution begins with its pictures as they were, enlarged: the new blocks add nothing
 * to them yet (after Karras et al. 2018 §2, in one step).
 */
function beginUnseen(generator: Module, taken: readonly string[], fresh: readonly string[]): void {
  const output = /^synthesis\.b\d+\.torgb\.weight$/
  if (!taken.some((name) => output.test(name))) return
  for (const name of fresh.filter((name) => output.test(name))) {
    const weight = generator.variables().get(name)
    tf.tidy(() => weight?.assign(tf.zerosLike(weight)))
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
