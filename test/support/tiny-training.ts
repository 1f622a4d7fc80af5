import { type z } from 'zod'
import { NetworkSettings, TrainingSettings } from '../../src/shared/training.ts'
import { type Batch } from '../../src/main/engine/gan/batch.ts'
import { RandomStream } from '../../src/shared/random.ts'

/** The smallest networks that have every part: 8² pixels, eight channels. */
export function tinyNetwork(changes: Partial<z.input<typeof NetworkSettings>> = {}): NetworkSettings {
  return NetworkSettings.parse({
    generator: 'paper',
    resolution: 8,
    imageChannels: 1,
    maskChannels: 1,
    classes: 2,
    zDim: 6,
    wDim: 5,
    mappingLayers: 2,
    channelBase: 64,
    channelMax: 8,
    mergePadding: 'edge',
    embedDim: 7,
    minibatchStdGroup: 2,
    ...changes
  })
}

/** A few iterations with every loss, regulariser and augmentation in them. */
export function tinyTraining(changes: Partial<z.input<typeof TrainingSettings>> = {}): TrainingSettings {
  return TrainingSettings.parse({
    preset: 'tiny',
    network: tinyNetwork(),
    seed: 7,
    iterations: 6,
    batch: 4,
    learningRate: { generator: 0.0025, discriminator: 0.002 },
    adam: { beta1: 0, beta2: 0.99, epsilon: 1e-8 },
    d2dCrossEntropy: { weight: 0.5, positiveMargin: 0.9, temperature: 0.25, formula: 'studiogan' },
    r1: { gamma: 0.2, interval: 2 },
    pathLength: { weight: 2, interval: 2, decay: 0.01, batchShare: 0.5 },
    styleMixing: 0.9,
    ema: { halfLifeKimg: 0.05, rampUp: 0.05 },
    wAverageBeta: 0.998,
    augmentation: {
      flips: 'none',
      diffAugment: ['color', 'translation', 'cutout'],
      ada: 'full',
      apa: true,
      adaptation: { target: -1, kimg: 0.05 } // its strength rises from the first iteration
    },
    evaluateEvery: 4,
    evaluationPictures: 4,
    checkpointEvery: 3,
    sampleEvery: 2,
    ...changes
  })
}

/** Smooth pictures with a mask, which depend on seed and iteration alone. */
export function tinyBatch({ network, batch, seed }: TrainingSettings, iteration: number): Batch {
  const planes = network.imageChannels + network.maskChannels
  const random = new RandomStream(seed, 'tiny batch', iteration)
  const samples = new Float32Array(batch * network.resolution ** 2 * planes)
  const phase = random.uniform() * 6
  for (let i = 0; i < samples.length; i++) samples[i] = Math.sin(phase + i / planes / network.resolution + (i % planes))
  const labels = Int32Array.from({ length: batch }, () => random.integer(network.classes))
  return { samples, labels }
}
