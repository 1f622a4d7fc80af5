import { join } from 'node:path'
import { type Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accessibilityProblems } from '../support/accessibility.ts'
import { launchChromium } from '../support/chromium.ts'
import { layoutProblems } from '../support/layout.ts'
import { makeStudied } from '../support/made-study.ts'
import { emptyPlaces, learningPlaces, type Place, shelfPlaces, thingPlaces } from '../support/places.ts'
import { ShownApp } from '../support/shown-app.ts'
import { makeSyntheticSet } from '../support/synthetic-set.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { addSampleTiles, sampleFolder, type TestApp } from '../support/test-app.ts'
import { wizardPlaces } from '../support/wizard-places.ts'

/** The last are the first two at 200 % zoom: half as many pixels of the page, each twice as large. */
const sizes = [
  { width: 1280, height: 800 },
  { width: 1024, height: 768 },
  { width: 1920, height: 1080 },
  { width: 640, height: 400 },
  { width: 512, height: 384 }
]

const folder = await temporaryFolder(afterAll)

let browser: Browser
let empty: ShownApp
let filled: ShownApp

beforeAll(async () => {
  browser = await launchChromium()
  empty = await ShownApp.openOn(browser, join(folder, 'empty'))
  const workspace = join(folder, 'filled')
  await makeStudied(workspace)
  await makeSyntheticSet(join(workspace, 'synthetic/s-test'), 24)
  filled = await ShownApp.openOn(browser, workspace, { timeout: 300_000, reducedMotion: 'reduce' })
  await fill(filled)
})

afterAll(async () => {
  await empty.close()
  await filled.close()
  await browser.close()
})

/** With a thing of each kind, one of them in the trash. */
async function fill({ app }: ShownApp): Promise<void> {
  await addSampleTiles(app)
  const training = { prepared: 'tiles', preset: 'demo', batch: 4, engine: 'wasm' } as const
  await app.request('runs.train', { ...training, name: 'A model of small tiles', iterations: 4, evaluateEvery: 2 })
  await app.request('packages.create', { set: 's-test', out: join(folder, 'filled/packages/block-cells.zip') })
  await app.request('datasets.import', { source: sampleFolder, name: 'Not wanted', format: 'labels', maxImages: 2 })
  await app.request('things.trash', { things: ['Not wanted'] })
}

/** A model learns until it is told to stop, and an import has failed for its name. */
async function whileAtWork({ app }: ShownApp, look: (run: string) => Promise<void>): Promise<void> {
  await app
    .request('datasets.import', { source: sampleFolder, name: 'sample', format: 'labels', maxImages: 2 })
    .catch(() => undefined)
  const training = { prepared: 'tiles', preset: 'demo', batch: 4, engine: 'wasm' } as const
  const input = { ...training, name: 'A model that learns', iterations: 100_000, evaluateEvery: 100_000 }
  const { id } = await app.request('tasks.start', { kind: 'train', input })
  try {
    await look(await drawn(app, id))
  } finally {
    await app.request('tasks.cancel', { id })
    const runs = async (): Promise<string[]> => (await app.request('runs.list', {})).runs.map(({ name }) => name)
    await expect.poll(runs, { timeout: 300_000 }).not.toContain(input.name)
  }
}

/** Which run the task trains, once it has drawn its first pictures. */
async function drawn(app: TestApp, task: string): Promise<string> {
  for (;;) {
    const { state, thing } = await app.request('tasks.show', { id: task })
    expect(['waiting', 'running']).toContain(state)
    const history = thing === undefined ? [] : (await app.request('runs.show', { name: thing })).history
    if (thing !== undefined && history.some(({ kind }) => kind === 'sample')) return thing
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** Everything that is wrong with these screens, at every size and in both schemes. */
async function problemsAt({ page, goTo }: ShownApp, places: readonly Place[]): Promise<string[]> {
  const problems: string[] = []
  for (const { name, address, ready } of places) {
    await page.setViewportSize(sizes[0] ?? expect.fail('there are sizes'))
    await goTo(address)
    await page.locator('main h1').first().waitFor()
    await ready?.(page)
    for (const size of sizes) {
      await page.setViewportSize(size)
      problems.push(...(await layoutProblems(page)).map((problem) => `${name} at ${size.width}: ${problem}`))
    }
    for (const colorScheme of ['dark', 'light'] as const) {
      await page.emulateMedia({ colorScheme })
      problems.push(...(await accessibilityProblems(page)).map((problem) => `${name}, ${colorScheme}: ${problem}`))
    }
  }
  return problems
}

test('what is too wide, cut off or covered is noticed', async () => {
  const page = await browser.newPage({ viewport: { width: 400, height: 300 } })
  await page.setContent(`
    <div style="width: 500px">wide</div>
    <p style="overflow: hidden; white-space: nowrap; width: 60px">This sentence is too long for its place.</p>
    <p style="overflow: hidden; height: 10px; line-height: 20px">This one is too high.</p>
    <button style="width: 30px; padding: 0; white-space: nowrap">A long label</button>
    <a href="#" style="position: absolute; top: 200px">Under something</a>
    <div style="background: white; height: 60px; position: absolute; top: 190px; width: 300px"></div>`)
  expect(await layoutProblems(page)).toEqual([
    'the page is 108 pixels wider than the window',
    'cut off at the side: p “This sentence is too long for its place.”',
    'cut off below: p “This one is too high.”',
    'wider than its button: button “A long label”',
    expect.stringMatching(/^covered: a “Under something” by div/)
  ])
  await page.context().close()
})

describe('Whole at every size, at 200 % zoom, and for everybody in light and dark', () => {
  test('is an empty app', async () => {
    expect(await problemsAt(empty, emptyPlaces())).toEqual([])
  })

  test('is every shelf', async () => {
    expect(await problemsAt(filled, [...shelfPlaces(), ...emptyPlaces()])).toEqual([])
  })

  test('is the page of each thing, with its tabs', async () => {
    expect(await problemsAt(filled, thingPlaces(await filled.app.request('workspace.show', {})))).toEqual([])
  })

  test('is what is seen while a model learns, beside what failed', async () => {
    await whileAtWork(filled, async (run) => {
      expect(await problemsAt(filled, learningPlaces(run))).toEqual([])
      await filled.page.getByRole('button', { name: 'Choose another name, and try again' }).waitFor()
    })
  })

  test('is every step of every wizard', async () => {
    const content = await filled.app.request('workspace.show', {})
    expect(await problemsAt(filled, await wizardPlaces(filled.app, content, sampleFolder))).toEqual([])
  })
})
