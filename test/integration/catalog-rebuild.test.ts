import { execFileSync } from 'node:child_process'
import { cp, mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCatalog } from '../../src/main/catalog/catalog.ts'
import {
  sampleDataset,
  sampleDatasetImages,
  samplePackage,
  samplePrepared,
  samplePreparedImages,
  sampleRun,
  sampleStep
} from '../support/catalog-samples.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { openTestApp, sampleFolder, type TestApp } from '../support/test-app.ts'

describe('a workspace with things of every kind', () => {
  let folder: string
  let elsewhere: string
  let run: string

  beforeAll(async () => {
    folder = join(await temporaryFolder(afterAll), 'workspace')
    elsewhere = await temporaryFolder(afterAll)
    const host = await openTestApp(folder)
    await host.request('datasets.import', { source: sampleFolder, name: 'sample', format: 'labels', maxImages: 16 })
    await host.request('prepared.create', { dataset: 'sample', name: 'tiles', tile: 16, scale: 0.25 })
    const training = { preset: 'demo', batch: 4, engine: 'wasm', iterations: 4, evaluateEvery: 4 } as const
    run = (await host.request('runs.train', { ...training, prepared: 'tiles', name: 'first' })).run.id
    await host.request('synthetic.generate', { run: 'first', name: 'made', perClass: 1, engine: 'wasm' })
    await host.request('packages.create', { set: 'made', out: join(folder, 'packages', 'for me.zip') })
    await host.request('packages.create', { set: 'sample', out: join(elsewhere, 'sample.zip') })
    await host.app.close()
  }, 300_000)

  /** All lists, and what each list does not show of its things. */
  async function everythingOf(host: TestApp) {
    return {
      lists: await host.request('workspace.show', {}),
      dataset: await host.request('datasets.show', { name: 'sample' }),
      run: await host.request('runs.show', { name: 'first' }),
      synthetic: await host.request('synthetic.show', { name: 'made' })
    }
  }

  async function inWorkspace<Result>(use: (host: TestApp) => Promise<Result>, at = folder): Promise<Result> {
    const host = await openTestApp(at)
    try {
      return await use(host)
    } finally {
      await host.app.close()
    }
  }

  test('is the same again after its catalogue was deleted, and its model makes pictures', async () => {
    const before = await inWorkspace(everythingOf)
    expect(before.lists.packages.map(({ name, file }) => [name, file])).toEqual([
      ['sample', join(elsewhere, 'sample.zip')],
      ['for me', join(folder, 'packages', 'for me.zip')]
    ])
    expect(before.run.checkpoints.map(({ iteration }) => iteration)).toEqual([4])
    await rm(join(folder, 'catalog.sqlite'))

    await inWorkspace(async (host) => {
      expect(await everythingOf(host)).toEqual(before)
      const made = await host.request('synthetic.generate', { run: 'first', name: 'more', count: 1, engine: 'wasm' })
      expect(made.synthetic.iteration).toBe(before.run.run.best?.iteration)
      await rm(join(folder, 'synthetic', made.synthetic.id), { recursive: true })
    })
  })

  test('is made anew when that is asked for: what has no folder any more is gone, and the catalogue before it is kept', async () => {
    await inWorkspace(async (host) => {
      const before = await everythingOf(host)
      const { rebuilt, left, before: copy } = await host.request('app.rebuild', {})
      expect(rebuilt).toEqual({
        datasets: 1,
        prepared: 1,
        runs: 1,
        synthetic: 1,
        packages: 2,
        studies: 0,
        segmenters: 0
      })
      expect(left).toEqual([])
      const after = await everythingOf(host)
      // Its folder was removed in the test before.
      const synthetic = before.lists.synthetic.filter(({ name }) => name !== 'more')
      expect(after).toEqual({ ...before, lists: { ...before.lists, synthetic } })
      const older = openCatalog(copy)
      expect(older.synthetic.list().map(({ name }) => name)).toContain('more')
      older.close()
    })
  })

  test('knows of a run that was cut off what its files know', async () => {
    const about = join(folder, 'runs', run, 'about.json')
    const finished = await readFile(about, 'utf8')
    const cutOff = JSON.parse(finished) as { run: Record<string, unknown> }
    const { best: _, ...begun } = cutOff.run
    await writeFile(about, JSON.stringify({ ...cutOff, run: { ...begun, state: 'running', iteration: 0 } }))
    const before = await inWorkspace((host) => host.request('runs.show', { name: 'first' }))
    await rm(join(folder, 'catalog.sqlite'))

    const after = await inWorkspace((host) => host.request('runs.show', { name: 'first' }))
    expect(after).toEqual({ ...before, run: { ...before.run, state: 'paused' } })
    expect(after.run).toMatchObject({ iteration: 4, best: before.run.best })
    await writeFile(about, finished)
  })

  test('can be moved, and its own packages move along', async () => {
    const moved = join(folder, '..', 'moved')
    await cp(folder, moved, { recursive: true })
    const { packages } = await inWorkspace((host) => host.request('workspace.show', {}), moved)
    expect(packages.map(({ file }) => file)).toEqual([
      join(elsewhere, 'sample.zip'),
      join(moved, 'packages', 'for me.zip')
    ])
  })

  test('gets the descriptions of packages that an older version did not write', async () => {
    const { packages } = await inWorkspace((host) => host.request('workspace.show', {}))
    for (const { id } of packages) await rm(join(folder, 'packages', id), { recursive: true })
    await inWorkspace(() => Promise.resolve())
    await rm(join(folder, 'catalog.sqlite'))

    expect((await inWorkspace((host) => host.request('workspace.show', {}))).packages).toEqual(packages)
  })
})

