import { describe, expect, test } from 'vitest'
import { openCatalog } from '../../src/main/catalog/catalog.ts'
import { PackageId } from '../../src/shared/packages.ts'
import { Study } from '../../src/shared/studies.ts'
import { HistoryEntry } from '../../src/shared/training.ts'
import {
  sampleDataset,
  sampleDatasetImages,
  samplePackage,
  samplePrepared,
  samplePreparedImages,
  sampleRun,
  sampleSegmenter,
  sampleStep,
  sampleSynthetic,
  sampleSyntheticImages
} from '../support/catalog-samples.ts'

const evaluation = HistoryEntry.parse({
  kind: 'evaluation',
  iteration: 16,
  seconds: 3,
  metric: 'frechet',
  value: 120.5,
  classes: [{ name: 'A172', frechet: 120.5, real: 10, fake: 10 }],
  isBest: true
})

describe('things of every kind', () => {
  test('a dataset comes back as it was stored, with its classes and images', async () => {
    const { datasets } = openCatalog(':memory:')
    datasets.insert(sampleDataset(), sampleDatasetImages())

    expect(datasets.list()).toStrictEqual([sampleDataset()])
    expect(await datasets.images('ds1')).toStrictEqual(sampleDatasetImages())
  })

  test('a prepared set comes back as it was stored, with all that was reported', async () => {
    const { prepared } = openCatalog(':memory:')
    prepared.insert(samplePrepared(), samplePreparedImages())

    expect(prepared.list()).toStrictEqual([samplePrepared().prepared])
    expect(prepared.result('pr1')).toStrictEqual(samplePrepared())
    expect(await prepared.images('pr1')).toStrictEqual(samplePreparedImages())
  })

  test('a run comes back as it was last updated', () => {
    const { runs } = openCatalog(':memory:')
    const finished = {
      ...sampleRun(),
      state: 'finished' as const,
      iteration: 1000,
      from: 'starter',
      best: { iteration: 900, metric: 'frechet', value: 88.25 },
      parameters: { generator: 1234, discriminator: 2345 },
      engine: { name: 'wasm', library: 'tfjs 4.22.0', device: 'CPU', threads: 2 },
      secondsPerIteration: 0.25
    }
    runs.insert(sampleRun())
    expect(runs.list()).toStrictEqual([sampleRun()])

    runs.update(finished)
    expect(runs.find('first run')).toStrictEqual(finished)
  })

  test('a run keeps the name, note and place that it was given while an older copy of it was written', () => {
    const { runs } = openCatalog(':memory:')
    runs.insert(sampleRun())
    runs.tend('run1', { name: 'renamed', note: 'The good one.' })
    runs.update({ ...sampleRun(), iteration: 5 })

    expect(runs.list()).toStrictEqual([{ ...sampleRun(), iteration: 5, name: 'renamed', note: 'The good one.' }])
  })

  test('a synthetic set comes back as it was stored, with its classes and pictures', async () => {
    const { synthetic } = openCatalog(':memory:')
    synthetic.insert(sampleSynthetic(), sampleSyntheticImages())

    expect(synthetic.list()).toStrictEqual([sampleSynthetic()])
    expect(await synthetic.images('sy1')).toStrictEqual(sampleSyntheticImages())
  })

  test('a package made again at the same path replaces the one before', () => {
    const { packages } = openCatalog(':memory:')
    const stored = samplePackage()
    packages.insert({ ...stored, id: PackageId.parse('k2'), name: 'b', file: 'b.zip', created: '2025-01-01' })
    packages.insert(stored)
    packages.insert({ ...stored, id: PackageId.parse('k3'), name: 'a 2', bytes: 11 })

    expect(packages.list().map(({ id, name, bytes }) => [id, name, bytes])).toEqual([
      ['k1', 'a', 11],
      ['k2', 'b', 10]
    ])
  })
})

