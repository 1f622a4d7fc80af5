import { type ChildProcess, spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { cp, mkdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readLabelImage } from '../../../src/main/images/label-image.ts'
import { sha256File } from '../../../src/main/files/checksum.ts'
import { pngTexts } from '../../support/png-texts.ts'
import { type HistoryEntry } from '../../../src/shared/training.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { addSampleTiles, openTestApp, type TestApp } from '../../support/test-app.ts'

const cli = join(import.meta.dirname, '../../../src/main/cli.ts')

/** A run on the smallest tiles, with few and quick iterations. */
const quick = { preset: 'demo', batch: 4, engine: 'wasm', seed: 3 } as const

let workspace: string
let host: TestApp

beforeAll(async () => {
  workspace = await temporaryFolder(afterAll)
  host = await openTestApp(workspace)
  await addSampleTiles(host)
})
afterAll(() => host.app.close())

function startTerminal(words: readonly string[]): ChildProcess {
  return spawn(process.execPath, [cli, ...words, '--workspace', workspace, '--json'], { stdio: 'ignore' })
}

function historyOf(run: string): HistoryEntry[] {
  const text = readFileSync(join(workspace, 'runs', run, 'metrics.jsonl'), 'utf8')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as HistoryEntry)
}

function stepsOf(history: readonly HistoryEntry[]): number[] {
  return history.flatMap((entry) => (entry.kind === 'step' ? [entry.iteration] : []))
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await sleep(50)
}

/** The processes that were started by this one and run the engine. */
function engineProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const isOurs = readFileSync(`/proc/${pid}/stat`, 'utf8').split(' ')[3] === String(process.pid)
        return isOurs && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('engine-process')
      } catch {
        return false // it has ended meanwhile
      }
    })
    .map(Number)
}