describe('a workspace from a stranger', () => {
  const about = { kind: 'dataset', version: 1, dataset: sampleDataset('ds1'), images: sampleDatasetImages() }
  const run = { kind: 'run', version: 1, run: sampleRun('run1') }

  async function workspaceWith(files: Readonly<Record<string, unknown>>): Promise<string> {
    const folder = join(await temporaryFolder(), 'workspace')
    for (const [path, content] of Object.entries(files)) {
      await mkdir(join(folder, path, '..'), { recursive: true })
      await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content))
    }
    return folder
  }

  async function leftOf(folder: string) {
    const host = await openTestApp(folder)
    try {
      const { rebuilt, left } = await host.request('app.rebuild', {})
      return { rebuilt, left: left.map(({ folder: at, reason }) => `${at} ${reason}`).sort() }
    } finally {
      await host.app.close()
    }
  }

  test('is taken in as far as its folders tell of themselves and of nothing outside', async () => {
    const image = sampleDatasetImages().slice(0, 1)
    const withFile = (file: string) => ({ ...about, images: image.map((one) => ({ ...one, file })) })
    const folder = await workspaceWith({
      'datasets/ds1/about.json': about,
      'datasets/ds2/about.json': about,
      'datasets/ds3/about.json': { ...about, dataset: { ...about.dataset, id: '../../etc' } },
      'datasets/up/about.json': withFile('../../../secret.tif'),
      'datasets/root/about.json': withFile('/etc/passwd'),
      'datasets/drive/about.json': withFile('C:/secret.tif'),
      'datasets/back/about.json': withFile('..\\secret.tif'),
      'datasets/none/notes.txt': 'mine',
      'runs/run1/about.json': run,
      'runs/run1/metrics.jsonl': `${JSON.stringify(sampleStep(1))}\n{"kind":"sample","iteration":2,"file":"../../x"}\n`,
      'runs/run2/about.json': { ...run, run: { ...run.run, id: 'run2', name: 'other', prepared: '../elsewhere' } }
    })

    expect(await leftOf(folder)).toEqual({
      rebuilt: { datasets: 1, prepared: 0, runs: 1, synthetic: 0, packages: 0, studies: 0, segmenters: 0 },
      left: [
        'datasets/back has an about.json that is damaged or of another version (images.0.file)',
        'datasets/drive has an about.json that is damaged or of another version (images.0.file)',
        'datasets/ds2 says that it is another folder',
        'datasets/ds3 has an about.json that is damaged or of another version (dataset.id)',
        'datasets/none has no about.json',
        'datasets/root has an about.json that is damaged or of another version (images.0.file)',
        'datasets/up has an about.json that is damaged or of another version (images.0.file)',
        'runs/run2 has an about.json that is damaged or of another version (run.prepared)'
      ]
    })
  })

  test('whose folders hold links is not followed out of them', async () => {
    const folder = await workspaceWith({ 'runs/run1/about.json': run, 'outside/about.json': run })
    await symlink(join(folder, 'outside'), join(folder, 'runs', 'run1', 'checkpoints'))
    await mkdir(join(folder, 'datasets'))
    await symlink(join(folder, 'outside'), join(folder, 'datasets', 'ds1'))

    expect(await leftOf(folder)).toEqual({
      rebuilt: { datasets: 0, prepared: 0, runs: 0, synthetic: 0, packages: 0, studies: 0, segmenters: 0 },
      left: ['runs/run1 holds a link to another place (checkpoints)']
    })
  })

  test('in whose folders a link was put afterwards is not written through it', async () => {
    const other = sampleRun('run1')
    const folder = await workspaceWith({
      'prepared/pr1/about.json': {
        kind: 'prepared',
        version: 1,
        result: samplePrepared(),
        images: samplePreparedImages(),
        limits: []
      },
      'runs/run1/about.json': { ...run, run: { ...other, state: 'paused', iteration: 10 } },
      'outside/00000008/mine.txt': 'mine'
    })
    const host = await openTestApp(folder)
    await symlink(join(folder, 'outside'), join(folder, 'runs', 'run1', 'checkpoints'))
    const refused = { kind: 'input', message: 'The folder of "first run" holds a link to another place: checkpoints.' }
    await expect(host.request('runs.resume', { run: 'run1' })).rejects.toMatchObject(refused)
    await expect(host.request('runs.evaluate', { run: 'run1' })).rejects.toMatchObject(refused)
    await host.app.close()
    expect(await readFile(join(folder, 'outside/00000008/mine.txt'), 'utf8')).toBe('mine')
  })

  test.each(['datasets', 'runs', 'catalog.sqlite'])('whose %s lies elsewhere is not opened', async (name) => {
    const folder = await workspaceWith({ 'runs/run1/about.json': run, 'outside/mine.txt': 'mine' })
    await rm(join(folder, name), { recursive: true, force: true })
    await symlink(join(folder, 'outside', name === 'catalog.sqlite' ? name : ''), join(folder, name))
    await expect(openTestApp(folder)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(/is a link to another place/) as unknown
    })
    expect(await readdir(join(folder, 'outside'))).toEqual(['mine.txt'])
  })

  test('whose folders are links, or hold pipes and endless files, is neither read nor waited for', async () => {
    const folder = await workspaceWith({ 'outside/images/a.tif': 'secret', 'outside/cells/1.json': '[]' })
    for (const id of ['r1', 'r2', 'r3']) await mkdir(join(folder, 'runs', id), { recursive: true })
    await symlink('/dev/zero', join(folder, 'runs/r1/about.json'))
    execFileSync('mkfifo', [join(folder, 'runs/r2/about.json')])
    await writeFile(join(folder, 'runs/r3/about.json'), '')
    await truncate(join(folder, 'runs/r3/about.json'), 2 ** 33)
    await mkdir(join(folder, 'datasets/ds9'), { recursive: true })
    const catalog = openCatalog(join(folder, 'catalog.sqlite'))
    catalog.datasets.insert(sampleDataset('ds9', 'linked'), sampleDatasetImages())
    catalog.close()
    const host = await openTestApp(folder)
    await rm(join(folder, 'datasets/ds9'), { recursive: true })
    await symlink(join(folder, 'outside'), join(folder, 'datasets', 'ds9'))
    for (const [request, input] of [
      ['masks.graph', { dataset: 'linked' }],
      ['prepared.create', { dataset: 'linked', name: 'new', tile: 8 }]
    ] as const) {
      await expect(host.request(request, input as never)).rejects.toMatchObject({
        message: 'The folder of "linked" holds a link to another place: ..'
      })
    }
    await host.app.close()
    expect((await leftOf(folder)).left).toEqual([
      'runs/r1 holds a link to another place (about.json)',
      'runs/r2 holds a link to another place (about.json)',
      'runs/r3 has an about.json that is too large'
    ])
  })

  test('whose package is said to lie behind a link loses nothing there when its trash is emptied', async () => {
    const stored = { ...samplePackage(), id: 'k1', file: 'packages/out/mine.zip', trashed: '2025-01-01T00:00:00.000Z' }
    const folder = await workspaceWith({
      'packages/k1/about.json': { kind: 'package', version: 1, package: stored },
      'outside/mine.zip': 'mine'
    })
    await symlink(join(folder, 'outside'), join(folder, 'packages', 'out'))
    const host = await openTestApp(folder)
    expect((await host.request('things.emptyTrash', {})).removed).toHaveLength(1)
    await host.app.close()
    expect(await readFile(join(folder, 'outside/mine.zip'), 'utf8')).toBe('mine')
  })

  test('whose catalogue names a place outside is not read there', async () => {
    const folder = await workspaceWith({ 'datasets/ds1/about.json': about, 'datasets/ds9/images/a.tif': 'picture' })
    const host = await openTestApp(folder)
    await host.app.close()
    const catalog = openCatalog(join(folder, 'catalog.sqlite'))
    const images = sampleDatasetImages().map((image) => ({ ...image, file: `../../../${image.id}.tif` }))
    catalog.datasets.insert(sampleDataset('ds9', 'hostile'), images)
    catalog.close()
    const again = await openTestApp(folder)

    await expect(again.request('datasets.show', { name: 'hostile' })).rejects.toMatchObject({
      kind: 'input',
      message: 'An entry of the catalogue is damaged (images: file).'
    })
    await again.app.close()
  })
})
