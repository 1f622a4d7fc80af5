import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import SQLite from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { openCatalog } from '../../src/main/catalog/catalog.ts'
import { closeDatabase, journalMode, openDatabase } from '../../src/main/catalog/database.ts'
import { backupPath, migrate, migrations } from '../../src/main/catalog/migrations.ts'
import { ownMark } from '../../src/main/files/living-process.ts'
import { AppError } from '../../src/shared/errors.ts'
import { RandomStream } from '../../src/shared/random.ts'
import { sampleDataset, sampleDatasetImages, sampleRun, sampleStep } from '../support/catalog-samples.ts'
import { catalogWriter } from '../support/catalog-writer.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

async function catalogFile(): Promise<string> {
  return resolve(await temporaryFolder(), 'catalog.sqlite')
}

describe('a catalogue on disk', () => {
  test('keeps what was stored when it is opened again', async () => {
    const file = await catalogFile()
    const first = openCatalog(file)
    first.datasets.insert(sampleDataset(), sampleDatasetImages())
    first.close()
    const second = openCatalog(file)

    expect(second.datasets.list()).toStrictEqual([sampleDataset()])
    second.close()
  })

  test('is one file after it was closed', async () => {
    const file = await catalogFile()
    const catalog = openCatalog(file)
    catalog.runs.insert(sampleRun())
    expect(readdirSync(resolve(file, '..'))).toContain('catalog.sqlite-wal')
    catalog.close()

    expect(readdirSync(resolve(file, '..'))).toEqual(['catalog.sqlite'])
  })

  test('waits for the disk at every commit, checks references and trusts no schema, also after a write', async () => {
    const db = openDatabase(await catalogFile(), (opened) => opened)
    const settings = () =>
      ['journal_mode', 'synchronous', 'foreign_keys', 'trusted_schema', 'application_id'].map((name) =>
        db.pragma(name, { simple: true })
      )
    const wanted = ['wal', 2, 1, 0, 0x43794c6d]
    expect(settings()).toEqual(wanted)
    db.exec("INSERT INTO studies VALUES ('1', 'a', 'now', NULL, NULL, '{}')")
    expect(settings()).toEqual(wanted)
    closeDatabase(db)
  })

  test.runIf(process.platform === 'linux')('keeps no log in shared memory on a disk that computers share', () => {
    const [nfs, smb, ext4, btrfs] = [0x6969, 0xfe534d42, 0xef53, 0x9123683e]
    expect([nfs, smb, ext4, btrfs].map(journalMode)).toEqual(['TRUNCATE', 'TRUNCATE', 'WAL', 'WAL'])
  })

  test('is read by one process while another writes', async () => {
    const file = await catalogFile()
    const [writer, reader] = [openCatalog(file), openCatalog(file)]
    writer.runs.insert(sampleRun())
    writer.transaction(() => {
      writer.runs.appendHistory('run1', [sampleStep(1)])
      expect(reader.runs.history('run1')).toEqual([])
    })
    expect(reader.runs.history('run1')).toEqual([sampleStep(1)])
    writer.close()
    reader.close()
  })

  test('says in a table which file holds the outlines of an image', async () => {
    const file = await catalogFile()
    const catalog = openCatalog(file)
    catalog.datasets.insert(sampleDataset(), sampleDatasetImages())
    catalog.close()
    const db = new SQLite(file, { readonly: true })

    expect(db.prepare('SELECT id, annotation FROM images').all()).toEqual([
      { id: 1, annotation: 'cells/1.json' },
      { id: 2, annotation: null }
    ])
    db.close()
  })
})