describe('a training run', () => {
  test('tells its steps, scores and sheets, and finishes', async () => {
    const input = { ...quick, prepared: 'tiles', name: 'finished', iterations: 6, evaluateEvery: 3 }
    const { run, parameters, engine } = await host.request('runs.train', input)
    expect(run).toMatchObject({ state: 'finished', iteration: 6 })
    expect(engine.name).toBe('wasm')
    expect(parameters.generator).toBeGreaterThan(10_000)
    expect(run.best?.metric).toBe('cell distance')

    const shown = await host.request('runs.show', { name: 'finished' })
    expect(shown.history).toEqual(historyOf(run.id))
    expect(stepsOf(shown.history)).toEqual([1, 2, 3, 4, 5, 6])
    expect(shown.history.filter(({ kind }) => kind === 'evaluation')).toHaveLength(2)
    expect(shown.checkpoints.map(({ iteration }) => iteration)).toContain(6)
    expect(await host.app.picturePath(`runs/${run.id}/samples/000000.png`)).toBeDefined()
  })

  test('that is finished is not gone on with unless it is to be longer, but its model can start another', async () => {
    await expect(host.request('runs.resume', { run: 'finished' })).rejects.toThrow(/finished at iteration 6/)
    await expect(host.request('runs.resume', { run: 'finished', iterations: 5 })).rejects.toThrow(
      /has 6 iterations already: it cannot end at 5/
    )
    await expect(host.request('runs.resume', { run: 'finished', prepared: 'other' })).rejects.toThrow(/no prepared set/)
    const input = { ...quick, prepared: 'tiles', name: 'from another', iterations: 1, from: 'finished' }
    const { run } = await host.request('runs.train', input)
    expect(run).toMatchObject({ state: 'finished', iteration: 1 })
  })

  test('paused at a request goes on to its end', async () => {
    const controller = new AbortController()
    const input = { ...quick, prepared: 'tiles', name: 'paused', iterations: 40 }
    const progress = ({ done }: { done: number }): void => {
      if (done >= 2) controller.abort()
    }
    const first = await host.request('runs.train', input, { signal: controller.signal, progress })
    expect(first.run.state).toBe('paused')
    expect(first.run.iteration).toBeLessThan(40)
    const { run } = await host.request('runs.resume', { run: 'paused', engine: 'wasm' })
    expect(run).toMatchObject({ state: 'finished', iteration: 40 })
    expect(stepsOf(historyOf(run.id))).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
  })

  test('that is left off to keep what there is counts as stopped, and can go on', async () => {
    const controller = new AbortController()
    const input = { ...quick, prepared: 'tiles', name: 'kept', iterations: 40 }
    const progress = ({ done }: { done: number }): void => {
      if (done >= 2) controller.abort()
    }
    const options = { signal: controller.signal, progress, wish: () => 'keep' as const }
    const { run } = await host.request('runs.train', input, options)
    expect(run.state).toBe('stopped')
    const longer = await host.request('runs.resume', { run: 'kept', prepared: 'tiles', iterations: 41, engine: 'wasm' })
    expect(longer.run).toMatchObject({ state: 'finished', iteration: 41 })
  })

  test('that ends when its minutes are over is stopped and not finished, and can go on', async () => {
    const input = { ...quick, prepared: 'tiles', name: 'minutes', iterations: 100_000, minutes: 0.3 }
    const started = performance.now()
    const { run } = await host.request('runs.train', input)
    // Start, sheets, score and safe point included; an iteration and a safe point take less than a second here.
    expect((performance.now() - started) / 1000).toBeLessThan(60 * input.minutes + 30)
    expect(run.state).toBe('stopped')
    const { history } = await host.request('runs.show', { name: 'minutes' })
    const last = history.at(-1)
    expect(last).toMatchObject(last?.kind === 'note' ? {} : { kind: 'evaluation', isClosing: true })
    expect(last?.iteration).toBe(run.iteration)
    const resumed = await host.request('runs.resume', { run: 'minutes', iterations: run.iteration + 2, engine: 'wasm' })
    expect(resumed.run.state).toBe('finished')
  })

  test('that could not be gone on with is what it was before', async () => {
    const { run } = await host.request('runs.show', { name: 'finished' })
    const folder = join(workspace, 'runs', run.id, 'checkpoints')
    await rename(folder, `${folder}-away`)
    await cp(`${folder}-away`, folder, { recursive: true })
    for (const name of readdirSync(folder)) await truncate(join(folder, name, 'state.json'), 10)
    await expect(host.request('runs.resume', { run: 'finished', iterations: 9, engine: 'wasm' })).rejects.toThrow(
      /damaged/
    )
    const after = await host.request('runs.show', { name: 'finished' })
    expect(after.run).toMatchObject({ state: 'finished', iteration: 6, settings: { iterations: 6 } })
    await rm(folder, { recursive: true })
    await rename(`${folder}-away`, folder)
  })

  test('whose engine is killed goes on from its last safe point by itself', async () => {
    let killed = false
    const input = { ...quick, prepared: 'tiles', name: 'engine killed', iterations: 30 }
    const progress = ({ done }: { done: number }): void => {
      if (done < 10 || killed) return
      killed = true
      for (const pid of engineProcesses()) process.kill(pid, 'SIGKILL')
    }
    const { run, notices } = await host.request('runs.train', input, { progress })
    expect(killed).toBe(true)
    expect(run).toMatchObject({ state: 'finished', iteration: 30 })
    expect(notices).toEqual([expect.stringContaining('Training starts again') as string])
    expect(stepsOf(historyOf(run.id))).toEqual(Array.from({ length: 30 }, (_, i) => i + 1))
  })

  test('whose whole program is killed is paused at the next start and loses no more than its last safe point', async () => {
    const words = [
      'train',
      'tiles',
      '--name',
      'killed',
      '--preset',
      'demo',
      '--batch',
      '4',
      '--iterations',
      '300',
      '--engine',
      'wasm'
    ]
    const terminal = startTerminal(words)
    const find = async () => (await host.request('runs.list', {})).runs.find(({ name }) => name === 'killed')
    await until(async () => ((await find())?.iteration ?? 0) >= 250)
    terminal.kill('SIGKILL')
    await until(() => terminal.signalCode !== null)

    const again = await openTestApp(workspace)
    const { run } = await again.request('runs.show', { name: 'killed' })
    expect(run.state).toBe('paused')
    expect(run.iteration).toBeGreaterThanOrEqual(250)
    const result = await again.request('runs.resume', { run: 'killed', engine: 'wasm' })
    expect(result.run).toMatchObject({ state: 'finished', iteration: 300 })
    expect(stepsOf(historyOf(run.id))).toEqual(Array.from({ length: 300 }, (_, i) => i + 1))
    await again.app.close()
  }, 180_000) // 300 iterations, which take a busy machine long

  test('is held by one program at a time', async () => {
    const input = { ...quick, prepared: 'tiles', name: 'held', iterations: 100_000 }
    const controller = new AbortController()
    const running = host.request('runs.train', input, { signal: controller.signal })
    await until(async () =>
      (await host.request('runs.list', {})).runs.some(({ name, state }) => name === 'held' && state === 'running')
    )
    await expect(host.request('runs.resume', { run: 'held' })).rejects.toThrow(/another window or terminal/)
    controller.abort()
    await running
  })

  test('comes to a safe point when the app is closed under it', async () => {
    const other = await openTestApp(workspace)
    const started = Promise.withResolvers<number>()
    const input = { ...quick, prepared: 'tiles', name: 'closed', iterations: 100_000 }
    const progress = ({ done }: { done: number }): void => {
      if (done >= 2) started.resolve(done)
    }
    const running = other.request('runs.train', input, { progress })
    await started.promise
    await other.app.close()
    expect((await running).run.state).toBe('paused')
    const { run, checkpoints } = await host.request('runs.show', { name: 'closed' })
    expect(run.iteration).toBeGreaterThanOrEqual(2)
    expect(checkpoints[0]?.iteration).toBe(run.iteration)
  })

  test.each([
    [{ prepared: 'no such' }, /no prepared set called "no such"/],
    [{ from: 'no such run' }, /no run called/]
  ])('is refused with a sentence for %o', async (change, sentence) => {
    const input = { ...quick, prepared: 'tiles', name: 'refused', ...change }
    await expect(host.request('runs.train', input)).rejects.toThrow(sentence)
  })
})

