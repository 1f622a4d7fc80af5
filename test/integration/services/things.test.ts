import { existsSync } from 'node:fs'
import { cp, mkdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openCatalog } from '../../../src/main/catalog/catalog.ts'
import type { AppError } from '../../../src/shared/errors.ts'
import { Task } from '../../../src/shared/tasks.ts'
import { makeWorkspace } from '../../support/made-workspace.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { openTestApp, type TestApp } from '../../support/test-app.ts'

let folder: string
let host: TestApp

beforeEach(async () => {
  folder = await temporaryFolder()
  await makeWorkspace(folder)
  host = await openTestApp(folder)
})
afterEach(() => host.app.close())

async function reopen(): Promise<void> {
  await host.app.close()
  host = await openTestApp(folder)
}

/** As after a loss of the catalogue. */
async function rebuild(): Promise<void> {
  await host.app.close()
  await rm(join(folder, 'catalog.sqlite'))
  host = await openTestApp(folder)
}

type AboutFields = Record<'dataset' | 'synthetic', Record<string, unknown>>

async function changeAbout(place: string, change: (about: AboutFields) => object): Promise<void> {
  const file = join(folder, place, 'about.json')
  await writeFile(file, JSON.stringify(change(JSON.parse(await readFile(file, 'utf8')) as AboutFields)))
}

const datasets = async () => (await host.request('datasets.list', {})).datasets
const runs = async () => (await host.request('runs.list', {})).runs.map(({ name }) => name)
const refusal = (work: Promise<unknown>): Promise<AppError> =>
  work.then(
    () => {
      throw new Error('It was not refused')
    },
    (thrown: unknown) => thrown as AppError // openTestApp throws no other
  )
const ids = (things: readonly { readonly id?: string | undefined }[] = []) => things.map(({ id }) => id)

describe('names and notes', () => {
  test('can be changed for things of every kind, and outlive the catalogue', async () => {
    for (const id of ['ds1', 'pr1', 'run1', 'sy1', 'k1']) {
      const { thing } = await host.request('things.rename', { thing: id, name: `new ${id}` })
      expect(thing).toMatchObject({ id, name: `new ${id}` })
      await host.request('things.note', { thing: id, note: `About ${id}.` })
    }
    const before = await host.request('workspace.show', {})
    expect(before.packages).toMatchObject([{ name: 'new k1', note: 'About k1.' }])
    await rebuild()

    expect(await host.request('workspace.show', {})).toEqual(before)
    await host.request('things.note', { thing: 'new ds1', note: '' })
    expect((await datasets())[0]).not.toHaveProperty('note')
  })

  test('given at the same time as the catalogue is made anew are all kept', async () => {
    const notes = Array.from({ length: 12 }, (_, i) => `Note ${i}.`)
    const noting = notes.map((note) => host.request('things.note', { thing: 'ds1', note }))
    const rebuilding = host.request('app.rebuild', {})
    const naming = host.request('things.rename', { thing: 'ds1', name: 'named meanwhile' })
    await Promise.all([...noting, rebuilding, naming])
    const before = await datasets()
    expect(before).toMatchObject([{ name: 'named meanwhile', note: 'Note 11.' }])
    await rebuild()
    expect(await datasets()).toEqual(before)
  })

  test('leave everything else in the description of a folder as it is', async () => {
    await host.request('things.rename', { thing: 'run1', name: 'renamed' })
    await rebuild()
    const { run } = await host.request('runs.show', { name: 'renamed' })
    expect(run).toMatchObject({ id: 'run1', state: 'finished', iteration: 1000, prepared: 'pr1' })
  })

  test('a name that is taken by one of the kind is refused, one of another kind is not', async () => {
    expect(await refusal(host.request('things.rename', { thing: 'run1', name: 'second run' }))).toMatchObject({
      kind: 'input',
      message: 'There is already a run called "second run".',
      remedies: [{ action: 'choose-name' }]
    })
    await host.request('things.rename', { thing: 'run1', name: 'livecell' })
    expect(await refusal(host.request('things.note', { thing: 'livecell', note: 'x' }))).toMatchObject({
      kind: 'usage',
      message: 'Several things are called "livecell": the data set ds1, the run run1.'
    })
    const { thing } = await host.request('things.note', { thing: 'livecell', kind: 'run', note: 'x' })
    expect(thing.id).toBe('run1')
  })

  test('what is not there is refused', async () => {
    expect(await refusal(host.request('things.rename', { thing: 'x', name: 'y' }))).toMatchObject({
      kind: 'input',
      message: 'There is no thing called "x" in this workspace.'
    })
    expect(await refusal(host.request('things.note', { thing: 'run1', note: 'a\u001B[2Jb' }))).toMatchObject({
      kind: 'usage'
    })
  })
})

