import SQLite, { type Database } from 'better-sqlite3'
import { expect, test } from 'vitest'
import { Catalog } from '../../src/main/catalog/catalog.ts'
import { migrate, migrations } from '../../src/main/catalog/migrations.ts'
import { columnsFromSchemas } from '../../src/main/catalog/migrations/005-columns-from-schemas.sql.ts'
import { missingThings } from '../../src/main/catalog/migrations/007-missing-things.sql.ts'
import { studies } from '../../src/main/catalog/migrations/008-studies.sql.ts'
import { drafts } from '../../src/main/catalog/migrations/009-drafts.sql.ts'
import { segmenters } from '../../src/main/catalog/migrations/010-segmenters.sql.ts'
import { Draft } from '../../src/shared/drafts.ts'
import { Study, StudyId } from '../../src/shared/studies.ts'
import {
  sampleDataset,
  sampleDatasetImages,
  samplePrepared,
  samplePreparedImages,
  sampleRun,
  sampleSegmenter,
  sampleStep,
  sampleSynthetic,
  sampleSyntheticImages
} from '../support/catalog-samples.ts'

/** Inserts as the version before did: a list of values by the names of columns. */
function insert(db: Database, table: string, row: Record<string, unknown>): void {
  const names = Object.keys(row)
  db.prepare(`INSERT INTO ${table} (${names.join(', ')}) VALUES (${names.map((name) => `:${name}`).join(', ')})`).run(
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof value === 'object' && value !== null ? JSON.stringify(value) : (value ?? null)
      ])
    )
  )
}

function fillDatasets(db: Database): void {
  const { classes, ...dataset } = sampleDataset()
  insert(db, 'datasets', dataset)
  // Stored in another order than the classes have.
  for (const [position, count] of [...classes.entries()].reverse()) {
    insert(db, 'dataset_classes', { dataset_id: dataset.id, position, ...count })
  }
  for (const { group, pixelSize, ranges, taken, annotated, ...image } of sampleDatasetImages()) {
    const reading = taken === undefined ? undefined : { pixelSize, ranges, taken }
    insert(db, 'images', {
      dataset_id: dataset.id,
      ...image,
      image_group: group,
      annotated: Number(annotated),
      ...(reading && { reading })
    })
  }
}

function fillPrepared(db: Database): void {
  const { prepared, ...report } = samplePrepared()
  const { grayLevels: gray_levels, roundTrip: round_trip, ...columns } = prepared
  insert(db, 'prepared_sets', { ...columns, gray_levels, round_trip, report })
  for (const image of samplePreparedImages()) insert(db, 'prepared_images', { prepared_id: prepared.id, ...image })
}

function fillRuns(db: Database): void {
  const run = sampleRun()
  insert(db, 'runs', { ...run, started_from: 'starter', seconds_per_iteration: 0.25 })
  insert(db, 'metrics', { run_id: run.id, iteration: 8, kind: 'step', metric: '', entry: sampleStep(8) })
  insert(db, 'checkpoints', { run_id: run.id, iteration: 8, folder: '8', is_best: 1 })
}

function fillSynthetic(db: Database): void {
  const { classes, ...set } = sampleSynthetic()
  insert(db, 'synthetic_sets', set)
  for (const [position, count] of [...classes.entries()].reverse()) {
    insert(db, 'synthetic_classes', { synthetic_id: set.id, position, ...count })
  }
  for (const { index: seed_index, removedCells: removed_cells, ...image } of earlierImages()) {
    insert(db, 'synthetic_images', { synthetic_id: set.id, ...image, seed_index, removed_cells })
  }
}

/** Pictures as they were described before it was known how well a mask belongs to its picture. */
function earlierImages() {
  return sampleSyntheticImages().map(({ maskFit: _, ...image }) => image)
}

test('005 keeps everything that was there, and packages get names', async () => {
  const db = new SQLite(':memory:')
  const before = migrations.indexOf(columnsFromSchemas)
  migrate(db, ':memory:', migrations.slice(0, before))
  fillDatasets(db)
  fillPrepared(db)
  fillRuns(db)
  fillSynthetic(db)
  const packed = { created: '2025-02-01', synthetic: 'sy1', bytes: 10, sha256: 'b'.repeat(64), entries: 3 }
  for (const file of ['/home/ada/first.zip', 'C:\\sets\\other.zip', '/a/twice.zip', '/b/twice.zip', 'plain']) {
    insert(db, 'packages', { ...packed, file })
  }
  migrate(db, ':memory:')

  const { datasets, prepared, runs, synthetic, packages } = new Catalog(db)
  expect(datasets.list()).toStrictEqual([sampleDataset()])
  expect(await datasets.images('ds1')).toStrictEqual(sampleDatasetImages())
  expect(prepared.result('pr1')).toStrictEqual(samplePrepared())
  expect(await prepared.images('pr1')).toStrictEqual(samplePreparedImages())
  expect(runs.list()).toStrictEqual([{ ...sampleRun(), from: 'starter', secondsPerIteration: 0.25 }])
  expect(runs.history('run1')).toStrictEqual([sampleStep(8)])
  expect(runs.checkpoints('run1')).toStrictEqual([{ iteration: 8, folder: '8', isBest: true }])
  expect(synthetic.list()).toStrictEqual([sampleSynthetic()])
  expect(await synthetic.images('sy1')).toStrictEqual(earlierImages())
  const named = new Map(packages.list().map(({ file, ...stored }) => [file, stored]))
  expect(named.get('/home/ada/first.zip')).toMatchObject({ ...packed, name: 'first' })
  expect(named.get('C:\\sets\\other.zip')?.name).toBe('other')
  expect(named.get('plain')?.name).toBe('plain')
  const twice = ['/a/twice.zip', '/b/twice.zip'].map((file) => named.get(file))
  expect(twice.map((stored) => stored?.name)).toEqual(twice.map((stored) => `twice ${stored?.id ?? ''}`))
  expect(new Set(packages.list().map(({ id }) => id)).size).toBe(5)
  db.close()
})

