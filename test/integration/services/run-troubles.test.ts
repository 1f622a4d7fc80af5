import { cp, mkdir, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { sha256 } from '../../../src/main/files/checksum.ts'
import { PreparedAbout } from '../../../src/shared/masks.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { addSampleTiles, openTestApp, type TestApp } from '../../support/test-app.ts'

/** A run on the smallest tiles, with few and quick iterations. */
const quick = { preset: 'demo', batch: 4, seed: 3, prepared: 'tiles' } as const

let workspace: string
let host: TestApp

beforeAll(async () => {
  workspace = await temporaryFolder(afterAll)
  host = await openTestApp(workspace)
  await addSampleTiles(host)
})
afterAll(() => host.app.close())

/** A run that was paused at a safe point after a few iterations on wasm. */
async function pausedRun(name: string): Promise<string> {
  const controller = new AbortController()
  const progress = ({ done }: { done: number }): void => {
    if (done >= 2) controller.abort()
  }
  const input = { ...quick, engine: 'wasm', name, iterations: 8 } as const
  const { run } = await host.request('runs.train', input, { signal: controller.signal, progress })
  expect(run.state).toBe('paused')
  return run.id
}

async function safePoints(id: string): Promise<string[]> {
  const folder = join(workspace, 'runs', id, 'checkpoints')
  return (await readdir(folder)).map((name) => join(folder, name))
}

async function stateOf(name: string): Promise<string> {
  return (await host.request('runs.show', { name })).run.state
}

/** A prepared set like "tiles" whose description is another. */
async function changedTiles(change: (about: PreparedAbout) => PreparedAbout): Promise<() => Promise<void>> {
  const { prepared } = await host.request('workspace.show', {})
  const file = join(workspace, 'prepared', prepared[0]?.id ?? '', 'about.json')
  const before = await readFile(file, 'utf8')
  await writeFile(file, JSON.stringify(change(PreparedAbout.parse(JSON.parse(before)))))
  return () => writeFile(file, before)
}

describe('a run whose safe points cannot be used', () => {
  test.each([
    ['is cut off', /damaged/, (text: string) => text.slice(0, 100)],
    [
      'is of a newer version',
      /newer version of CytoLoom/,
      (text: string) => text.replace('"version": 1', '"version": 7')
    ],
    ['is of another network', /belongs to another network than the one this run trains/, (text: string) => text]
  ])('because the description %s is refused with a sentence, and stays as it is', async (what, sentence, change) => {
    const id = await pausedRun(`because ${what}`)
    const [folder = ''] = await safePoints(id)
    if (what === 'is of another network') {
      const other = await host.request('runs.train', {
        ...quick,
        engine: 'wasm',
        name: 'other network',
        mappingLayers: 5,
        iterations: 1
      })
      const [foreign = ''] = await safePoints(other.run.id)
      await cp(foreign, folder, { recursive: true, force: true })
    } else {
      const file = join(folder, 'state.json')
      await writeFile(file, change(await readFile(file, 'utf8')))
    }
    await expect(host.request('runs.resume', { run: `because ${what}`, engine: 'wasm' })).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(sentence) as string
    })
    expect(await stateOf(`because ${what}`)).toBe('paused')
    expect(await safePoints(id)).toHaveLength(1)
  })

  test('because a tensor file is cut off is refused with its name, and goes on when it is put back', async () => {
    const id = await pausedRun('cut off')
    const [folder = ''] = await safePoints(id)
    const file = join(folder, 'generator.safetensors')
    const bytes = await readFile(file)
    await truncate(file, 1000)
    await expect(host.request('runs.resume', { run: 'cut off', engine: 'wasm' })).rejects.toMatchObject({
      kind: 'input',
      file
    })
    await writeFile(file, bytes)
    const { run } = await host.request('runs.resume', { run: 'cut off', engine: 'wasm' })
    expect(run).toMatchObject({ state: 'finished', iteration: 8 })
  })
})

