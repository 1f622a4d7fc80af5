import { TrainingSettings } from '../../src/shared/training.ts'
import { side } from './tiles.ts'

/** What may differ between two learning runs. */
export interface Variant {
  readonly seed: number
  readonly iterations: number
  readonly padding: 'edge' | 'zeros'
  readonly generator: 'paper' | 'stylegan2'
  /** 0: image only. */
  readonly maskPlanes: 0 | 1
  /** Noise on the mask that the discriminator sees; 0 in the run that other programs are compared with. */
  readonly maskNoise: number
}

/** Networks and training of the learning run: one class, no augmentation but flips and turns of reals. */
export function learningSettings({ seed, iterations, ...variant }: Variant): TrainingSettings {
  const never = 1_000_000
  return TrainingSettings.parse({
    preset: 'learning',
    network: {
      generator: variant.generator,
      resolution: side,
      imageChannels: 1,
      maskChannels: variant.maskPlanes,
      classes: 1,
      zDim: 128,
      wDim: 128,
      mappingLayers: 2,
      channelBase: 1024,
      channelMax: 64,
      mergePadding: variant.padding,
      embedDim: 128,
      minibatchStdGroup: 4
    },
    seed,
    iterations,
    batch: 8,
    learningRate: { generator: 0.0025, discriminator: 0.0025 },
    adam: { beta1: 0, beta2: 0.99, epsilon: 1e-8 },
    d2dCrossEntropy: { weight: 0, positiveMargin: 0.9, temperature: 0.25, formula: 'studiogan' },
    r1: { gamma: 0.0256, interval: 16 },
    pathLength: { weight: 2, interval: 4, decay: 0.01, batchShare: 0.5 },
    styleMixing: 0.9,
    ema: { halfLifeKimg: 1, rampUp: 0.05 },
    wAverageBeta: 0.998,
    augmentation: { flips: 'all', diffAugment: [], maskNoise: variant.maskNoise },
    evaluateEvery: never,
    evaluationPictures: 372,
    checkpointEvery: never,
    sampleEvery: never
  })
}
