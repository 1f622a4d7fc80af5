import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import SQLite from 'better-sqlite3'
import { type Catalog, openCatalog } from '../../src/main/catalog/catalog.ts'
import { SchemaTable } from '../../src/main/catalog/schema-table.ts'
import { Dataset, DatasetImage } from '../../src/shared/datasets.ts'
import { PreparedImage, PrepareResult } from '../../src/shared/masks.ts'
import { StoredPackage } from '../../src/shared/packages.ts'
import { Checkpoint, Run } from '../../src/shared/runs.ts'
import { Segmenter } from '../../src/shared/segmentation.ts'
import { Study } from '../../src/shared/studies.ts'
import { Synthetic, SyntheticImage } from '../../src/shared/synthetic.ts'
import { Task } from '../../src/shared/tasks.ts'
import { HistoryEntry } from '../../src/shared/training.ts'
import { anyValueOf } from '../support/any-value.ts'
import { sampleRun } from '../support/catalog-samples.ts'

const runs = { numRuns: 60 }

/** The keys of a thing's parts are theirs alone, as whoever makes them sees to it. */
const listOf = <Part>(schema: z.ZodType<Part>, keyOf: (part: Part) => unknown) =>
  fc.uniqueArray(anyValueOf(schema), { maxLength: 4, selector: (part) => JSON.stringify(keyOf(part)) })

/** What is in use; what is in the trash or missing has its own tests. */
const inUse = <Value extends { trashed?: string | undefined; missing?: boolean | undefined }>(value: Value): Value => {
  const { trashed: _, missing: __, ...rest } = value
  return rest as Value
}

const byText =
  <Part>(textOf: (part: Part) => string) =>
  (a: Part, b: Part): number =>
    Buffer.compare(Buffer.from(textOf(a)), Buffer.from(textOf(b)))

/** Stores something in an empty catalogue and gives it to be looked at. */
async function withCatalog(use: (catalog: Catalog) => void | Promise<void>): Promise<void> {
  const catalog = openCatalog(':memory:')
  try {
    await use(catalog)
  } finally {
    catalog.close()
  }
}

