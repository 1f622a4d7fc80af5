import SQLite, { type Database } from 'better-sqlite3'
import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { PreparedAbout } from '../../../src/shared/masks.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { addSampleTiles, openTestApp, type TestApp } from '../../support/test-app.ts'

/** Trainings and their engines, on a computer that has other things to do. */
const timeout = 300_000

const quick = { preset: 'demo', batch: 4, seed: 3, prepared: 'tiles', engine: 'wasm' } as const

let workspace: string
let host: TestApp
/** The connection of the program under test: how many pages a file may have is a matter of each connection. */
let catalogue: Database

beforeAll(async () => {
  workspace = await temporaryFolder(afterAll)
  const opened = vi.spyOn(SQLite.prototype, 'pragma')
  host = await openTestApp(workspace)
  catalogue = opened.mock.contexts.at(-1) as Database
  opened.mockRestore()
  await addSampleTiles(host)
})
afterEach(() => void catalogue.pragma('max_page_count = 1000000'))
afterAll(() => host.app.close())

/** Stops it at the safe point after so many iterations. */
function pausingAt(iteration: number) {
  const controller = new AbortController()
  const progress = ({ done }: { done: number }): void => {
    if (done >= iteration) controller.abort()
  }
  return { signal: controller.signal, progress }
}

test(
  'a catalogue that is full pauses the run at its safe point with a sentence; other work goes on',
  { timeout },
  async () => {
    let isFull = false
    const progress = ({ done }: { done: number }): void => {
      if (done < 2 || isFull) return
      isFull = true
      catalogue.pragma(`max_page_count = ${Number(catalogue.pragma('page_count', { simple: true }))}`)
    }
    const input = { ...quick, name: 'full', iterations: 400 } as const
    await expect(host.request('runs.train', input, { progress })).rejects.toMatchObject({
      kind: 'resources',
      message: expect.stringMatching(/full/) as string
    })
    expect(isFull).toBe(true)
    expect((await host.request('runs.show', { name: 'full' })).run.state).toBe('paused')
    expect((await host.request('masks.graph', { dataset: 'sample' })).images.length).toBeGreaterThan(0)

    catalogue.pragma('max_page_count = 1000000')
    const { run } = await host.request('runs.show', { name: 'full' })
    expect(run.iteration).toBeGreaterThanOrEqual(1)
    const iterations = run.iteration + 2
    const resumed = await host.request('runs.resume', { run: 'full', iterations, engine: 'wasm' })
    expect(resumed.run).toMatchObject({ state: 'finished', iteration: iterations })
  }
)

test('a run whose newest safe point is missing goes on from the one before, and says so', { timeout }, async () => {
  const { run } = await host.request('runs.train', { ...quick, name: 'newest', iterations: 9 }, pausingAt(2))
  const before = run.iteration
  const later = await host.request('runs.resume', { run: 'newest', engine: 'wasm' }, pausingAt(before + 2))
  const folder = join(workspace, 'runs', run.id, 'checkpoints')
  const [newest = '', ...older] = (await readdir(folder)).sort((a, b) => Number(b) - Number(a))
  expect([Number(newest), older.map(Number)]).toEqual([later.run.iteration, [before]])
  await rm(join(folder, newest), { recursive: true })

  const { run: ended, notices } = await host.request('runs.resume', { run: 'newest', engine: 'wasm' })
  expect(notices).toContain(
    `The safe point at iteration ${later.run.iteration} is no longer in the folder of the run: training continues from iteration ${before}.`
  )
  expect(ended).toMatchObject({ state: 'finished', iteration: 9 })
  const { history } = await host.request('runs.show', { name: 'newest' })
  const steps = history.flatMap((entry) => (entry.kind === 'step' ? [entry.iteration] : []))
  expect(steps).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('a class of which the area filter takes every cell is warned of by its name', { timeout }, async () => {
  await host.request('runs.train', { ...quick, name: 'filtered', iterations: 2 })
  const { prepared } = await host.request('workspace.show', {})
  const file = join(workspace, 'prepared', prepared[0]?.id ?? '', 'about.json')
  const text = await readFile(file, 'utf8')
  const about = PreparedAbout.parse(JSON.parse(text))
  const limits = about.limits.map((each) => (each.class === 'stained' ? { ...each, maxArea: 0 } : each))
  await writeFile(file, JSON.stringify({ ...about, limits }))
  const generation = { run: 'filtered', perClass: 2, engine: 'wasm' } as const
  const { warnings } = await host.request('synthetic.generate', { ...generation, name: 'nothing left' })
  const left = /^(\w+): not one cell is left, since the area filter took all of them/
  expect(warnings.flatMap((warning) => left.exec(warning)?.[1] ?? [])).toEqual(['stained'])
  const unfiltered = await host.request('synthetic.generate', { ...generation, name: 'all', areaFilter: false })
  expect(unfiltered.warnings.filter((warning) => left.test(warning))).toEqual([])
  await writeFile(file, text)
})