describe('names', () => {
  test('the newest comes first, and things of the same moment stand by their ids, whenever they were stored', () => {
    const { runs } = openCatalog(':memory:')
    runs.insert(sampleRun('r3', 'three', '2025-01-02T00:00:00.000Z'))
    runs.insert(sampleRun('r2', 'two', '2025-01-01T00:00:00.000Z'))
    runs.insert(sampleRun('r1', 'one', '2025-01-02T00:00:00.000Z'))

    expect(runs.list().map((run) => run.id)).toEqual(['r1', 'r3', 'r2'])
  })

  test('a name that is another thing’s id means the thing of that id', () => {
    const { datasets } = openCatalog(':memory:')
    datasets.insert(sampleDataset('ds1', 'ds2'), [])
    datasets.insert(sampleDataset('ds2', 'ds1'), [])

    expect(datasets.find('ds1')?.id).toBe('ds1')
    expect(datasets.find('ds2')?.id).toBe('ds2')
  })

  test('a name that is taken is refused with a sentence, and nothing of the second is kept', async () => {
    const { datasets } = openCatalog(':memory:')
    datasets.insert(sampleDataset(), [])

    expect(() => datasets.insert(sampleDataset('ds2'), sampleDatasetImages())).toThrow(
      'There is already a data set called "livecell".'
    )
    expect(await datasets.images('ds2')).toEqual([])
    expect(datasets.nameTaken('livecell')).toBe(true)
    expect(datasets.nameTaken('Livecell')).toBe(false)
  })

  test('what is not there is asked for by name, and the answer says how to go on', () => {
    const catalog = openCatalog(':memory:')
    const missing = (find: (name: string) => unknown, sentence: string) => expect(() => find('x')).toThrow(sentence)

    missing((name) => catalog.datasets.require(name), 'There is no data set called "x".')
    missing((name) => catalog.prepared.require(name), 'There is no prepared set called "x".')
    missing((name) => catalog.runs.require(name), 'There is no run called "x".')
    missing((name) => catalog.synthetic.require(name), 'There is no synthetic set called "x".')
    expect(() => catalog.datasets.require('x')).toThrow(
      expect.objectContaining({ remedies: [{ action: 'list', kind: 'dataset' }] })
    )
  })

  test('a removed dataset leaves neither images nor classes behind, and its name is free again', async () => {
    const { datasets } = openCatalog(':memory:')
    datasets.insert(sampleDataset(), sampleDatasetImages())
    datasets.remove('ds1')

    expect(await datasets.images('ds1')).toEqual([])
    datasets.insert(sampleDataset(), sampleDatasetImages())
    expect(datasets.list()).toHaveLength(1)
  })
})

describe('the history of a run', () => {
  test('is told by iteration and, within one, in order', () => {
    const { runs } = openCatalog(':memory:')
    runs.insert(sampleRun())
    const sample = HistoryEntry.parse({ kind: 'sample', iteration: 16, file: 'samples/16.png' })
    runs.appendHistory('run1', [sampleStep(8), sampleStep(16), evaluation, sample])
    runs.appendHistory('run1', [sampleStep(24)])

    expect(runs.history('run1')).toStrictEqual([sampleStep(8), sampleStep(16), evaluation, sample, sampleStep(24)])
  })

  test('has no repeat when a resumed run tells an iteration again', () => {
    const { runs } = openCatalog(':memory:')
    runs.insert(sampleRun())
    runs.appendHistory('run1', [sampleStep(8), sampleStep(16), evaluation])
    runs.appendHistory('run1', [sampleStep(16, 0.5), evaluation])

    expect(runs.history('run1')).toStrictEqual([sampleStep(8), sampleStep(16, 0.5), evaluation])
  })

  test('ends at the safe point that a run goes on from', () => {
    const { runs } = openCatalog(':memory:')
    runs.insert(sampleRun())
    runs.insert(sampleRun('run2', 'second run'))
    for (const id of ['run1', 'run2'])
      runs.appendHistory(id, [sampleStep(8), sampleStep(16), evaluation, sampleStep(24)])
    runs.truncateHistory('run1', 8)

    expect(runs.history('run1')).toStrictEqual([sampleStep(8)])
    expect(runs.history('run2')).toHaveLength(4)
  })

  test('belongs to a run that exists', () => {
    const { runs } = openCatalog(':memory:')
    expect(() => runs.appendHistory('nobody', [sampleStep(8)])).toThrow(/FOREIGN KEY/)
  })

  test('keeps exactly the safe points of the last list', () => {
    const { runs } = openCatalog(':memory:')
    runs.insert(sampleRun())
    const at = (iteration: number, isBest: boolean) => ({ iteration, folder: String(iteration), isBest })
    runs.setCheckpoints('run1', [at(100, true), at(200, false)])
    runs.setCheckpoints('run1', [at(300, false), at(100, true)])

    expect(runs.checkpoints('run1')).toStrictEqual([at(100, true), at(300, false)])
  })
})

