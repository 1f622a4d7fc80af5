import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { type Browser } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { accessibilityProblems } from '../support/accessibility.ts'
import { AppProcess } from '../support/app-process.ts'
import { launchChromium } from '../support/chromium.ts'
import { manyImages } from '../support/many-images.ts'
import { WorkPage } from '../support/work-page.ts'

const screenshots = join(import.meta.dirname, 'screenshots')
const sample = join(import.meta.dirname, '../../resources/sample')
const isLinux = process.platform === 'linux'
const minute = 60_000
const skipped = isLinux ? '' : ' (skipped: needs Linux’s /proc)'

let browser: Browser
let folder: string
let workspace: string
let app: AppProcess
let pages: WorkPage[] = []

beforeAll(async () => {
  browser = await launchChromium()
  folder = mkdtempSync(join(tmpdir(), 'cytoloom-tasks-'))
})

afterEach(() => {
  expect(pages.flatMap(({ trouble }) => trouble)).toEqual([])
})

afterAll(async () => {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
})

function start(name: string): void {
  workspace = join(folder, name)
  app = new AppProcess(workspace)
}

async function end(): Promise<void> {
  await closePages()
  await app.stop()
}

async function open(): Promise<WorkPage> {
  const page = await WorkPage.open(browser, app, 5 * minute)
  pages.push(page)
  return page
}

/** Pages go first: one whose host dies has reason to complain. */
async function closePages(): Promise<void> {
  await Promise.all(pages.map((page) => page.close()))
  pages = []
}

/** Kills the host, starts another on the same workspace and opens its page. */
async function killAndStartAgain(): Promise<WorkPage> {
  await closePages()
  await app.kill()
  app = new AppProcess(workspace)
  return open()
}

/** What cancelled and killed tasks must not leave: unfinished files, folders that the catalogue does not know. */
async function leftovers(page: WorkPage): Promise<string[]> {
  const { datasets, prepared, runs, synthetic } = await page.answer('workspace.show')
  const { things } = await page.answer('things.inTrash')
  const known = new Set([...datasets, ...prepared, ...runs, ...synthetic, ...things].map(({ id }) => String(id)))
  const kinds = ['datasets', 'prepared', 'runs', 'synthetic']
  return readdirSync(workspace, { recursive: true, encoding: 'utf8' }).filter((path) => {
    const isThing = kinds.includes(dirname(path))
    return path.includes('.partial') || (isThing && !known.has(basename(path)))
  })
}

async function isLive(title: string, watched: readonly WorkPage[]): Promise<void> {
  const before = await Promise.all(watched.map((page) => page.progress(title)))
  for (const [index, page] of watched.entries()) {
    await expect.poll(() => page.progress(title)).toBeGreaterThan(before[index] ?? 0)
  }
}

interface Kind {
  readonly title: string
  readonly form: string
  readonly fields: Readonly<Record<string, string>>
  readonly button: string
  readonly afterKill: 'interrupted' | 'paused'
  readonly goesOn: 'Start again' | 'Resume'
}

const kinds: Record<'import' | 'prepare' | 'train', Kind> = {
  import: {
    title: 'Import images Many',
    form: 'Import images',
    fields: { 'Path of the folder': '', 'Name of the image set': 'Many' },
    button: 'Import',
    afterKill: 'interrupted',
    goesOn: 'Start again'
  },
  prepare: {
    title: 'Prepare images for training Many',
    form: 'Prepare images for training',
    fields: { 'Image set': 'Many', 'Tile size': '32' },
    button: 'Prepare',
    afterKill: 'interrupted',
    goesOn: 'Start again'
  },
  train: {
    title: 'Train a model Small',
    form: 'Train a model',
    fields: { 'Prepared set': 'Many', 'Name of the model': 'Small', Goal: 'Small tiles, as in the sample' },
    button: 'Train',
    afterKill: 'paused',
    goesOn: 'Resume'
  }
}

