import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { accessibilityProblems } from '../support/accessibility.ts'
import { AppProcess } from '../support/app-process.ts'
import { launchChromium, watchForTrouble } from '../support/chromium.ts'

const screenshots = join(import.meta.dirname, 'screenshots')
const isLinux = process.platform === 'linux'
const minute = 60_000

let browser: Browser
let workspace: string
let app: AppProcess
let page: Page
let trouble: string[]
let address: string

beforeAll(async () => {
  workspace = mkdtempSync(join(tmpdir(), 'cytoloom-sample-'))
  app = new AppProcess(workspace)
  browser = await launchChromium()
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  page.setDefaultTimeout(2 * minute)
  address = await app.address()
  trouble = watchForTrouble(page, new URL(address).origin)
})

afterAll(async () => {
  await browser.close()
  await app.stop()
  rmSync(workspace, { recursive: true, force: true })
})

function heading(name: RegExp) {
  return page.getByRole('heading', { name })
}

function sheet() {
  return page.getByRole('img', { name: /^Sheet of generated cell pictures/ })
}

/** The pictures of a set that are shown, each with its cells outlined beside it. */
function pictures(title: string) {
  return page.getByRole('region', { name: title }).getByRole('img', { name: /\d cells?$/ })
}

/** A screenshot of the whole page wants them all. */
const areAllPicturesShown = '[...document.images].every((image) => image.complete && image.naturalWidth > 0)'

// One story in order, with the real engine: each part begins where the one before ended.
describe.skipIf(!isLinux)(
  `The sample, from the button to the package${isLinux ? '' : ' (skipped: needs Linux’s /proc)'}`,
  () => {
    test('makes the first pictures at a press, before anything is learned', async () => {
      await page.goto(address)
      expect(page.url()).not.toContain('token')
      await page.getByRole('button', { name: 'Try the sample' }).click()
      await pictures('The first pictures').nth(11).waitFor()
      await expect.poll(() => page.evaluate(areAllPicturesShown)).toBe(true)
      await page.screenshot({ path: join(screenshots, 'sample-first.png'), fullPage: true })
      expect(await accessibilityProblems(page)).toEqual([])
    })

    test('shows them in the gallery, and comes back from there', async () => {
      await page.getByRole('link', { name: 'Look at them in the gallery' }).click()
      await page.locator('.grid [role=option]').nth(5).waitFor()
      await page.getByText(/^24 pictures\./).waitFor()
      await page.goBack()
      await heading(/^The first pictures$/).waitFor()
    })

    test('learns on for a short time when it is told to', async () => {
      await page.getByText('Choose how long to train').click()
      await page.getByLabel('Minutes of training').fill('2') // long enough for all that is done meanwhile on a busy computer
      await page.getByRole('button', { name: 'Let it learn on' }).click()
      await heading(/^Step \d of 7/).waitFor()
    })

    test('shows what it can draw while it learns, also after a reload in the middle', async () => {
      await heading(/^Step 4 of 7/).waitFor()
      await sheet().waitFor()
      await page.reload()
      await heading(/^Step 4 of 7/).waitFor()
      await sheet().waitFor()
      await expect.poll(() => page.getByRole('progressbar').count()).toBe(1)
    })

    test('survives a killed engine, and says so', async () => {
      expect(app.killEngine()).toBe(1)
      await page.getByRole('complementary', { name: 'Good to know' }).waitFor()
      await heading(/^Step 4 of 7/).waitFor()
      await page.screenshot({ path: join(screenshots, 'sample-learning.png'), fullPage: true })
      expect(await accessibilityProblems(page)).toEqual([])
    })

    test('pauses and goes on', async () => {
      await page.getByRole('button', { name: 'Pause' }).click()
      await heading(/^Paused/).waitFor()
      await page.getByRole('button', { name: 'Resume' }).click()
      await heading(/^Step 4 of 7/).waitFor()
    })

    test('ends with pictures, masks, sentences and a package that is there', { timeout: 20 * minute }, async () => {
      await heading(/^Done/).waitFor({ timeout: 15 * minute })
      await pictures('The new pictures').nth(15).waitFor()
      await expect.poll(() => page.evaluate(areAllPicturesShown)).toBe(true) // fails if one cannot be shown
      const place = await page.locator('.package code').textContent()
      expect(existsSync(place ?? '')).toBe(true)
      await expect.poll(() => page.locator('.sentences p').count()).toBe(5)
      await page
        .locator('.sentences')
        .getByText(/[1-9][\d,]* pictures seen/)
        .waitFor() // it went on learning after the pause
      const recent = page.getByRole('region', { name: 'Recent' })
      for (const kind of ['Images', 'Version for training', 'Model', 'Synthetic set', 'Package']) {
        await recent.getByText(kind, { exact: true }).first().waitFor()
      }
      await page.screenshot({ path: join(screenshots, 'sample-done.png'), fullPage: true })
      expect(await accessibilityProblems(page)).toEqual([])
    })

    test('is still there for whoever comes back, in the dark and on a narrow screen', async () => {
      await page.emulateMedia({ colorScheme: 'dark' })
      await page.reload()
      await heading(/^Done/).waitFor()
      await pictures('The new pictures').nth(15).waitFor()
      await expect.poll(() => page.evaluate(areAllPicturesShown)).toBe(true)
      await page.screenshot({ path: join(screenshots, 'sample-done-dark.png'), fullPage: true })
      expect(await accessibilityProblems(page)).toEqual([])

      await page.setViewportSize({ width: 390, height: 844 })
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390)
      await page.screenshot({ path: join(screenshots, 'sample-done-narrow.png'), fullPage: true })
    })

    test('caused no error in the page and no request to anywhere else', () => {
      expect(trouble).toEqual([])
    })

    test('ends in peace when it is told to', async () => {
      expect(await app.stop()).toBe(0)
    })
  }
)