test('005 leaves no table without its owner’s rows bound to it', () => {
  const db = new SQLite(':memory:')
  migrate(db, ':memory:')
  const catalog = new Catalog(db)
  catalog.datasets.insert(sampleDataset(), sampleDatasetImages())
  catalog.prepared.insert(samplePrepared(), samplePreparedImages())
  catalog.runs.insert(sampleRun())
  catalog.runs.appendHistory('run1', [sampleStep(8)])
  catalog.runs.setCheckpoints('run1', [{ iteration: 8, folder: '8', isBest: true }])
  catalog.synthetic.insert(sampleSynthetic(), sampleSyntheticImages())
  const parts = ['images', 'prepared_images', 'metrics', 'checkpoints', 'synthetic_images']
  const counts = () => parts.map((table) => db.prepare(`SELECT count(*) FROM ${table}`).pluck().get())
  expect(counts()).toEqual([2, 2, 1, 1, 2])
  catalog.datasets.remove('ds1')
  catalog.prepared.remove('pr1')
  catalog.runs.remove('run1')
  catalog.synthetic.remove('sy1')

  expect(counts()).toEqual([0, 0, 0, 0, 0])
  db.close()
})

test('007 lets a thing whose files are gone keep its name without taking it', () => {
  const db = new SQLite(':memory:')
  const before = migrations.indexOf(missingThings)
  migrate(db, ':memory:', migrations.slice(0, before))
  insert(db, 'runs', { ...sampleRun(), rest: {} })
  migrate(db, ':memory:')
  const { runs } = new Catalog(db)
  expect(() => runs.insert(sampleRun('run2'))).toThrow('already a run')
  runs.tend('run1', { missing: true })
  runs.insert(sampleRun('run2'))

  expect(runs.list().map(({ id, name, missing }) => [id, name, missing])).toEqual([
    ['run1', 'first run', true],
    ['run2', 'first run', undefined]
  ])
  db.close()
})

test('008 makes room for studies, of which no version before knew any', () => {
  const db = new SQLite(':memory:')
  migrate(db, ':memory:', migrations.slice(0, migrations.indexOf(studies)))
  insert(db, 'runs', { ...sampleRun(), missing: null, rest: {} })
  migrate(db, ':memory:')
  const catalog = new Catalog(db)
  const study = Study.parse({ id: 'st1', name: 'Table 2', created: '2025-03-01' })
  catalog.studies.insert(study)
  expect(() => catalog.studies.insert({ ...study, id: StudyId.parse('st2') })).toThrow('already a study')
  expect([catalog.studies.list(), catalog.runs.list()]).toStrictEqual([[study], [sampleRun()]])
  db.close()
})

test('010 makes room for segmentation models beside all that was there', () => {
  const db = new SQLite(':memory:')
  migrate(db, ':memory:', migrations.slice(0, migrations.indexOf(segmenters)))
  insert(db, 'runs', { ...sampleRun(), missing: null, rest: {} })
  migrate(db, ':memory:')
  const catalog = new Catalog(db)
  catalog.segmenters.insert(sampleSegmenter())
  expect(() => catalog.segmenters.insert(sampleSegmenter('m2'))).toThrow('already a segmentation model')
  expect([catalog.segmenters.list(), catalog.runs.list()]).toStrictEqual([[sampleSegmenter()], [sampleRun()]])
  db.close()
})

test('009 makes room for drafts beside all that was there', () => {
  const db = new SQLite(':memory:')
  migrate(db, ':memory:', migrations.slice(0, migrations.indexOf(drafts)))
  insert(db, 'runs', { ...sampleRun(), missing: null, rest: {} })
  migrate(db, ':memory:')
  const catalog = new Catalog(db)
  const common = { wizard: 'train', title: 'first', answers: { preset: 'quick' }, created: '2025-03-01' }
  const draft = Draft.parse({ ...common, id: 'w1', step: 'goal', changed: '2025-03-02' })
  const changed = { ...draft, step: 'summary', changed: '2025-03-03' }
  for (const each of [draft, changed]) catalog.drafts.put(each)
  expect([catalog.drafts.list(), catalog.runs.list()]).toStrictEqual([[changed], [sampleRun()]])
  db.close()
})