describe('every field that a schema has comes back as it was stored', () => {
  test('of data sets and their images', async () => {
    const images = listOf(DatasetImage, ({ file }) => file).map((list) => list.map((image, i) => ({ ...image, id: i })))
    await fc.assert(
      fc.asyncProperty(anyValueOf(Dataset).map(inUse), images, (dataset, list) =>
        withCatalog(async ({ datasets }) => {
          datasets.insert(dataset, list)
          expect(datasets.list()).toStrictEqual([dataset])
          expect(await datasets.images(dataset.id)).toStrictEqual(list)
        })
      ),
      runs
    )
  })

  test('of prepared sets, their reports and their images', async () => {
    const images = listOf(PreparedImage, ({ file }) => file).map((list) => list.sort(byText(({ file }) => file)))
    const results = anyValueOf(PrepareResult).map((result) => ({ ...result, prepared: inUse(result.prepared) }))
    await fc.assert(
      fc.asyncProperty(results, images, (result, list) =>
        withCatalog(async ({ prepared }) => {
          prepared.insert(result, list)
          expect(prepared.list()).toStrictEqual([result.prepared])
          expect(prepared.result(result.prepared.id)).toStrictEqual(result)
          expect(await prepared.images(result.prepared.id)).toStrictEqual(list)
        })
      ),
      runs
    )
  })

  test('of runs, as they begin and as they become', async () => {
    await fc.assert(
      fc.asyncProperty(anyValueOf(Run).map(inUse), anyValueOf(Run).map(inUse), (run, later) =>
        withCatalog((catalog) => {
          catalog.runs.insert(run)
          expect(catalog.runs.list()).toStrictEqual([run])
          const { id, name, note } = run
          const { note: _, ...changed } = later
          catalog.runs.update({ ...later, id })
          expect(catalog.runs.list()).toStrictEqual([{ ...changed, id, name, ...(note === undefined ? {} : { note }) }])
        })
      ),
      runs
    )
  })

  test('of safe points and of the history', async () => {
    const checkpoints = listOf(Checkpoint, ({ folder }) => folder).map((list) =>
      list.map((checkpoint, iteration) => ({ ...checkpoint, iteration }))
    )
    const history = fc
      .array(anyValueOf(HistoryEntry), { maxLength: 4 })
      .map((list) => list.map((entry, iteration) => ({ ...entry, iteration })))
    await fc.assert(
      fc.asyncProperty(checkpoints, history, (points, entries) =>
        withCatalog((catalog) => {
          catalog.runs.insert(sampleRun())
          catalog.runs.setCheckpoints('run1', points)
          catalog.runs.appendHistory('run1', entries)
          expect(catalog.runs.checkpoints('run1')).toStrictEqual(points)
          expect(catalog.runs.history('run1')).toStrictEqual(entries)
        })
      ),
      runs
    )
  })

  test('of synthetic sets and their pictures', async () => {
    const images = listOf(SyntheticImage, ({ file }) => file).map((list) =>
      list.map((image, index) => ({ ...image, index }))
    )
    await fc.assert(
      fc.asyncProperty(anyValueOf(Synthetic).map(inUse), images, (set, list) =>
        withCatalog(async ({ synthetic }) => {
          synthetic.insert(set, list)
          expect(synthetic.list()).toStrictEqual([set])
          expect(await synthetic.images(set.id)).toStrictEqual(list)
        })
      ),
      runs
    )
  })

  test('of packages', async () => {
    await fc.assert(
      fc.asyncProperty(anyValueOf(StoredPackage).map(inUse), (stored) =>
        withCatalog(({ packages }) => {
          packages.insert(stored)
          expect(packages.list()).toStrictEqual([stored])
        })
      ),
      runs
    )
  })

  test('of segmentation models', async () => {
    await fc.assert(
      fc.asyncProperty(anyValueOf(Segmenter).map(inUse), (segmenter) =>
        withCatalog((catalog) => {
          catalog.segmenters.insert(segmenter)
          expect(catalog.segmenters.list()).toStrictEqual([segmenter])
        })
      ),
      runs
    )
  })

  test('of studies', async () => {
    await fc.assert(
      fc.asyncProperty(anyValueOf(Study).map(inUse), (study) =>
        withCatalog((catalog) => {
          catalog.studies.insert(study)
          expect(catalog.studies.list()).toStrictEqual([study])
        })
      ),
      runs
    )
  })

  test('of tasks', async () => {
    await fc.assert(
      fc.asyncProperty(anyValueOf(Task), fc.boolean(), (task, computes) =>
        withCatalog(({ tasks }) => {
          tasks.insert(task, computes)
          expect(tasks.list()).toStrictEqual([task])
        })
      ),
      runs
    )
  })

  test('also one that was added to a schema and not to its table', () => {
    const db = new SQLite(':memory:')
    db.exec('CREATE TABLE birds (name TEXT, is_big INTEGER, of_hour TEXT, rest TEXT NOT NULL) STRICT')
    const Bird = z.object({
      name: z.string(),
      isBig: z.boolean(),
      ofHour: z.array(z.int()).default([]),
      colour: z.string().optional(),
      eggs: z.object({ count: z.int() }).optional()
    })
    const birds = new SchemaTable<z.infer<typeof Bird>>(db, 'birds', Bird)
    const all = [
      { name: 'wren', isBig: false, ofHour: [5, 6], colour: 'brown', eggs: { count: 6 } },
      { name: 'heron', isBig: true, ofHour: [] }
    ]
    const insert = birds.prepareInsert()
    for (const bird of all) insert(bird)

    expect(birds.prepareSelect('ORDER BY rowid')({})).toStrictEqual(all)
    expect(db.prepare('SELECT is_big, of_hour, rest FROM birds').all()).toEqual([
      { is_big: 0, of_hour: '[5,6]', rest: '{"colour":"brown","eggs":{"count":6}}' },
      { is_big: 1, of_hour: '[]', rest: '{}' }
    ])
    db.exec('UPDATE birds SET is_big = NULL')
    expect(() => birds.prepareSelect('')({})).toThrow('isBig')
    db.close()
  })
})