describe('generated pictures', () => {
  async function hashesOf(id: string): Promise<string[]> {
    const { images } = await host.request('synthetic.show', { name: id })
    const files = images.flatMap(({ file }) => [join('images', file), join('masks', file)])
    return Promise.all(
      [...files, 'outlines.coco.json'].map((file) => sha256File(join(workspace, 'synthetic', id, file)))
    )
  }

  async function generate(name: string, seed: number) {
    return host.request('synthetic.generate', { run: 'finished', name, perClass: 3, seed, engine: 'wasm' })
  }

  test('are the same bytes for the same seed, others for another', async () => {
    const first = await generate('seven', 7)
    const second = await generate('seven again', 7)
    const other = await generate('eight', 8)
    expect(await hashesOf(second.synthetic.id)).toEqual(await hashesOf(first.synthetic.id))
    expect(await hashesOf(other.synthetic.id)).not.toEqual(await hashesOf(first.synthetic.id))
  })

  test('are compared with the real tiles, each and by class, in the answer and in the folder of the set', async () => {
    const { synthetic, health, maskFit } = await generate('compared', 7)
    expect(health?.map((entry) => entry.class)).toEqual(['fluorescence', 'stained'])
    for (const { generated, real } of health ?? []) {
      expect(generated.pictures).toBe(3)
      expect(real?.pictures).toBeGreaterThan(20)
      expect(real?.maskFit).toBeGreaterThan(0.4)
    }
    const { images } = await host.request('synthetic.show', { name: 'compared' })
    for (const { cells, maskFit: fit } of images) expect(fit === undefined).toBe(cells === 0)
    const about = JSON.parse(await readFile(join(workspace, 'synthetic', synthetic.id, 'about.json'), 'utf8')) as object
    expect(about).toMatchObject(JSON.parse(JSON.stringify({ health, maskFit, images })) as object)
  })

  test('are made although the tiles of their training are gone, and it is said that nothing was compared', async () => {
    const { run } = await host.request('runs.show', { name: 'finished' })
    const folder = join(workspace, 'prepared', run.prepared)
    const about = await readFile(join(folder, 'about.json'))
    await rename(folder, `${folder}-away`)
    await mkdir(folder)
    await writeFile(join(folder, 'about.json'), about)
    try {
      const { health, maskFit, warnings } = await generate('not compared', 7)
      expect(maskFit).toBeUndefined()
      expect(health?.every(({ real }) => real === undefined)).toBe(true)
      expect(warnings.join(' ')).toContain('The pictures were not compared with real tiles. ')
    } finally {
      await rm(folder, { recursive: true })
      await rename(`${folder}-away`, folder)
    }
  })

  test('say in their text that they are synthetic, and how they were made', async () => {
    const { synthetic, images } = await host.request('synthetic.show', { name: 'seven' })
    const file = join(workspace, 'synthetic', synthetic.id, 'images', images[0]?.file ?? '')
    const texts = pngTexts(await readFile(file))
    expect(texts.get('Description')).toMatch(/^Synthetic picture made by CytoLoom .*seed 7/)
  })

  test('come back from a package with the same bytes and counts', async () => {
    const out = join(workspace, 'packages', 'seven.zip')
    const { synthetic } = await host.request('synthetic.show', { name: 'seven' })
    await host.request('packages.create', { set: 'seven', out })
    expect((await host.request('packages.verify', { file: out })).images).toBe(6)

    const colleague = await temporaryFolder()
    const other = await openTestApp(colleague)
    const opened = await other.request('packages.open', { file: out })
    const openedId = opened.synthetic?.id ?? ''
    expect(opened.synthetic).toMatchObject({ name: 'seven', images: 6, cells: synthetic.cells })
    const there = await other.request('synthetic.show', { name: 'seven' })
    for (const { file } of there.images) {
      for (const part of ['images', 'masks']) {
        const mine = await readFile(join(workspace, 'synthetic', synthetic.id, part, file))
        expect(await readFile(join(colleague, 'synthetic', openedId, part, file))).toEqual(mine)
      }
      expect((await stat(join(colleague, 'synthetic', openedId, 'previews', file))).size).toBeGreaterThan(0)
    }
    await other.app.close()
  })

  test('are refused from a run that does not exist, and under a name that does', async () => {
    await expect(generate('seven', 7)).rejects.toThrow(/already/)
    await expect(host.request('synthetic.generate', { run: 'none', name: 'new' })).rejects.toThrow(/no run called/)
  })
})

