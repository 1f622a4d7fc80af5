import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Browser, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type FrozenPlace } from '../../src/main/studies/run-task.ts'
import { startWebHost, type WebHost } from '../../src/main/web.ts'
import { accessibilityProblems } from '../support/accessibility.ts'
import { launchChromium, watchForTrouble } from '../support/chromium.ts'
import { makeStudied } from '../support/made-study.ts'
import { perfectPredictions } from '../support/perfect-predictions.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

const screenshots = join(import.meta.dirname, 'screenshots')

const folder = await temporaryFolder(afterAll)
const predictions = await temporaryFolder(afterAll)

let browser: Browser
let frozen: FrozenPlace
let app: TestApp
let host: WebHost
let page: Page
let trouble: string[]

beforeAll(async () => {
  frozen = await makeStudied(folder)
  app = await openTestApp(folder)
  host = await startWebHost(app.app)
  browser = await launchChromium()
})

afterEach(() => page.context().close())

afterAll(async () => {
  await browser.close()
  await host.close()
  await app.app.close()
})

async function open(options: Parameters<Browser['newPage']>[0] = {}): Promise<void> {
  page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options })
  page.setDefaultTimeout(120_000)
  trouble = watchForTrouble(page, host.origin)
  await page.goto(host.entry())
  await page.evaluate("location.hash = '#/studies/study'")
  await page.getByRole('heading', { name: 'Report and tables' }).waitFor() // comes last
}

const isWiderThanTheWindow = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'
const areAllPicturesShown = '[...document.images].every((image) => image.complete && image.naturalWidth > 0)'

/** How many of the axis's texts lie over another, which nobody can read. */
const crowdedTexts = `(() => {
  const boxes = [...document.querySelectorAll('.axis text')].map((text) => text.getBoundingClientRect())
  return boxes.filter((box, i) => i > 0 && box.left < boxes[i - 1].right + 4).length
})()`

describe('The page of a finished study', () => {
  test.each([
    ['study', {}],
    ['study-dark', { colorScheme: 'dark' as const }],
    ['study-narrow', { viewport: { width: 640, height: 800 } }]
  ])('shows its answer, charts, table, pictures, trainings and frozen plan (%s)', async (name, options) => {
    await open(options)
    await expect.poll(() => page.evaluate(areAllPicturesShown)).toBe(true)
    await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true })
    const { sentences, table } = await app.request('study.show', { study: 'study' })
    await page.getByText(/^1 way to learn held against real images alone, 2 repeats/).waitFor()
    const answer = page.getByRole('region', { name: 'Answer' })
    expect(await answer.getByRole('list').first().getByRole('listitem').allTextContents()).toEqual(sentences)
    await answer.getByRole('heading', { name: 'What weakens this answer' }).waitFor()
    await answer.getByText(/^Synthetic images: .*(help|harm|cannot)/).waitFor()

    const differences = page.getByRole('region', { name: 'Differences from real images alone' })
    const compared = table.cells.filter(({ difference }) => difference !== undefined)
    await expect.poll(() => differences.locator('li:not(.axis)').count()).toBe(compared.length)
    await page.getByRole('img', { name: 'What each number of real images brings' }).waitFor()
    const rows = page.getByRole('region', { name: 'Table', exact: true }).last().getByRole('row')
    await expect.poll(() => rows.count()).toBe(1 + table.rows.length)
    await page.getByText('All numbers').click()
    await expect.poll(() => page.locator('table.all tbody tr').count()).toBe(table.cells.length)

    const { parts } = await app.request('study.board', { study: 'study' })
    const board = page.getByRole('region', { name: 'Trainings' }).first()
    await board.getByText(`${parts.length} of ${parts.length} trainings done.`).waitFor()
    await expect.poll(() => board.getByRole('img', { name: /: done$/ }).count()).toBe(parts.length)
    await page.getByText(frozen.hash).waitFor()

    expect(await page.evaluate(isWiderThanTheWindow)).toBe(false)
    expect(await page.evaluate(crowdedTexts)).toBe(0)
    expect(await accessibilityProblems(page)).toEqual([])
    expect(trouble).toEqual([])
  })

  test('keeps its tab over a reload', async () => {
    await open()
    const tabs = page.getByRole('navigation', { name: 'Parts of this page' })
    await page.getByRole('link', { name: 'Numbers' }).click()
    await page.getByText('Real images only; Synthetic images', { exact: true }).waitFor()
    await page.getByRole('link', { name: 'How it was made' }).click()
    await page.getByRole('heading', { name: 'Report and tables' }).waitFor({ state: 'detached' })
    await page.reload()
    await tabs.locator('[aria-current=page]', { hasText: 'How it was made' }).waitFor()
    await page.getByRole('heading', { name: 'Report and tables' }).waitFor({ state: 'detached' })
    expect(await accessibilityProblems(page)).toEqual([])
    expect(trouble).toEqual([])
  })

  test('takes what another program predicted into a row of its own, and says why a file cannot be taken', async () => {
    await open()
    const elsewhere = page.getByRole('region', { name: 'Predictions made elsewhere' })
    const take = async (content: unknown): Promise<void> => {
      await writeFile(join(predictions, 'Cellpose-SAM.json'), JSON.stringify(content))
      await elsewhere.getByRole('list', { name: /^[/\\A-Z]/ }).waitFor()
      await elsewhere.getByRole('textbox', { name: 'Path' }).fill(predictions)
      await elsewhere.getByRole('button', { name: 'Go there' }).click()
      await elsewhere.getByRole('button', { name: /Cellpose-SAM\.json/ }).click()
      const maker = elsewhere.getByRole('textbox', { name: 'What made them' })
      await expect.poll(() => maker.inputValue()).toBe('Cellpose-SAM')
      await elsewhere.getByRole('button', { name: 'Add them to the table' }).click()
    }
    await elsewhere.getByRole('button', { name: 'Add predictions' }).click()
    const tested = frozen.study.images.filter(({ split }) => split === 'test')
    const [first, ...rest] = await perfectPredictions(frozen, tested)
    await take([{ ...first, image_id: 99_999 }, ...rest])
    await elsewhere.getByRole('alert').getByText('belongs to the image 99999').waitFor()
    await page.screenshot({ path: join(screenshots, 'study-predictions.png'), fullPage: true })
    expect(await accessibilityProblems(page)).toEqual([])

    await elsewhere.getByRole('button', { name: 'Choose another file' }).click()
    await take(rest)
    await elsewhere.getByText('“Cellpose-SAM” has a row in the table.').waitFor()
    const row = page
      .getByRole('region', { name: 'Table', exact: true })
      .last()
      .getByRole('rowheader', { name: 'Cellpose-SAM (made elsewhere)', exact: true })
    await row.first().waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    expect(trouble.filter((each) => !each.includes('400'))).toEqual([])
  })

  test('gives its report as one HTML file', async () => {
    await open()
    const coming = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Save report.html' }).click()
    const download = await coming
    expect(download.suggestedFilename()).toBe('report.html')
    const text = await readFile(await download.path(), 'utf8')
    expect(text).toMatch(/^<!doctype html>/i)
    expect(text).toContain(frozen.hash)
    expect(trouble).toEqual([])
  })
})