describe('migrations', () => {
  test('001 makes every table, all of them strict', () => {
    const db = new SQLite(':memory:')
    migrate(db, ':memory:', migrations.slice(0, 1))
    const tables = db
      .prepare<[], { name: string; strict: number }>(
        "SELECT name, strict FROM pragma_table_list WHERE schema = 'main' ORDER BY name"
      )
      .all()

    expect(tables.filter(({ name }) => !name.startsWith('sqlite_'))).toEqual(
      [
        'checkpoints',
        'dataset_classes',
        'datasets',
        'images',
        'metrics',
        'packages',
        'prepared_images',
        'prepared_sets',
        'runs',
        'studies',
        'synthetic_classes',
        'synthetic_images',
        'synthetic_sets'
      ].map((name) => ({ name, strict: 1 }))
    )
    expect(db.pragma('user_version', { simple: true })).toBe(1)
    db.close()
  })

  test('002 keeps the images of before, and lets new ones say how they were read', () => {
    const db = new SQLite(':memory:')
    migrate(db, ':memory:', migrations.slice(0, 1))
    const insert = (columns: string, values: string) =>
      db.prepare(
        `INSERT INTO images (dataset_id, id, file, width, height, channels, bits, class, image_group, annotated, cells,
                             sha256${columns})
         VALUES ('d', ${db.prepare('SELECT * FROM images').all().length + 1}, 'a.tif' || random(), 1, 1, 1, 8, '', '', 0, 0, ''${values})`
      )
    db.prepare(
      "INSERT INTO datasets (id, name, created, format, images, annotated, cells) VALUES ('d', 'd', '', '', 1, 0, 0)"
    ).run()
    insert('', '').run()
    migrate(db, ':memory:', migrations.slice(0, 2))
    insert(', reading', `, '{"taken":"depth 3"}'`).run()
    expect(db.prepare('SELECT reading FROM images ORDER BY id').all()).toEqual([
      { reading: null },
      { reading: '{"taken":"depth 3"}' }
    ])
    expect(() => insert(', reading', ", 'no json'").run()).toThrow('CHECK')
    db.close()
  })

  test('wait until an older program that works on the workspace is closed', () => {
    const db = new SQLite(':memory:')
    migrate(db, ':memory:', migrations.slice(0, 4))
    const { place, pid } = ownMark()
    db.prepare("INSERT INTO processes VALUES ('older', ?, ?, NULL, '0.0.1', 3)").run(place, pid)
    expect(() => migrate(db, ':memory:')).toThrow('An older CytoLoom is working on this workspace.')
    db.prepare('UPDATE processes SET pid = 99999999').run()
    migrate(db, ':memory:')
    expect(db.pragma('user_version', { simple: true })).toBe(migrations.length)
    db.close()
  })

  test('006 keeps runs with all that hangs on them, and calls those stopped that ended before their last iteration', () => {
    const db = new SQLite(':memory:')
    migrate(db, ':memory:', migrations.slice(0, 5))
    const insert = db.prepare(
      `INSERT INTO runs (id, name, created, prepared, state, iteration, classes, settings, rest)
       VALUES (:id, :id, '', 'p', :state, :iteration, '[]', '{"iterations": 40}', '{}')`
    )
    insert.run({ id: 'early', state: 'finished', iteration: 20 })
    insert.run({ id: 'whole', state: 'finished', iteration: 40 })
    insert.run({ id: 'paused', state: 'paused', iteration: 20 })
    db.exec("INSERT INTO metrics (run_id, iteration, kind, metric, entry) VALUES ('early', 3, 'step', '', '{}')")
    db.exec("INSERT INTO checkpoints (run_id, iteration, folder, is_best) VALUES ('early', 3, '00000003', 1)")
    migrate(db, ':memory:', migrations.slice(0, 6))

    expect(db.prepare('SELECT id, state FROM runs ORDER BY rowid').raw().all()).toEqual([
      ['early', 'stopped'],
      ['whole', 'finished'],
      ['paused', 'paused']
    ])
    expect(db.prepare('SELECT run_id, iteration FROM metrics').raw().all()).toEqual([['early', 3]])
    expect(db.prepare('SELECT run_id, folder FROM checkpoints').raw().all()).toEqual([['early', '00000003']])
    db.exec("DELETE FROM runs WHERE id = 'early'")
    expect(db.prepare('SELECT * FROM metrics').all()).toEqual([])
    expect(db.prepare('SELECT * FROM checkpoints').all()).toEqual([])
    db.close()
  })

  test('copy the catalogue before each step, and keep the copies', async () => {
    const file = await catalogFile()
    const catalog = openCatalog(file)
    catalog.datasets.insert(sampleDataset(), [])
    catalog.close()
    const db = openDatabase(file, (opened) => opened)
    const steps = [...migrations, 'ALTER TABLE datasets ADD COLUMN note TEXT', 'DROP TABLE studies']
    migrate(db, file, steps)

    expect(db.pragma('user_version', { simple: true })).toBe(migrations.length + 2)
    closeDatabase(db)
    const copy = openCatalog(backupPath(file, migrations.length))
    expect(copy.datasets.list()).toStrictEqual([sampleDataset()])
    copy.close()
    const second = new SQLite(backupPath(file, migrations.length + 1), { readonly: true })
    expect(second.prepare('SELECT note FROM datasets').all()).toEqual([{ note: null }])
    second.close()
  })

  test('that fail in the middle leave the version before', async () => {
    const file = await catalogFile()
    openCatalog(file).close()
    const db = openDatabase(file, (opened) => opened)
    const broken = 'CREATE TABLE half (id INTEGER) STRICT; INSERT INTO nowhere VALUES (1);'

    expect(() => migrate(db, file, [...migrations, broken])).toThrow('nowhere')
    expect(db.pragma('user_version', { simple: true })).toBe(migrations.length)
    expect(db.prepare("SELECT count(*) AS found FROM sqlite_schema WHERE name = 'half'").get()).toEqual({ found: 0 })
    closeDatabase(db)
  })

  test('that are cut off after any statement leave an empty file, which the next start fills', async () => {
    const file = await catalogFile()
    const statements = migrations.join('').split(/(?<=STRICT(?:, WITHOUT ROWID)?;)/)
    expect(statements.length).toBeGreaterThan(12)
    for (let done = 0; done < statements.length; done++) {
      const db = new SQLite(file)
      expect(() =>
        migrate(db, file, [`${statements.slice(0, done).join('')} INSERT INTO nowhere VALUES (1);`])
      ).toThrow()
      expect(db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get()).toEqual({ tables: 0 })
      db.close()
    }
    openCatalog(file).close()
  })

  test('replace a copy that a kill left unfinished', async () => {
    const file = await catalogFile()
    openCatalog(file).close()
    writeFileSync(`${backupPath(file, migrations.length)}.unfinished`, 'half a copy')
    const db = openDatabase(file, (opened) => opened)
    migrate(db, file, [...migrations, 'DROP TABLE studies'])
    closeDatabase(db)

    expect(readdirSync(resolve(file, '..')).sort()).toEqual([
      'catalog.sqlite',
      `catalog.sqlite.backup-v${migrations.length}`
    ])
  })

  test('are done once when two processes meet a new workspace', async () => {
    const file = await catalogFile()
    const writers = [startWriter(file, 'a'), startWriter(file, 'b')]
    await Promise.all(writers.map((writer) => once(writer, 'message')))
    await Promise.all(writers.map(kill))
    const catalog = openCatalog(file)

    expect(catalog.runs.list().map(({ name }) => name)).toEqual(expect.arrayContaining(['a', 'b']))
    catalog.close()
  })
})

