import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWebHost, type WebHost } from '../../src/main/web.ts'
import { DraftId } from '../../src/shared/drafts.ts'
import { launchChromium } from '../support/chromium.ts'
import { makeSyntheticSet } from '../support/synthetic-set.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { addSampleTiles, openTestApp, type TestApp } from '../support/test-app.ts'

let browser: Browser
let app: TestApp
let host: WebHost
let page: Page

beforeAll(async () => {
  const folder = await temporaryFolder(afterAll)
  mkdirSync(join(folder, 'synthetic'))
  await makeSyntheticSet(join(folder, 'synthetic/s-test'), 2)
  app = await openTestApp(folder)
  await addSampleTiles(app)
  host = await startWebHost(app.app)
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  page.setDefaultTimeout(120_000)
  await page.goto(host.entry())
})
afterAll(async () => {
  await browser.close()
  await host.close()
  await app.app.close()
})

test('a detail of a training shows what is usual, and is set back to it at a press', async () => {
  const [version] = (await app.request('workspace.show', {})).prepared
  const answers = { version: version?.id ?? '', from: '', goal: 'demo' }
  const id = DraftId.parse('w-details')
  await app.request('drafts.save', { id, wizard: 'train', title: 'tiles', step: 'details', answers })
  await page.evaluate(`location.hash = '#/models/new?draft=w-details'`)
  const field = page.getByLabel('Pictures a round')
  const row = page.locator('.field').filter({ has: field })
  await row.getByText(/^usually \d+$/).waitFor()
  const usual = await row.getByText(/^usually \d+$/).innerText()

  await field.fill('6')
  await row.getByText(usual).waitFor({ state: 'detached' })
  await expect
    .poll(async () => (await app.request('drafts.show', { id })).answers)
    .toMatchObject({
      details: { batch: '6' }
    })
  await row.getByRole('button', { name: 'Set back Pictures a round' }).click()
  await row.getByText(usual).waitFor()
  expect(await field.inputValue()).toBe('')
  await field.fill('many')
  await page.getByText('“Pictures a round” is not a number above 0.').first().waitFor()
  await row.getByRole('button', { name: 'Set back Pictures a round' }).click()
})