describe('the files of a run that goes on', () => {
  test('are refused where all its safe points are gone: nothing begins anew, and the history stays', async () => {
    const id = await pausedRun('gone')
    const history = await readFile(join(workspace, 'runs', id, 'metrics.jsonl'), 'utf8')
    for (const folder of await safePoints(id)) await rm(folder, { recursive: true })
    const sentence = /safe points of "gone" are no longer in its folder/
    await expect(host.request('runs.resume', { run: 'gone', engine: 'wasm' })).rejects.toThrow(sentence)
    await expect(host.request('runs.evaluate', { run: 'gone', engine: 'wasm' })).rejects.toThrow(sentence)
    const generation = { run: 'gone', name: 'of nothing', count: 1, engine: 'wasm' } as const
    await expect(host.request('synthetic.generate', generation)).rejects.toThrow(sentence)
    expect(await readFile(join(workspace, 'runs', id, 'metrics.jsonl'), 'utf8')).toBe(history)
    expect((await host.request('runs.show', { name: 'gone' })).run.state).toBe('paused')
  })

  test('get back the lines of the history that the catalogue still has, and it is said', async () => {
    const id = await pausedRun('damaged history')
    const file = join(workspace, 'runs', id, 'metrics.jsonl')
    const lines = async () => (await readFile(file, 'utf8')).trimEnd().split('\n')
    const before = await lines()
    const damaged = before.map((line, i) => (i === 1 ? line.slice(0, 30) : line)).filter((_, i) => i !== 2)
    await writeFile(file, `${damaged.join('\n')}\n`)
    const { notices } = await host.request('runs.resume', { run: 'damaged history', engine: 'wasm' })
    expect(notices.join(' ')).toMatch(/2 lines of the history were missing or damaged/)
    const values = (all: readonly string[]) => all.slice(0, before.length).map((line): unknown => JSON.parse(line))
    expect(values(await lines())).toEqual(values(before))
  })
})

describe('a new run from a model', () => {
  /** Lets the safe point state that these bytes are its own. */
  async function forge(folder: string, part: string, bytes: Uint8Array): Promise<void> {
    const file = join(folder, 'state.json')
    const state = JSON.parse(await readFile(file, 'utf8')) as { files: Record<string, object> } // as it was written
    state.files[part] = { bytes: bytes.length, sha256: sha256(bytes) }
    await writeFile(join(folder, part), bytes)
    await writeFile(file, JSON.stringify(state))
  }
  const part = 'generator-ema.safetensors'
  const longHeader = Buffer.alloc(64)
  longHeader.writeBigUInt64LE(2n ** 60n)

  test.each<[string, (folder: string) => Promise<void>]>([
    ['is cut off', (folder) => truncate(join(folder, part), 1000)],
    ['is noise, which its description calls its own', (folder) => forge(folder, part, Buffer.alloc(5000, 'noise'))],
    ['declares a header of 2^60 bytes', (folder) => forge(folder, part, longHeader)],
    ['is a folder', (folder) => rm(join(folder, part)).then(() => mkdir(join(folder, part)))]
  ])('whose file %s is refused with its name, and leaves nothing behind', async (what, damage) => {
    const id = await pausedRun(`model that ${what}`)
    const [folder = ''] = await safePoints(id)
    await damage(folder)
    const before = await readdir(join(workspace, 'runs'))
    const input = { ...quick, engine: 'wasm', name: 'from a model', from: id, iterations: 1 } as const
    await expect(host.request('runs.train', input)).rejects.toMatchObject({
      kind: 'input',
      message: 'This safe point is damaged: a file is missing, cut off or changed.',
      file: join(folder, part)
    })
    expect((await host.request('runs.list', {})).runs.map(({ name }) => name)).not.toContain('from a model')
    expect(await readdir(join(workspace, 'runs'))).toEqual(before)
  })

  test.each([
    ['a device', '/dev/zero'],
    ['itself', part]
  ])('whose file is a link to %s is refused before it is followed, and leaves nothing behind', async (what, target) => {
    const id = await pausedRun(`model with a link to ${what}`)
    const [folder = ''] = await safePoints(id)
    await replaceByLink(join(folder, part), target)
    const before = await readdir(join(workspace, 'runs'))
    const input = { ...quick, engine: 'wasm', name: 'from a model', from: id, iterations: 1 } as const
    await expect(host.request('runs.train', input)).rejects.toMatchObject({
      kind: 'input',
      message: expect.stringMatching(/ holds a link to another place: /) as string,
      file: join(workspace, 'runs', id)
    })
    expect(await readdir(join(workspace, 'runs'))).toEqual(before)
  })
})

async function replaceByLink(file: string, target: string): Promise<void> {
  await rm(file)
  await symlink(target, file)
}

