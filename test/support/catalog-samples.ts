import { Dataset, DatasetImage } from '../../src/shared/datasets.ts'
import { PreparedImage, PrepareResult } from '../../src/shared/masks.ts'
import { StoredPackage } from '../../src/shared/packages.ts'
import { Run } from '../../src/shared/runs.ts'
import { Segmenter } from '../../src/shared/segmentation.ts'
import { Synthetic, SyntheticImage } from '../../src/shared/synthetic.ts'
import { HistoryEntry } from '../../src/shared/training.ts'

/** Complete things of every kind, small enough to read, with each optional field once present and once absent. */

export function sampleDataset(id = 'ds1', name = 'livecell', created = '2025-01-02T03:04:05.000Z'): Dataset {
  return Dataset.parse({
    id,
    name,
    created,
    format: 'livecell',
    images: 2,
    annotated: 1,
    cells: 31,
    classes: [
      { name: 'A172', images: 1, annotated: 1, cells: 31, hours: [{ hour: 12.5, images: 1, cells: 31 }] },
      { name: 'BV2', images: 1, annotated: 0, cells: 0 }
    ]
  })
}

export function sampleDatasetImages(): DatasetImage[] {
  const common = { width: 704, height: 520, channels: 1, bits: 8, sha256: 'a'.repeat(64) }
  return [
    DatasetImage.parse({
      ...common,
      id: 1,
      file: 'A172/A172_Phase_A7_1.tif',
      class: 'A172',
      time: 12.5,
      group: 'A7',
      annotated: true,
      cells: 31,
      split: 'train',
      pixelSize: { x: 1.24, y: 1.24 },
      ranges: [{ low: 12, high: 4000.5 }],
      taken: 'depth 3 of a.tif, exact values'
    }),
    DatasetImage.parse({ ...common, id: 2, file: 'BV2_1.tif', class: 'BV2', group: 'B1', annotated: false, cells: 0 })
  ]
}

export function samplePrepared(id = 'pr1', name = 'livecell 64'): PrepareResult {
  const counts = { images: 2, cells: 31, removedByCover: 1, droppedByCap: 0, painted: 30, labelsNeeded: 4 }
  const roundTrip = { AP: 0.97, AP50: 0.99, AP75: 0.98 }
  return PrepareResult.parse({
    prepared: {
      id,
      name,
      created: '2025-01-02T03:05:00.000Z',
      dataset: 'livecell',
      tile: 64,
      scale: 0.5,
      channels: 'gray',
      grayLevels: 4,
      mask: { maxCover: 0.7, grayLevels: 4, neighbours: 'contact', labelling: 'dsatur' },
      seed: 3,
      classes: ['A172', 'BV2'],
      roundTrip
    },
    totals: counts,
    classes: [{ name: 'A172', ...counts }],
    roundTrip,
    roundTripPaper: { AP: 0.5, AP50: 0.6, AP75: 0.4 },
    splits: { train: 1, validation: 0, test: 1 },
    warnings: [{ reason: 'BV2 has no annotated image.' }],
    seed: 3
  })
}

export function samplePreparedImages(): PreparedImage[] {
  const counts = { images: 1, cells: 31, removedByCover: 1, droppedByCap: 0, painted: 30, labelsNeeded: 4 }
  const common = { width: 352, height: 260, class: 'A172', counts }
  return [
    PreparedImage.parse({ ...common, file: '0001.png', source: 'A172_1.tif', time: 12.5, split: 'train' }),
    PreparedImage.parse({ ...common, file: '0002.png', source: 'A172_2.tif', split: 'test' })
  ]
}

export function sampleRun(id = 'run1', name = 'first run', created = '2025-01-02T04:00:00.000Z'): Run {
  return Run.parse({
    id,
    name,
    created,
    prepared: 'pr1',
    state: 'running',
    iteration: 0,
    classes: ['A172', 'BV2'],
    settings: sampleSettings()
  })
}

function sampleSettings() {
  return {
    preset: 'demo',
    network: {
      generator: 'paper',
      resolution: 64,
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
    iterations: 1000,
    batch: 8,
    learningRate: { generator: 0.002, discriminator: 0.002 },
    adam: { beta1: 0, beta2: 0.99, epsilon: 1e-8 },
    d2dCrossEntropy: { weight: 1, positiveMargin: 0.98, temperature: 0.5, formula: 'studiogan' },
    r1: { gamma: 1, interval: 16 },
    pathLength: { weight: 2, interval: 4, decay: 0.01, batchShare: 0.5 },
    styleMixing: 0.9,
    ema: { halfLifeKimg: 0.5, rampUp: 0.05 },
    wAverageBeta: 0.995,
    augmentation: { flips: 'all', diffAugment: ['color'] },
    evaluateEvery: 100,
    evaluationPictures: 64,
    checkpointEvery: 100,
    sampleEvery: 100
  }
}

export function sampleStep(iteration: number, generatorLoss = 0.7): HistoryEntry {
  return HistoryEntry.parse({
    kind: 'step',
    iteration,
    seconds: iteration / 10,
    generatorLoss,
    discriminatorLoss: 1.3,
    d2dGenerator: 0.2,
    d2dDiscriminator: 0.3,
    realSign: 0.5,
    ...(iteration % 16 === 0 ? { r1: 0.01 } : {})
  })
}

export function sampleSynthetic(id = 'sy1', name = 'hundred more'): Synthetic {
  return Synthetic.parse({
    id,
    name,
    created: '2025-01-03T00:00:00.000Z',
    origin: 'first run',
    iteration: 900,
    seed: 7,
    truncation: 0.8,
    images: 2,
    cells: 9,
    classes: [
      { name: 'A172', images: 1, cells: 4 },
      { name: 'BV2', images: 1, cells: 5 }
    ]
  })
}

export function sampleSyntheticImages(): SyntheticImage[] {
  const common = { width: 64, height: 64 }
  return [
    SyntheticImage.parse({
      ...common,
      file: '000000.png',
      index: 0,
      class: 'A172',
      cells: 4,
      removedCells: 1,
      maskFit: 0.75
    }),
    SyntheticImage.parse({ ...common, file: '000001.png', index: 1, class: 'BV2', cells: 5, removedCells: 0 })
  ]
}

export function samplePackage(): StoredPackage {
  return StoredPackage.parse({
    id: 'k1',
    name: 'a',
    file: 'a.zip',
    bytes: 10,
    sha256: 'b'.repeat(64),
    entries: 3,
    created: '2025-02-01',
    synthetic: 'sy1'
  })
}

export function sampleSegmenter(id = 'm1', name = 'nuclei'): Segmenter {
  const from = { kind: 'dataset', id: 'ds1', name: 'livecell', as: 'real' }
  return Segmenter.parse({
    id,
    name,
    created: '2025-03-02T10:00:00.000Z',
    state: 'finished',
    iteration: 200,
    best: { iteration: 150, AP50: 0.8125, meanAP: 0.5 },
    parameters: 1_654_183,
    settings: { iterations: 200, evaluateEvery: 50 },
    learnedFrom: [{ ...from, images: ['a.tif', 'b.tif'] }],
    validatedOn: [{ ...from, images: ['c.tif'] }]
  })
}