// One story in order, with the real engine, catalogue and files: each part begins where the one before ended.
describe.skipIf(!isLinux)(`The page’s tasks${skipped}`, () => {
  beforeAll(() => {
    start('workspace')
    kinds.import = { ...kinds.import, fields: { ...kinds.import.fields, 'Path of the folder': manyImages(folder, 80) } }
  })
  afterAll(end)

  test('says what a look found before anything is taken', async () => {
    const work = await open()
    await work.begin('Import images', { 'Path of the folder': sample }, 'Look first')
    await work.isIn('Look at images first sample', 'done')
    await work.task('Look at images first sample').getByText('Result').click()
    await work.page.getByText(/can be taken, \d+ with outlines/).waitFor()
    await work.press('Look at images first sample', 'Dismiss')
    await work.task('Look at images first sample').waitFor({ state: 'detached' })
    expect(await leftovers(work)).toEqual([])
  })

  test('says what an import would take before it begins', async () => {
    const work = pages[0] ?? (await open())
    await work.begin('Import images', { 'Path of the folder': sample }, 'Estimate time and room')
    const title = 'Estimate time and room sample'
    await work.isIn(title, 'done')
    await work.task(title).getByText('Result').click()
    await work.page.getByText(/^It would take about /).waitFor()
    await work.page.getByText(/^It takes up to .* on the disk/).waitFor()
    await work.page.screenshot({ path: join(screenshots, 'tasks-estimate.png'), fullPage: true })
    expect(await accessibilityProblems(work.page)).toEqual([])
    await work.press(title, 'Dismiss')
    expect(await leftovers(work)).toEqual([])
  })

  test.each([kinds.import, kinds.prepare, kinds.train].map(({ form }, index) => [form, index] as const))(
    '“%s” is shown live after a reload and in a second page, and leaves nothing when it is cancelled or killed',
    { timeout: 30 * minute },
    async (_, index) => {
      const kind = [kinds.import, kinds.prepare, kinds.train][index] ?? kinds.import
      const { title } = kind
      const first = pages[0] ?? (await open())
      await first.begin(kind.form, kind.fields, kind.button)
      await first.isIn(title, 'in progress')
      await first.page.reload()
      await first.isIn(title, 'in progress')
      const second = await open()
      await second.isIn(title, 'in progress')
      await isLive(title, [first, second])
      await first.page.screenshot({ path: join(screenshots, `tasks-${kind.button}.png`), fullPage: true })

      await second.cancel(title)
      for (const page of [first, second]) await page.isIn(title, 'cancelled')
      expect(await leftovers(first)).toEqual([])

      await first.press(title, 'Start again')
      await isLive(title, [second])
      const after = await killAndStartAgain()
      await after.isIn(title, kind.afterKill)
      expect(await leftovers(after)).toEqual([])
      expect(await accessibilityProblems(after.page)).toEqual([])

      await after.press(title, kind.goesOn)
      await after.isIn(title, 'in progress')
      if (kind === kinds.train) await isLive(title, [after])
      else await after.isIn(title, 'done')
    }
  )
})

describe.skipIf(!isLinux)(`The sample as a plan${skipped}`, () => {
  const title = 'The sample Sample nuclei'

  beforeAll(() => start('sample'))
  afterAll(end)

  test('lists its tasks one by one while it works', async () => {
    const work = await open()
    await work.page.getByRole('link', { name: 'Home' }).click()
    await work.page.getByRole('button', { name: 'Try the sample' }).click()
    await work.page.getByText('Choose how long to train').click()
    await work.page.getByLabel('Minutes of training').fill('1') // long enough to be paused on a busy computer
    await work.page.getByRole('button', { name: 'Let it learn on' }).click()
    await work.page.getByRole('link', { name: /^Work/ }).click()
    const step = work.task(title).getByRole('list', { name: 'Steps' }).getByRole('listitem')
    await step.filter({ hasText: 'Train a model (in progress)' }).waitFor()
    expect(await step.allTextContents()).toEqual([
      expect.stringMatching(/Import images \(done\).*images with .* cells/),
      expect.stringMatching(/Prepare images for training \(done\)/),
      expect.stringMatching(/Train a model \(in progress\)/),
      expect.stringMatching(/Score a model \(waiting\)/),
      expect.stringMatching(/Generate pictures \(waiting\)/),
      expect.stringMatching(/Pack for other programs \(waiting\)/)
    ])
  })

  test('is paused, goes on in another host, and comes to its end', { timeout: 20 * minute }, async () => {
    const [before = await open()] = pages
    await before.press(title, 'Pause')
    await before.isIn(title, 'paused')
    await before.page.screenshot({ path: join(screenshots, 'tasks-sample-paused.png'), fullPage: true })
    await closePages()
    expect(await app.stop()).toBe(0)
    app = new AppProcess(workspace)

    const work = await open()
    await work.isIn(title, 'paused')
    await work.press(title, 'Resume')
    await work.isIn(title, 'done', 10 * minute)
    const step = work.task(title).getByRole('list', { name: 'Steps' }).getByRole('listitem')
    await expect.poll(() => step.filter({ hasText: '(done)' }).count()).toBe(6)
    await work.page.screenshot({ path: join(screenshots, 'tasks-sample-done.png'), fullPage: true })
    expect(await accessibilityProblems(work.page)).toEqual([])
  })
})
