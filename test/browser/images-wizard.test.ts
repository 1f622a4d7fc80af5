import { join } from 'node:path'
import { type Browser, type Locator, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Answers, DraftId } from '../../src/shared/drafts.ts'
import { startWebHost, type WebHost } from '../../src/main/web.ts'
import { accessibilityProblems } from '../support/accessibility.ts'
import { launchChromium, watchForTrouble } from '../support/chromium.ts'
import { writePlate } from '../support/plate.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

const screenshots = join(import.meta.dirname, 'screenshots')
const views = [
  ['1280', { viewport: { width: 1280, height: 800 } }],
  ['1280-dark', { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' }],
  ['1024', { viewport: { width: 1024, height: 768 } }]
] as const

let browser: Browser
let folder: string
let app: TestApp
let host: WebHost
let page: Page
let trouble: string[]

beforeAll(async () => {
  browser = await launchChromium()
})

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await page.screenshot({ path: join(screenshots, 'images-wizard-failed.png') })
  await page.context().close()
  await host.close()
  await app.app.close()
})

afterAll(() => browser.close())

async function open(): Promise<void> {
  folder = await temporaryFolder()
  app = await openTestApp(join(folder, 'workspace'))
  host = await startWebHost(app.app)
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  page.setDefaultTimeout(60_000)
  trouble = watchForTrouble(page, host.origin)
  await page.goto(host.entry())
}

async function goTo(address: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(address)}`)
}

/** The wizard at a step, with answers as they would have been given. */
async function openDraft(step: string, answers: Answers, id = 'w-1'): Promise<void> {
  const draft = { id: DraftId.parse(id), wizard: 'images', title: 'plate', step, answers } as const
  await app.request('drafts.save', draft)
  await goTo(`#/images/new?draft=${id}`)
}

async function photograph(name: string): Promise<void> {
  for (const [view, { viewport, ...scheme }] of views) {
    await page.setViewportSize(viewport)
    await page.emulateMedia({ colorScheme: 'light', ...scheme })
    await page.screenshot({ path: join(screenshots, `${name}-${view}.png`), fullPage: true })
  }
  await page.setViewportSize(views[0][1].viewport)
  await page.emulateMedia({ colorScheme: 'light' })
  expect(await accessibilityProblems(page)).toEqual([])
  expect(trouble).toEqual([])
}

/** Of the matrix. */
function kindRow(name: string): Locator {
  return page.getByRole('row').filter({ has: page.getByLabel(`Choose ${name}`, { exact: true }) })
}

function next(name = 'Next'): Locator {
  return page.locator('main form').getByRole('button', { name, exact: true }).last()
}