describe('the trash', () => {
  test('takes a thing out of the lists and out of use, and gives its name free', async () => {
    expect(await host.request('things.trash', { things: ['hundred more'] })).toMatchObject({
      trashed: [{ kind: 'synthetic', id: 'sy1' }]
    })
    expect((await host.request('workspace.show', {})).synthetic).toEqual([])
    const out = join(folder, 'out.zip')
    expect(await refusal(host.request('packages.create', { set: 'hundred more', out }))).toMatchObject({
      kind: 'input',
      message: 'The synthetic set "hundred more" is in the trash.',
      remedies: [{ action: 'restore', name: 'hundred more' }]
    })
    expect(await refusal(host.request('things.rename', { thing: 'sy1', name: 'y' }))).toMatchObject({
      message: 'The synthetic set "hundred more" is in the trash.'
    })
    expect(ids((await host.request('things.inTrash', {})).things)).toEqual(['sy1'])
    expect(existsSync(join(folder, 'synthetic', 'sy1'))).toBe(true)
    await rebuild()
    expect((await host.request('workspace.show', {})).synthetic).toEqual([])
    expect(ids((await host.request('things.inTrash', {})).things)).toEqual(['sy1'])
  })

  test('does not take what other things need without being told what to do with them', async () => {
    const { trashed, needed } = await host.request('things.trash', { things: ['livecell'] })
    expect(trashed).toEqual([])
    expect(ids(needed)).toEqual(['pr1', 'run1', 'run2'])
    expect(await datasets()).toHaveLength(1)

    const left = await host.request('things.trash', { things: ['livecell'], needing: 'leave' })
    expect([ids(left.trashed), ids(left.needed)]).toEqual([['ds1'], ['pr1', 'run1', 'run2']])
    expect(await refusal(host.request('prepared.create', { dataset: 'ds1', name: 'again' }))).toMatchObject({
      message: 'The data set "livecell" is in the trash.'
    })
    const taken = await host.request('things.trash', { things: ['pr1'], needing: 'take' })
    expect([ids(taken.trashed), taken.needed]).toEqual([['pr1', 'run1', 'run2'], undefined])
    expect(await runs()).toEqual([])
  })

  test('tells of what is in it how large it is, and what still needs it', async () => {
    await host.request('things.trash', { things: ['ds1'], needing: 'leave' })
    await host.request('things.trash', { things: ['pr1'], needing: 'leave' })
    await host.request('things.trash', { things: ['sy1'] })
    const { things } = await host.request('things.inTrash', {})
    const told = new Map(things.map(({ id, ...thing }) => [id, thing]))
    expect([...told].map(([id, { neededBy }]) => [id, ids(neededBy)]).sort()).toEqual([
      ['ds1', ['run1', 'run2']], // through the prepared set, which is in the trash itself
      ['pr1', ['run1', 'run2']],
      ['sy1', []]
    ])
    expect(told.get('ds1')?.bytes).toBeGreaterThan(5000)
  })

  test('takes things with what needs them when all are named', async () => {
    const { trashed } = await host.request('things.trash', { things: ['run1', 'run2', 'pr1'] })
    expect(ids(trashed)).toEqual(['run1', 'run2', 'pr1'])
  })

  test('a model is needed by a run that begins from it, not by the pictures that it made', async () => {
    expect(ids((await host.request('things.trash', { things: ['run1'] })).needed)).toEqual(['run2'])
    await host.request('things.trash', { things: ['run1', 'run2'] })
    expect((await host.request('synthetic.show', { name: 'sy1' })).synthetic.id).toBe('sy1')
  })

  test('refuses a run that is being worked on', async () => {
    const catalog = openCatalog(join(folder, 'catalog.sqlite'))
    const [process] = catalog.processes.list()
    const task = { kind: 'resume', name: 'second run', input: {}, created: '2025-01-01', rank: 1 } as const
    catalog.tasks.insert(Task.parse({ ...task, id: 't1', state: 'running', thing: 'run2', worker: process?.id }), true)
    expect(await refusal(host.request('things.trash', { things: ['run2'] }))).toMatchObject({
      message: 'The run "second run" is being worked on.',
      remedies: [{ action: 'pause-run', run: 'second run' }]
    })
    catalog.close()
  })

  test('gives back a thing with what it needs, and with a number where its name was given away', async () => {
    await host.request('things.trash', { things: ['livecell'], needing: 'take' })
    const { thing, along } = await host.request('things.restore', { thing: 'pr1' })
    expect([thing.id, thing.trashed, ids(along)]).toEqual(['pr1', undefined, ['ds1']])

    await host.request('things.restore', { thing: 'run1' })
    await host.request('things.rename', { thing: 'run1', name: 'second run' })
    expect((await host.request('things.restore', { thing: 'run2' })).thing.name).toBe('second run 2')
    await rebuild()
    expect((await runs()).sort()).toEqual(['second run', 'second run 2'])
  })

  test('says what is not in it', async () => {
    expect(await refusal(host.request('things.restore', { thing: 'livecell' }))).toMatchObject({
      message: 'The data set "livecell" is not in the trash.'
    })
  })

  test('is emptied: folders and packages of the workspace are gone, files outside stay', async () => {
    const outside = join(await temporaryFolder(), 'mine.zip')
    await writeFile(outside, 'mine')
    await mkdir(join(folder, 'packages', 'k2'))
    const packed = { ...(await host.request('workspace.show', {})).packages[0], id: 'k2', name: 'mine', file: outside }
    await writeFile(
      join(folder, 'packages', 'k2', 'about.json'),
      JSON.stringify({ kind: 'package', version: 1, package: packed })
    )
    await reopen()
    const before = await host.request('things.storage', {})
    await host.request('things.trash', { things: ['livecell', 'a', 'mine'], needing: 'take' })
    const { removed, bytes, kept } = await host.request('things.emptyTrash', {})

    expect(ids(removed).sort()).toEqual(['ds1', 'k1', 'k2', 'pr1', 'run1', 'run2'])
    expect(kept).toEqual([outside])
    expect(bytes).toBeGreaterThan(5000)
    for (const path of ['datasets/ds1', 'prepared/pr1', 'runs/run1', 'packages/k1', 'packages/k2', 'packages/a.zip']) {
      expect(existsSync(join(folder, path))).toBe(false)
    }
    expect(existsSync(outside)).toBe(true)
    await reopen()
    const after = await host.request('things.storage', {})
    expect(ids(after.things)).toEqual(['sy1'])
    expect(after.bytes.trash).toBe(0)
    expect(before.bytes.total - after.bytes.total).toBeGreaterThan(5000)
  })
})