describe('a file that cannot be the catalogue', () => {
  const refusal = (file: string): unknown => {
    try {
      openCatalog(file).close()
    } catch (thrown) {
      return thrown
    }
    return undefined
  }

  test('is refused untouched when a newer program wrote it', async () => {
    const file = await catalogFile()
    openCatalog(file).close()
    const db = new SQLite(file)
    db.pragma(`user_version = ${migrations.length + 1}`)
    db.close()
    const before = readFileSync(file)

    expect(refusal(file)).toMatchObject({
      kind: 'input',
      file,
      message: `${file} was written by a newer CytoLoom (catalogue version ${migrations.length + 1}; this one knows up to ${migrations.length}).`,
      next: 'Update CytoLoom, or use another workspace.',
      remedies: [{ action: 'choose-workspace' }]
    })
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test('is refused when another program wrote it', async () => {
    const file = await catalogFile()
    const db = new SQLite(file)
    db.exec('CREATE TABLE birds (name TEXT)')
    db.close()

    expect(refusal(file)).toMatchObject({ kind: 'input', message: `${file} is a database of another program.` })
  })

  test('is called damaged when it is no database', async () => {
    const file = await catalogFile()
    writeFileSync(file, 'This is not a database, although it is longer than a header of one would be. '.repeat(20))

    expect(refusal(file)).toMatchObject({ kind: 'input', message: `${file} is damaged.` })
  })

  test('is called damaged when pages were overwritten', async () => {
    const file = await catalogFile()
    const catalog = openCatalog(file)
    catalog.datasets.insert(sampleDataset(), sampleDatasetImages())
    catalog.close()
    const bytes = readFileSync(file)
    for (let page = 1; page < bytes.length / 4096; page++) bytes.fill(0xa5, page * 4096 + 8, page * 4096 + 600)
    writeFileSync(file, bytes)

    expect(refusal(file)).toMatchObject({ kind: 'input', message: `${file} is damaged.` })
  })

  test('never ends in anything but a sentence, whichever byte was flipped', async () => {
    const file = await catalogFile()
    const catalog = openCatalog(file)
    catalog.datasets.insert(sampleDataset(), sampleDatasetImages())
    catalog.runs.insert(sampleRun())
    catalog.close()
    const bytes = readFileSync(file)
    const random = new RandomStream(1, 'flips')
    const header = Array.from({ length: 100 }, (_, at) => at)
    const anywhere = Array.from({ length: 200 }, () => random.integer(bytes.length))
    const unexplained: object[] = []
    for (const at of [...header, ...anywhere]) {
      const flipped = Buffer.from(bytes)
      flipped[at] = (flipped[at] ?? 0) ^ (1 << random.integer(8))
      writeFileSync(file, flipped)
      const thrown = refusal(file)
      if (thrown !== undefined && !(thrown instanceof AppError)) unexplained.push({ at, thrown })
    }
    expect(unexplained).toEqual([])
  })

  test('is named when its folder is not there or it is a folder itself', async () => {
    const folder = await temporaryFolder()
    const missing = resolve(folder, 'no', 'catalog.sqlite')
    expect(refusal(missing)).toMatchObject({ kind: 'input', message: `The folder of ${missing} does not exist.` })
    expect(refusal(folder)).toMatchObject({ kind: 'input', message: `${folder} cannot be opened for writing.` })
  })
})

describe('a process that is killed while it writes', () => {
  test('leaves whole transactions, every one that it reported, and a catalogue that opens', async () => {
    const file = await catalogFile()
    openCatalog(file).close()
    let stored = 0
    for (let round = 0; round < 6; round++) {
      const writer = startWriter(file, `round ${round}`)
      let reported = -1
      writer.on('message', (iteration: number) => (reported = iteration))
      await once(writer, 'message')
      await new Promise((resume) => setTimeout(resume, 5 + 17 * round))
      await kill(writer)

      const catalog = openCatalog(file)
      const run = catalog.runs.require(`round ${round}`)
      const iterations = catalog.runs.history(run.id).map((entry) => entry.iteration)
      expect(iterations).toEqual(Array.from(iterations, (_, i) => i))
      expect(run.iteration).toBe(iterations.length - 1)
      expect(iterations.length - 1).toBeGreaterThanOrEqual(reported)
      stored += iterations.length
      catalog.close()
    }
    expect(stored).toBeGreaterThan(6)
    expect(existsSync(`${file}-wal`)).toBe(false)
  })
})

/** Another process that opens the catalogue and writes one iteration after the other until it is killed. */
function startWriter(file: string, name: string): ChildProcess {
  return fork(catalogWriter, [file, name], { execArgv: [] })
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
}