describe('a run with masks in tones', () => {
  const input = { ...quick, prepared: 'tiles', name: 'in tones', iterations: 4, maskCode: 'tones' } as const

  test('trains, is scored, shows sheets, and makes pictures whose masks hold the cells that are counted', async () => {
    const { run } = await host.request('runs.train', input)
    expect(run).toMatchObject({ state: 'finished', settings: { network: { maskCode: 'tones', maskChannels: 5 } } })
    expect(run.best?.value).toBeGreaterThan(0)
    expect(await host.app.picturePath(`runs/${run.id}/samples/000000.png`)).toBeDefined()
    const wish = { run: 'in tones', name: 'of tones', perClass: 2, areaFilter: false, engine: 'wasm' } as const
    const { synthetic } = await host.request('synthetic.generate', wish)
    const { images } = await host.request('synthetic.show', { name: 'of tones' })
    expect(synthetic).toMatchObject({ images: 4, cells: images.reduce((sum, { cells }) => sum + cells, 0) })
    for (const { file, cells } of images) {
      const { labels } = await readLabelImage(join(workspace, 'synthetic', synthetic.id, 'masks', file))
      expect(new Set(labels.filter((label) => label > 0)).size).toBe(cells)
    }
    expect(synthetic.cells).toBeGreaterThan(0)
  })

  test('can be gone on with in tones, and not in gray', async () => {
    const { run } = await host.request('runs.train', { ...input, name: 'tones again', iterations: 1, from: 'in tones' })
    expect(run.settings.network.maskChannels).toBe(5)
    await expect(
      host.request('runs.train', { ...input, name: 'now gray', from: 'in tones', maskCode: 'gray' })
    ).rejects.toThrow(/cannot go on with masks in one gray plane/)
  })
})

test('a score of a run against the real tiles is told per class and in the mean', async () => {
  const result = await host.request('runs.evaluate', { run: 'finished', count: 24, engine: 'wasm' })
  expect(result.features).toMatchObject({
    name: 'FD-EffNet',
    sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string
  })
  expect(result.metrics.map((metric) => metric.class)).toEqual(['fluorescence', 'stained'])
  expect(result.mean.frechet).toBeGreaterThan(0)

  // So does the score that sees cells; both with what real pictures get, and blank ones.
  const { mean, metrics, anchors, cellsFrom } = result
  expect(cellsFrom).toBe('masks')
  expect(mean.cellDistance).toBeGreaterThan(0.3)
  expect(mean.cellDistance).toBeCloseTo(metrics.reduce((sum, metric) => sum + (metric.cellDistance ?? NaN), 0) / 2, 10)
  expect(Math.abs(anchors?.cellDistance.real ?? NaN)).toBeLessThan(0.2)
  expect(anchors?.cellDistance.empty).toBe(1)
  expect(anchors?.frechet.empty).toBeGreaterThan(0)
})

test('a score tells what the masks show beside real tiles, and what is off', async () => {
  const {
    health = [],
    maskFit,
    notes
  } = await host.request('runs.evaluate', {
    run: 'finished',
    count: 40,
    engine: 'wasm'
  })
  expect(health.map((entry) => entry.class)).toEqual(['fluorescence', 'stained'])
  for (const { generated, real } of health) {
    expect(generated.pictures).toBe(20)
    expect(real?.maskFit).toBeGreaterThan(0.4)
    expect(real?.medianArea).toBeGreaterThan(0)
  }
  const seen = health.some(({ generated }) => generated.maskFit !== undefined)
  expect(maskFit !== undefined).toBe(seen)
  // After six iterations nothing is like real cells.
  expect(notes.some((note) => /^(fluorescence|stained): /.test(note))).toBe(true)
})