test('a study is a thing like the others: named, noted, counted, in the trash and back, and rebuilt from its folder', async () => {
  const study = { id: 'st1', name: 'Table 2', created: '2025-03-01T00:00:00.000Z' }
  const about = {
    kind: 'study',
    version: 1,
    study: { ...study, arms: ['real', 'synthetic'] },
    results: 'of a later version'
  }
  await mkdir(join(folder, 'studies/st1'), { recursive: true })
  await writeFile(join(folder, 'studies/st1/about.json'), JSON.stringify(about))
  await reopen()

  await host.request('things.note', { thing: 'Table 2', kind: 'study', note: 'For the paper.' })
  const { thing } = await host.request('things.rename', { thing: 'st1', kind: 'study', name: 'few images' })
  expect(thing).toMatchObject({ kind: 'study', id: 'st1', name: 'few images', note: 'For the paper.' })
  const written = await readFile(join(folder, 'studies/st1/about.json'), 'utf8')
  expect(JSON.parse(written)).toEqual({
    ...about,
    study: { ...about.study, name: 'few images', note: 'For the paper.' }
  })
  expect((await host.request('things.storage', {})).bytes.studies).toBe(written.length)

  await host.request('things.trash', { things: ['few images'] })
  expect((await host.request('things.storage', {})).bytes.studies).toBe(0)
  expect((await host.request('app.rebuild', {})).rebuilt).toMatchObject({ packages: 1, studies: 1 })
  expect(ids((await host.request('things.inTrash', {})).things)).toEqual(['st1'])
  expect((await host.request('things.restore', { thing: 'few images', kind: 'study' })).thing.note).toBe(
    'For the paper.'
  )
  await host.request('things.trash', { things: ['st1'] })
  await host.request('things.emptyTrash', {})
  expect(existsSync(join(folder, 'studies/st1'))).toBe(false)
})

