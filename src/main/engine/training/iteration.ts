import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { RandomStream } from '../../../shared/random.ts'
import { type HistoryEntry, type TrainingSettings } from '../../../shared/training.ts'
import { applyDiffAugment, drawDiffAugment } from '../augmentation/diff-augment.ts'
import { sampleChannels } from '../networks/synthesis-block.ts'
import { drawDirection, drawGeneratorInputs } from './draws.ts'
import { emaDecay, updateEma } from './ema.ts'
import { discriminatorStep, generatorStep, pathLengthStep, r1Step, type Transform } from './steps.ts'
import { type Batch } from './batch.ts'
import { type TrainingState } from './training-state.ts'

/** The losses of one iteration, as its history line has them. */
export type IterationLosses = Omit<Extract<HistoryEntry, { kind: 'step' }>, 'kind' | 'iteration' | 'seconds'>

/**
 * One iteration in StudioGAN's order: G, its path-length penalty where it is due, the average of G, D, its gradient
 * penalty where it is due. The losses are read back once, at the end.
 */
export async function runIteration(
  settings: TrainingSettings,
  state: TrainingState,
  batch: Batch
): Promise<IterationLosses> {
  const { iteration } = state
  const stream = (purpose: string) => new RandomStream(settings.seed, purpose, iteration)
  const losses = tf.tidy(() => {
    const generatorLosses = trainGenerator(settings, state, stream)
    const pathLength = isDue(settings.pathLength, iteration) ? flattenPaths(settings, state, stream) : undefined
    updateEma(state.generatorEma, state.generator, emaDecay(settings.ema, settings.batch, state.imagesSeen))

    const real = realTensors(settings, batch)
    const discriminatorLosses = trainDiscriminator(settings, state, real, stream)
    const r1 = isDue(settings.r1, iteration)
      ? r1Step(
          state.discriminator,
          state.optimizers.discriminator,
          { samples: real.samples, transform: augmentation(settings, stream('R1 augmentation')) },
          settings.r1
        ).penalty
      : undefined

    const always = [
      generatorLosses.adversarial,
      generatorLosses.d2d,
      discriminatorLosses.adversarial,
      discriminatorLosses.d2d,
      tf.mean(tf.sign(discriminatorLosses.realLogits))
    ]
    return tf.stack([...always, pathLength ?? tf.scalar(0), r1 ?? tf.scalar(0)])
  })

  const values = await losses.data()
  losses.dispose()
  const value = (i: number) => values[i] ?? NaN
  return {
    generatorLoss: value(0),
    d2dGenerator: value(1),
    discriminatorLoss: value(2),
    d2dDiscriminator: value(3),
    realSign: value(4),
    ...(isDue(settings.pathLength, iteration) ? { pathLength: value(5) } : {}),
    ...(isDue(settings.r1, iteration) ? { r1: value(6) } : {})
  }
}

type Streams = (purpose: string) => RandomStream

function trainGenerator(settings: TrainingSettings, state: TrainingState, stream: Streams) {
  return generatorStep(
    state,
    state.optimizers.generator,
    drawGeneratorInputs(stream('generator step'), settings, settings.batch),
    augmentation(settings, stream('generator augmentation')),
    settings.d2dCrossEntropy
  )
}

function flattenPaths(settings: TrainingSettings, state: TrainingState, stream: Streams): tf.Scalar {
  const random = stream('path length')
  const count = Math.max(1, Math.floor(settings.batch * settings.pathLength.batchShare))
  const inputs = drawGeneratorInputs(random, settings, count)
  const y = drawDirection(random, settings, count)
  const options = { ...settings.pathLength, mean: state.pathLengthMean }
  const { penalty, mean } = pathLengthStep(state.generator, state.optimizers.generator, { inputs, y }, options)
  state.pathLengthMean.assign(mean)
  return penalty
}

interface RealTensors {
  readonly samples: tf.Tensor4D
  readonly labels: tf.Tensor1D
}

function trainDiscriminator(settings: TrainingSettings, state: TrainingState, real: RealTensors, stream: Streams) {
  const batch = {
    ...real,
    fakes: drawGeneratorInputs(stream('discriminator step'), settings, settings.batch),
    transformReal: augmentation(settings, stream('real augmentation')),
    transformFake: augmentation(settings, stream('fake augmentation'))
  }
  const optimizer = state.optimizers.discriminator
  return discriminatorStep(state, optimizer, batch, settings.d2dCrossEntropy, settings.wAverageBeta)
}

function realTensors({ batch: count, network }: TrainingSettings, batch: Batch): RealTensors {
  const { resolution } = network
  invariant(batch.labels.length === count, `a batch holds ${count} samples`)
  return {
    samples: tf.tensor4d(batch.samples, [count, resolution, resolution, sampleChannels(network)]),
    labels: tf.tensor1d(batch.labels, 'int32')
  }
}

/** DiffAugment with parameters of this batch alone; the identity when no policy is chosen. */
function augmentation({ augmentation: { diffAugment }, network }: TrainingSettings, random: RandomStream): Transform {
  if (diffAugment.length === 0) return (x) => x
  return (x) => {
    const parameters = drawDiffAugment(random, x.shape[0], network.resolution, diffAugment)
    return applyDiffAugment(x, parameters, network.imageChannels)
  }
}

/** Whether a regulariser has its step in this iteration; an interval of 0 turns it off. */
function isDue({ interval }: { readonly interval: number }, iteration: number): boolean {
  return interval > 0 && iteration % interval === 0
}