describe('a run on data from which nothing can be learned', () => {
  test('because no mask shows a cell is refused, and takes no name', async () => {
    const restore = await changedTiles((about) => ({
      ...about,
      images: about.images.map((image) => ({ ...image, counts: { ...image.counts, painted: 0 } }))
    }))
    const input = { ...quick, name: 'no cells', engine: 'wasm' } as const
    await expect(host.request('runs.train', input)).rejects.toThrow(/No training mask of "tiles" shows a cell/)
    await restore()
    expect((await host.request('runs.list', {})).runs.map(({ name }) => name)).not.toContain('no cells')
  })

  test('because a class has two pictures is refused with its name', async () => {
    const restore = await changedTiles((about) => {
      const few = about.images.filter((image) => image.class === 'stained' && image.split === 'train').slice(0, 2)
      return { ...about, images: about.images.filter((image) => image.class !== 'stained' || few.includes(image)) }
    })
    const input = { ...quick, name: 'two pictures', engine: 'wasm' } as const
    await expect(host.request('runs.train', input)).rejects.toMatchObject({
      kind: 'input',
      message: '"tiles" has too few training pictures of "stained" (2): at least 3 of each class are needed.',
      remedies: expect.arrayContaining([
        expect.objectContaining({ action: 'prepare-again', leaveOut: ['stained'] }),
        expect.objectContaining({ action: 'prepare-again', mergeClasses: true })
      ]) as unknown
    })
    await restore()
  })

  test('because a class has no cell at all is refused with its name, and ways to leave it out', async () => {
    const restore = await changedTiles((about) => ({
      ...about,
      images: about.images.map((image) =>
        image.class === 'stained' ? { ...image, counts: { ...image.counts, painted: 0 } } : image
      )
    }))
    await expect(host.request('runs.train', { ...quick, name: 'bare' })).rejects.toMatchObject({
      kind: 'input',
      message: 'No training mask of "stained" in "tiles" shows a cell.',
      remedies: [
        expect.objectContaining({ action: 'prepare-again', leaveOut: ['stained'] }),
        expect.objectContaining({ action: 'prepare-again', mergeClasses: true })
      ]
    })
    await restore()
  })
})

test('a run that diverges goes back once, and stops with advice when it does so again', async () => {
  const input = { ...quick, name: 'apart', engine: 'wasm', iterations: 20, learningRate: 1e30 } as const
  const told: string[] = []
  const running = host.request('runs.train', input, { notice: (text) => told.push(text) })
  await expect(running).rejects.toMatchObject({
    kind: 'input',
    message: expect.stringMatching(/^Training diverged twice/) as string,
    next: expect.stringMatching(/^It had no safe point yet\. Start a new run with half the learning rate/) as string
  })
  expect(told.join()).toMatch(/went back to iteration 0 and continues with other random draws; no setting was changed/)
})

describe('memory', () => {
  async function withMemory<T>(gigabytes: number, work: () => Promise<T>): Promise<T> {
    process.env['CYTOLOOM_MEMORY_GB'] = String(gigabytes)
    try {
      return await work()
    } finally {
      delete process.env['CYTOLOOM_MEMORY_GB']
    }
  }

  test('that does not suffice at all pauses the run with a sentence', async () => {
    const input = { ...quick, name: 'no memory', engine: 'wasm', iterations: 2 } as const
    await expect(withMemory(0.1, () => host.request('runs.train', input))).rejects.toMatchObject({
      kind: 'resources',
      message: expect.stringMatching(/one sample at a time needs about/) as string
    })
    expect(await stateOf('no memory')).toBe('paused')
    const { run } = await host.request('runs.resume', { run: 'no memory', engine: 'wasm' })
    expect(run).toMatchObject({ state: 'finished', iteration: 2 })
  })

  test('that suffices for less than the batch makes the parts smaller, says so, and keeps to them', async () => {
    const input = { ...quick, name: 'parts', engine: 'wasm', batch: 256, iterations: 1 } as const
    const { run, notices } = await withMemory(0.6, () => host.request('runs.train', input))
    expect(run.state).toBe('finished')
    expect(run.settings.microBatch).toBeLessThan(256)
    expect(notices.join()).toMatch(/A batch of 256 does not fit .* it is computed \d+ samples at a time/)
  })
})