describe('storage and origin', () => {
  test('storage adds up to what the workspace takes, the largest thing first', async () => {
    await host.request('things.trash', { things: ['sy1'] })
    const { bytes, things } = await host.request('things.storage', {})
    const { total, free, ...parts } = bytes
    expect(Object.values(parts).reduce((sum, part) => sum + part, 0)).toBe(total)
    expect(free).toBeGreaterThan(0)
    expect(things[0]).toMatchObject({ id: 'ds1' })
    const about = await stat(join(folder, 'datasets/ds1/about.json'))
    expect(bytes.datasets).toBe(5000 + about.size)
    const { size } = await stat(join(folder, 'packages/k1/about.json'))
    expect(bytes.packages).toBe(600 + size)
    expect(bytes.trash).toBe((await stat(join(folder, 'synthetic/sy1/about.json'))).size)
    expect(parts.other).toBeGreaterThan(1000)
  })

  test('origin follows what a thing was made from to its source, and what was made from it to its package', async () => {
    const packed = await host.request('things.origin', { thing: 'k1' })
    expect(packed.origin).toMatchObject({
      from: [
        { kind: 'synthetic', id: 'sy1' },
        { kind: 'run', id: 'run1' },
        { kind: 'prepared', id: 'pr1' },
        { kind: 'dataset', id: 'ds1' },
        { kind: 'file', name: '/data/livecell' }
      ],
      usedBy: []
    })
    const { origin } = await host.request('things.origin', { thing: 'ds1' })
    expect(ids(origin.usedBy)).toEqual(['pr1', 'run1', 'run2', 'sy1', 'k1'])
    await host.request('things.trash', { things: ['run1'], needing: 'leave' })
    const { usedBy } = (await host.request('things.origin', { thing: 'pr1' })).origin
    expect(usedBy[0]).toMatchObject({ id: 'run1', trashed: expect.any(String) as string })
  })

  test('origin of an older set goes by the name of its run, and what is gone is said to be', async () => {
    await host.app.close()
    await rm(join(folder, 'catalog.sqlite'))
    await changeAbout('synthetic/sy1', ({ synthetic: { run: _, ...older }, ...about }) => ({
      ...about,
      synthetic: older
    }))
    await rm(join(folder, 'prepared/pr1'), { recursive: true })
    host = await openTestApp(folder)

    expect((await host.request('things.origin', { thing: 'sy1' })).origin.from).toMatchObject([
      { kind: 'run', id: 'run1' },
      { kind: 'prepared', id: 'pr1', missing: true }
    ])
  })
})

describe('a thing whose files were taken away from outside', () => {
  const aside = () => join(folder, 'aside')

  test('is shown as missing, is refused where it is needed, and blocks no name', async () => {
    await host.app.close()
    await rename(join(folder, 'datasets/ds1'), aside())
    host = await openTestApp(folder)

    expect(await datasets()).toMatchObject([{ name: 'livecell', missing: true }])
    expect(await refusal(host.request('datasets.show', { name: 'livecell' }))).toMatchObject({
      kind: 'input',
      message: 'The files of the data set "livecell" (ds1) are no longer in the workspace.'
    })
    await host.app.close()
    await cp(aside(), join(folder, 'datasets/ds2'), { recursive: true })
    await changeAbout('datasets/ds2', ({ dataset, ...about }) => ({ ...about, dataset: { ...dataset, id: 'ds2' } }))
    host = await openTestApp(folder)
    expect((await datasets()).map(({ id, name }) => [id, name])).toEqual([
      ['ds1', 'livecell'],
      ['ds2', 'livecell']
    ])
    expect((await host.request('datasets.show', { name: 'livecell' })).dataset.id).toBe('ds2')

    await host.app.close()
    await rename(aside(), join(folder, 'datasets/ds1'))
    host = await openTestApp(folder)
    expect((await datasets()).map(({ id, name, missing }) => [id, name, missing])).toEqual([
      ['ds1', 'livecell 2', undefined],
      ['ds2', 'livecell', undefined]
    ])
  })

  test('can be removed', async () => {
    await host.app.close()
    await rm(join(folder, 'synthetic/sy1'), { recursive: true })
    host = await openTestApp(folder)
    await host.request('things.trash', { things: ['sy1'] })
    await host.request('things.emptyTrash', {})
    await reopen()
    expect((await host.request('workspace.show', {})).synthetic).toEqual([])
  })
})

describe('The place of a thing', () => {
  test('is its folder, a file in it, or the file of a package', async () => {
    const place = async (input: object) => (await host.request('things.place', { thing: '', ...input })).path
    expect(await place({ thing: 'livecell', kind: 'dataset' })).toBe(join(folder, 'datasets/ds1'))
    expect(await place({ thing: 'ds1', file: 'images/a.tif' })).toBe(join(folder, 'datasets/ds1/images/a.tif'))
    expect(await place({ thing: 'k1' })).toBe(join(folder, 'packages/a.zip'))
  })

  test('is nothing outside, over a link either, and nothing that is gone', async () => {
    const outside = await temporaryFolder()
    await symlink(outside, join(folder, 'datasets/ds1/link'))
    const refused = (file: string) => refusal(host.request('things.place', { thing: 'ds1', file }))
    for (const file of ['../../catalog.sqlite', '/etc/passwd', 'images/../..']) {
      expect(await refused(file)).toMatchObject({ kind: 'usage' })
    }
    expect(await refused('link')).toMatchObject({ kind: 'input' })
    expect(await refused('images/b.tif')).toMatchObject({
      message: `${join(folder, 'datasets/ds1/images/b.tif')} is not there any more.`
    })
  })
})
