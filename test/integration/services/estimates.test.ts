import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bytesBelow } from '../../../src/main/files/disk-use.ts'
import { type Estimate } from '../../../src/shared/estimates.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { addSampleTiles, openTestApp, sampleFolder, type TestApp } from '../../support/test-app.ts'

let workspace: string
let host: TestApp

beforeAll(async () => {
  workspace = await temporaryFolder(afterAll)
  host = await openTestApp(workspace)
  await addSampleTiles(host)
})
afterAll(() => host.app.close())

/** All names in the folders of things, hidden ones too. */
async function everything(): Promise<string[]> {
  const collections = ['datasets', 'prepared', 'runs', 'synthetic', 'packages', 'studies']
  const names = await Promise.all(
    collections.map(async (collection) =>
      (await readdir(join(workspace, collection))).map((name) => `${collection}/${name}`)
    )
  )
  return names.flat().sort()
}

async function estimated(input: Parameters<typeof host.request<'estimates.make'>>[1]): Promise<Estimate> {
  const before = await everything()
  const { estimate } = await host.request('estimates.make', input)
  expect(await everything()).toEqual(before)
  expect(Date.parse(estimate.finish) - Date.now()).toBeLessThanOrEqual(1000 * estimate.seconds)
  expect(estimate.seconds).toBeGreaterThan(0)
  return estimate
}

describe('an estimate leaves nothing, and tells', () => {
  test('of an import and a preparation the room that they take', async () => {
    const { datasets, prepared } = await host.request('workspace.show', {})
    const ofImport = await estimated({ of: 'import', source: sampleFolder, format: 'labels', maxImages: 16 })
    const imported = await bytesBelow(join(workspace, 'datasets', datasets[0]?.id ?? ''))
    expect(ofImport.diskBytes / imported).toBeCloseTo(1, 1)
    const ofPreparing = await estimated({ of: 'prepare', dataset: 'sample', tile: 16, scale: 0.25 })
    const made = join(workspace, 'prepared', prepared[0]?.id ?? '')
    const pictures = (await bytesBelow(join(made, 'images'))) + (await bytesBelow(join(made, 'masks')))
    expect(ofPreparing.diskBytes / pictures).toBeCloseTo(1, 1)
    expect(ofPreparing).toMatchObject({ fits: true, notes: [] })
  })

  const aQuarter = { timeout: 15 * 60_000 } // three trials of study trainings, however busy the computer
  test(
    'of a study its trainings and hours, more of them the longer they are, and writes no question',
    aQuarter,
    async () => {
      const study = {
        of: 'study' as const,
        data: 'sample',
        preset: 'small' as const,
        sizes: [2],
        draws: 2,
        engine: 'wasm' as const,
        tile: 32
      }
      const short = await estimated({ ...study, iterations: 20, generatorIterations: 20 })
      expect(short).toMatchObject({ fits: true, trainings: 8, generators: 2, engine: { name: 'wasm' } })
      const pictures = await estimated({ ...study, iterations: 20, generatorIterations: 20, counts: [1_000_000] })
      expect(pictures.seconds).toBeGreaterThan(10 * short.seconds)
      const long = await estimated({ ...study, iterations: 200_000, arms: ['copy-paste'] })
      expect(long).toMatchObject({ trainings: 4, generators: 0 })
      expect(long.seconds).toBeGreaterThan(10 * short.seconds)
      expect((await host.request('study.list', {})).studies).toEqual([])
      await expect(host.request('estimates.make', { ...study, sizes: [100_000] })).rejects.toThrow('cannot be drawn')
    }
  )

  test('of a training the seconds of each part, the memory, and the minutes that were asked for at most', async () => {
    const training = { of: 'train', prepared: 'tiles', preset: 'demo', batch: 4, engine: 'wasm' } as const
    const whole = await estimated({ ...training, iterations: 100_000 })
    expect(whole).toMatchObject({ fits: true, iterations: 100_000, engine: { name: 'wasm' } })
    expect(whole.seconds).toBeGreaterThan(100_000 * (whole.secondsPerIteration ?? Infinity))
    expect(whole.memory?.neededBytes).toBeLessThan(whole.memory?.availableBytes ?? 0)
    expect(Object.values(whole.stages ?? {}).every((seconds) => seconds > 0)).toBe(true)
    const short = await estimated({ ...training, iterations: 100_000, minutes: 1 })
    expect(short.seconds).toBe(60)
    const { runs } = await host.request('workspace.show', {})
    expect(runs).toEqual([])
  })

  test('of a training that does not fit which limit it meets, and what it would take', async () => {
    process.env['CYTOLOOM_MEMORY_GB'] = '1.2'
    try {
      const { fits, memory, seconds, notes } = await estimated({
        of: 'train',
        prepared: 'tiles',
        preset: 'livecell',
        batch: 4,
        engine: 'wasm'
      })
      expect(fits).toBe(false)
      expect(memory?.limit).toBe('chosen')
      expect(memory?.neededBytes).toBeGreaterThan(memory?.availableBytes ?? Infinity)
      expect(seconds).toBeGreaterThan(3600)
      expect(notes.join(' ')).toMatch(/in proportion.*started with this limit/)
    } finally {
      delete process.env['CYTOLOOM_MEMORY_GB']
    }
  })

  test('of a synthetic set and a package time and room, without their names', async () => {
    const pictures = await estimated({ of: 'generate', run: 'starter', perClass: 2, engine: 'wasm' })
    expect(pictures).toMatchObject({ fits: true, engine: { name: 'wasm' } })
    expect(pictures.diskBytes).toBeGreaterThan(4 * 500)
    const file = join(workspace, 'sample.zip')
    const packed = await estimated({ of: 'package', set: 'sample', formats: ['labels', 'coco'] })
    const { bytes } = await host.request('packages.create', { set: 'sample', formats: ['labels', 'coco'], out: file })
    expect(packed.diskBytes / (2 * bytes)).toBeCloseTo(1, 1)
  })
})

test('a first look says before it begins how long it takes, and has a size that fits into ten minutes', async () => {
  const training = { prepared: 'tiles', batch: 4, engine: 'wasm' } as const
  const { iterations, seconds } = await estimated({ of: 'train', ...training })
  const notices: string[] = []
  const stop = new AbortController()
  const { run } = await host.request(
    'runs.train',
    { ...training, name: 'look' },
    {
      signal: stop.signal,
      wish: () => 'pause',
      notice(text) {
        notices.push(text)
        if (text.startsWith('This first look takes about')) stop.abort()
      }
    }
  )
  expect(notices.join(' ')).toMatch(
    /This first look takes about .*, until \d\d:\d\d: [\d,]+ iterations with up to \d+ channels/
  )
  expect(run.state).toBe('paused')
  expect(run.settings.iterations % 250).toBe(0)
  expect(seconds > 600 ? iterations : 250).toBe(250)
})

test('an estimate of something that is not there is refused in the words of the thing', async () => {
  await expect(host.request('estimates.make', { of: 'prepare', dataset: 'none' })).rejects.toThrow(/no data set/i)
  await expect(host.request('estimates.make', { of: 'train', prepared: 'tiles', minutes: -1 })).rejects.toThrow(
    'The number of minutes must be a number above 0, not -1.'
  )
})
