import { type Run, RunId } from '../../src/shared/runs.ts'
import { TrainingSettings } from '../../src/shared/training.ts'

const settings = TrainingSettings.parse({
  preset: 'demo',
  network: {
    generator: 'paper',
    resolution: 32,
    imageChannels: 1,
    maskChannels: 1,
    classes: 2,
    zDim: 64,
    wDim: 64,
    mappingLayers: 2,
    channelBase: 1024,
    channelMax: 64,
    mergePadding: 'edge',
    embedDim: 64,
    minibatchStdGroup: 4
  },
  seed: 0,
  iterations: 1200,
  batch: 16,
  learningRate: { generator: 0.0025, discriminator: 0.0025 },
  adam: { beta1: 0, beta2: 0.99, epsilon: 1e-8 },
  d2dCrossEntropy: { weight: 0.5, positiveMargin: 0.98, temperature: 0.5, formula: 'studiogan' },
  r1: { gamma: 1, interval: 16 },
  pathLength: { weight: 2, interval: 4, decay: 0.01, batchShare: 0.5 },
  styleMixing: 0.9,
  ema: { halfLifeKimg: 1, rampUp: 0.05 },
  wAverageBeta: 0.995,
  augmentation: { flips: 'all', diffAugment: ['translation'] },
  evaluateEvery: 150,
  evaluationPictures: 128,
  checkpointEvery: 250,
  sampleEvery: 150
})

/** A small finished run, valid by its schema. */
export const fakeRun: Run = {
  id: RunId.parse('run-1'),
  name: 'Sample',
  created: '2026-11-24T10:15:00.000Z',
  prepared: 'prepared-1',
  state: 'finished',
  iteration: 1200,
  best: { iteration: 1200, metric: 'frechet', value: 96.4 },
  classes: ['fluorescence', 'stained'],
  settings
}
