import { statSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startWebHost, type WebHost } from '../../src/main/web.ts'
import { type Answers, DraftId } from '../../src/shared/drafts.ts'
import { accessibilityProblems } from '../support/accessibility.ts'
import { launchChromium, watchForTrouble } from '../support/chromium.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { addSampleTiles, openTestApp, type TestApp } from '../support/test-app.ts'

const screenshots = join(import.meta.dirname, 'screenshots')

const folder = await temporaryFolder(afterAll)

let browser: Browser
let app: TestApp
let host: WebHost
let page: Page
let trouble: string[]
let run: string

beforeAll(async () => {
  app = await openTestApp(join(folder, 'workspace'))
  await addSampleTiles(app)
  const training = { prepared: 'tiles', name: 'small', preset: 'demo', batch: 4, engine: 'wasm', seed: 3 } as const
  const trained = await app.request('runs.train', { ...training, iterations: 24, evaluateEvery: 4 })
  run = trained.run.id
  host = await startWebHost(app.app)
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  page.setDefaultTimeout(120_000)
  trouble = watchForTrouble(page, host.origin)
  await page.goto(host.entry())
})

afterAll(async () => {
  await browser.close()
  await host.close()
  await app.app.close()
})

async function goTo(address: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(address)}`)
}

async function photograph(name: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const mark = colorScheme === 'dark' ? '-dark' : ''
    await page.screenshot({ path: join(screenshots, `${name}${mark}.png`), fullPage: true })
    expect(await accessibilityProblems(page)).toEqual([])
  }
  expect(trouble).toEqual([])
}

describe('A training that is over', () => {
  test('lets the model that shall draw be chosen among its best by their pictures, and be named', async () => {
    const { history, checkpoints } = await app.request('runs.show', { name: 'small' })
    const kept = checkpoints.map(({ iteration }) => iteration)
    const best = history
      .flatMap((entry) => (entry.kind === 'evaluation' && kept.includes(entry.iteration) ? [entry] : []))
      .sort((a, b) => a.value - b.value)
      .slice(0, 3)
      .map(({ iteration }) => iteration)
    expect(best.length).toBeGreaterThan(1)
    await goTo(`#/models/${run}/live`)
    const card = page.getByRole('region', { name: 'What it has learned' })
    const choices = card.getByRole('radio')
    await expect.poll(() => choices.count()).toBe(best.length)
    for (const [i, iteration] of best.entries()) {
      await card.getByRole('listitem').nth(i).getByText(`Round ${iteration}: score`).waitFor()
    }
    await expect.poll(() => choices.first().isChecked()).toBe(true)
    const draw = card.getByRole('link', { name: 'Generate images with it' })
    await expect.poll(() => draw.getAttribute('href')).toBe(`#/sets/new?run=${run}`)

    await choices.nth(1).check()
    await expect.poll(() => draw.getAttribute('href')).toBe(`#/sets/new?run=${run}&checkpoint=${best[1] ?? ''}`)
    await card.getByLabel('Name', { exact: true }).fill('nuclei that look right')
    await card.getByLabel('Note').fill('The second by its score; fewer of its cells are torn.')
    await card.getByRole('button', { name: 'Keep the note' }).click()
    await page.getByRole('heading', { name: 'nuclei that look right', level: 1 }).waitFor()
    await card.getByText('tiles', { exact: true }).waitFor()
    await photograph('chosen-model')

    await draw.click()
    await page.getByRole('heading', { name: 'Which model shall draw them?' }).waitFor()
    await expect
      .poll(async () => (await app.request('drafts.list', {})).drafts[0]?.answers)
      .toMatchObject({ run, checkpoint: String(best[1]) })
    for (const { id } of (await app.request('drafts.list', {})).drafts) await app.request('drafts.discard', { id })
    expect((await app.request('runs.show', { name: run })).run).toMatchObject({ name: 'nuclei that look right' })
  })
})

describe('A package', () => {
  test('says how large it will be before it is packed, and is about that', async () => {
    const answers: Answers = { set: 'sample', receivers: ['cellpose'], folder, file: 'sample' }
    const { datasets } = await app.request('workspace.show', {})
    answers['set'] = datasets[0]?.id
    await app.request('drafts.save', { id: DraftId.parse('w-9'), wizard: 'share', title: '', step: 'make', answers })
    await goTo('#/packages/new?draft=w-9')
    const size = page.getByText(/^About .* in all; .* are free\.$/)
    await size.waitFor()
    const [, told = '', unit] = /^About ([\d.]+) (kB|MB)/.exec(await size.innerText()) ?? []
    await photograph('package-size')
    await page.locator('main form').getByRole('button', { name: 'Pack', exact: true }).click()
    await page.getByText('is packed and checked', { exact: false }).waitFor()
    const bytes = statSync(join(folder, 'sample.zip')).size
    expect(Number(told) * (unit === 'MB' ? 1e6 : 1e3)).toBeGreaterThan(0.5 * bytes)
    expect(Number(told) * (unit === 'MB' ? 1e6 : 1e3)).toBeLessThan(2 * bytes)
    expect(trouble).toEqual([])
  })
})