describe('writes of one thought', () => {
  test('are undone together', () => {
    const catalog = openCatalog(':memory:')
    const work = () => {
      catalog.datasets.insert(sampleDataset(), sampleDatasetImages())
      catalog.runs.insert(sampleRun())
      throw new Error('stopped here')
    }

    expect(() => catalog.transaction(work)).toThrow('stopped here')
    expect(catalog.datasets.list()).toEqual([])
    expect(catalog.runs.list()).toEqual([])
  })

  test('bring a lost catalogue back from what the folders say', async () => {
    const { prepared, ...report } = samplePrepared()
    const abouts = {
      datasets: [{ thing: sampleDataset(), images: sampleDatasetImages() }],
      prepared: [{ thing: prepared, report, images: samplePreparedImages() }],
      runs: [
        { thing: sampleRun(), history: [sampleStep(8)], checkpoints: [{ iteration: 8, folder: '8', isBest: true }] }
      ],
      synthetic: [{ thing: sampleSynthetic(), images: sampleSyntheticImages() }],
      packages: [{ thing: samplePackage() }],
      segmenters: [{ thing: sampleSegmenter() }],
      studies: [{ thing: Study.parse({ id: 'st1', name: 'Table 2', created: '2025-03-01' }) }]
    }
    const catalog = openCatalog(':memory:')

    expect(catalog.takeIn(abouts)).toEqual({
      datasets: 1,
      prepared: 1,
      runs: 1,
      segmenters: 1,
      synthetic: 1,
      packages: 1,
      studies: 1
    })
    expect(await catalog.datasets.images('ds1')).toStrictEqual(sampleDatasetImages())
    expect(catalog.prepared.result('pr1')).toStrictEqual(samplePrepared())
    expect(catalog.runs.history('run1')).toStrictEqual([sampleStep(8)])
    expect(catalog.runs.checkpoints('run1')).toHaveLength(1)
    expect(await catalog.synthetic.images('sy1')).toStrictEqual(sampleSyntheticImages())
    expect(catalog.packages.list()).toStrictEqual([samplePackage()])
    expect(catalog.takeIn(abouts)).toEqual({
      datasets: 0,
      prepared: 0,
      runs: 0,
      segmenters: 0,
      synthetic: 0,
      packages: 0,
      studies: 0
    })
  })

  test('number a folder whose name was given to another thing meanwhile', () => {
    const catalog = openCatalog(':memory:')
    catalog.synthetic.insert(sampleSynthetic(), sampleSyntheticImages())
    const found = [
      { thing: { ...sampleSynthetic('sy3'), created: '2025-01-05' }, images: sampleSyntheticImages() },
      { thing: { ...sampleSynthetic('sy2'), created: '2025-01-04' }, images: sampleSyntheticImages() }
    ]
    catalog.takeIn({
      datasets: [],
      prepared: [],
      runs: [],
      segmenters: [],
      synthetic: found,
      packages: [],
      studies: []
    })

    expect(['sy2', 'sy3'].map((id) => catalog.synthetic.find(id)?.name)).toEqual(['hundred more 2', 'hundred more 3'])
  })
})