describe('What was found', () => {
  test('takes kind and time from pieces of the names that are pressed, and shows them in the matrix', async () => {
    await open()
    const source = writePlate(join(folder, 'plate 3'), {
      kinds: ['HeLa', 'U2OS', 'A549'],
      wells: ['A1', 'B2', 'C3'],
      hours: [0, 24, 48]
    })
    await openDraft('source', { source })
    await next('Look at them').click()
    await page.getByText('27 images of 27 files can be used').waitFor()
    await photograph('images-found')

    await page.getByText('What the file names tell').click()
    const kinds = page.getByRole('group', { name: /press the one that tells it/ })
    await kinds.getByRole('button', { name: 'A549' }).click()
    const times = page.getByRole('group', { name: 'What tells the time since the start?' })
    await times.getByRole('button', { name: '0h' }).click()
    const groups = page.getByRole('group', { name: /train together or test together/ })
    await groups.getByRole('button', { name: 'A549' }).click()
    await groups.getByRole('button', { name: 'A1' }).click()
    const read = page.getByRole('table', { name: 'Your names, read like this' })
    await read
      .getByRole('row', { name: /U2OS 48 U2OS C3$/ })
      .first()
      .waitFor()
    await page.getByText('27 images of 27 files can be used').waitFor()
    await photograph('images-names')

    await next().click()
    await page.getByLabel('Name of the image set').waitFor()
    await next('Take them in').click()
    await page.getByRole('heading', { name: 'Which kinds of cells are there?' }).waitFor()
    await kindRow('U2OS').waitFor()
    await page.getByRole('complementary', { name: 'Your pictures' }).getByRole('img').first().waitFor()
    await photograph('images-matrix')
    await page.getByRole('button', { name: 'Groups' }).click()
    await page.getByRole('row', { name: /^U2OS C3 3/ }).waitFor()
    await photograph('images-wells')

    await page.getByRole('button', { name: 'Time points', exact: true }).click()
    await page.getByLabel('Choose HeLa, 24 h').check()
    await page.getByLabel('Choose HeLa, 48 h').check()
    await page.getByRole('button', { name: 'Take as one', exact: true }).click()
    await page.getByLabel('Choose HeLa, 48 h').waitFor({ state: 'detached' })
    await page.getByLabel('Choose A549', { exact: true }).check()
    await page.getByRole('button', { name: 'Leave out', exact: true }).click()
    await kindRow('A549').waitFor({ state: 'detached' })
    await photograph('images-matrix-changed')
    await page.getByRole('button', { name: 'Take back A549' }).click()
    await kindRow('A549').waitFor()
    await page.getByRole('button', { name: 'Tell the time points of HeLa apart again' }).click()
    await page.getByLabel('Choose HeLa, 48 h').waitFor()
  })

  test('keeps a matrix of ten kinds at twenty time points readable: folded, with what is wrong on top', async () => {
    await open()
    const kinds = Array.from({ length: 10 }, (_, i) => `${['SH-SY5Y', 'HeLa', 'Huh7'][i % 3] ?? ''} dose ${i + 1}`)
    const hours = Array.from({ length: 20 }, (_, i) => 4 * i)
    const source = writePlate(join(folder, 'long'), { kinds, wells: ['A1'], hours, side: 32 })
    const rules = { classFrom: 'filename:^(.+?)_', timeFrom: 'filename:_(\\d+)h_' }
    const { dataset } = await app.request('datasets.import', { source, name: 'long', ...rules })
    await openDraft('classes', { dataset: dataset.id })
    await kindRow('Huh7 dose 9').waitFor()
    expect(await page.getByRole('row').count()).toBe(11)
    await photograph('images-matrix-long')
    await page
      .getByRole('button', { name: /^20 time points/ })
      .nth(1)
      .click()
    expect(await page.getByRole('row').count()).toBe(31)
    await photograph('images-matrix-unfolded')
  })

  test('shows the pictures before and after a correction of channels', async () => {
    await open()
    const source = writePlate(join(folder, 'stacks'), {
      kinds: ['HeLa'],
      wells: ['A1', 'B2'],
      hours: [0, 24],
      isStack: true
    })
    await openDraft('source', { source })
    await next('Look at them').click()
    await page.getByText('4 images of 4 files can be used').waitFor()
    await page.getByText('Correct something for all files').click()
    await page.getByLabel('Channel to use as gray').selectOption('2')
    await page.getByRole('img', { name: /HeLa_A1_0h_f1.*, Before$/ }).waitFor()
    await page.getByRole('img', { name: /HeLa_A1_0h_f1.*, After$/ }).waitFor()
    await page.getByText('4 images of 4 files can be used').waitFor()
    await page.getByLabel('Brightness, where there are more than 8 bits').selectOption('full')
    await page
      .getByRole('group', { name: 'Before and after', exact: true })
      .and(page.locator('[aria-busy=false]'))
      .waitFor()
    await photograph('images-before-after')
  })
})

describe('A wizard', () => {
  test('opens the draft that its address names, another one when that changes, and none where it names nothing', async () => {
    await open()
    await openDraft('source', { source: '/data/plate 1' }, 'w-1')
    await page.getByText('/data/plate 1').waitFor()
    await openDraft('source', { source: '/data/plate 2' }, 'w-2')
    await page.getByText('/data/plate 2').waitFor()
    await goTo('#/images/new')
    await page.getByText('Drop a folder, images or a zip here').waitFor()
    await goTo('#/images/new?draft=')
    await page.getByText('Drop a folder, images or a zip here').waitFor()
    await page.goBack()
    await page.goBack()
    await page.getByText('/data/plate 2').waitFor()
    expect(trouble).toEqual([])
  })
})
