import { createServer } from 'node:net'
import { join } from 'node:path'
import { type Browser, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { accessibilityProblems } from '../support/accessibility.ts'
import { AppProcess } from '../support/app-process.ts'
import { launchChromium } from '../support/chromium.ts'
import { manyImages } from '../support/many-images.ts'
import { writePlate } from '../support/plate.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { WorkPage } from '../support/work-page.ts'

const screenshots = join(import.meta.dirname, 'screenshots')
const minute = 60_000
const patience = 2 * minute

let browser: Browser
/** The page that a test works with, to be looked at where it fails. */
let seen: Page | undefined
let hosts: AppProcess[] = []

beforeAll(async () => {
  browser = await launchChromium()
})
afterEach(async ({ task }) => {
  if (task.result?.state === 'fail') await seen?.screenshot({ path: join(screenshots, 'hosts-failed.png') })
  await Promise.all(browser.contexts().map((context) => context.close()))
  await Promise.all(hosts.map((host) => host.stop()))
  hosts = []
})
afterAll(() => browser.close())

function start(workspace: string, port?: number): AppProcess {
  const host = new AppProcess(workspace, port)
  hosts.push(host)
  return host
}

async function goTo(page: Page, section: string): Promise<void> {
  await page.getByRole('link', { name: new RegExp(`^${section}`) }).click()
}

describe('A second program on the same workspace', () => {
  test(
    'is told of in both pages; each sees what the other does, and the one that stays does again what was cut off',
    {
      timeout: 20 * minute
    },
    async () => {
      const folder = await temporaryFolder()
      const workspace = join(folder, 'workspace')
      const source = manyImages(folder, 40)
      const first = start(workspace)
      const here = await WorkPage.open(browser, first, patience)
      const second = start(workspace)
      const there = await WorkPage.open(browser, second, patience)
      seen = there.page

      const notice = /open in another window or program as well\. Both can be used/
      for (const { page } of [here, there]) {
        await goTo(page, 'Home')
        await page.getByRole('status').filter({ hasText: notice }).waitFor()
      }
      await there.page.screenshot({ path: join(screenshots, 'hosts-two.png') })
      expect(await accessibilityProblems(there.page)).toEqual([])
      for (const { page } of [here, there]) await goTo(page, 'Work')

      const title = 'Import images Many'
      await here.begin('Import images', { 'Path of the folder': source, 'Name of the image set': 'Many' }, 'Import')
      await there.isIn(title, 'in progress')
      await goTo(there.page, 'Home')
      await here.page.context().close()
      await first.kill()
      await there.page.getByRole('status').filter({ hasText: notice }).waitFor({ state: 'detached' })

      await goTo(there.page, 'Work')
      await there.isIn(title, 'interrupted')
      await there.press(title, 'Start again')
      await there.isIn(title, 'done')
      await goTo(there.page, 'Home')
      await there.page.getByRole('link', { name: /Many/ }).first().waitFor()
      expect((await there.answer('workspace.show')).datasets.map(({ name }) => name)).toEqual(['Many'])
      expect(there.trouble).toEqual([])
    }
  )
})

describe('The host gone while a wizard is open', () => {
  test(
    'is said at once; the answers of before, and those given meanwhile, are there when a host is there again',
    {
      timeout: 20 * minute
    },
    async () => {
      const folder = await temporaryFolder()
      const workspace = join(folder, 'workspace')
      const source = writePlate(join(folder, 'plate 3'), { kinds: ['HeLa', 'U2OS'], wells: ['A1', 'B2'], hours: [0] })
      const port = await freePort()
      const host = start(workspace, port)
      const work = await WorkPage.open(browser, host, patience)
      const { page } = work
      seen = page
      await page.evaluate(`location.hash = ${JSON.stringify(`#/images/new?source=${encodeURIComponent(source)}`)}`)
      await page.getByRole('button', { name: 'Look at them' }).last().click()
      await page.getByText('4 images of 4 files can be used').waitFor()
      await page.locator('main form').getByRole('button', { name: 'Next', exact: true }).last().click()
      const name = page.getByLabel('Name of the image set')
      await name.fill('Plate of Monday')
      const draft = await page.evaluate(`location.hash`)
      const titles = async (): Promise<string[]> => (await work.answer('drafts.list')).drafts.map(({ title }) => title)
      await expect.poll(titles).toEqual(['Plate of Monday'])

      await host.kill()
      await page.getByRole('alert').filter({ hasText: 'The connection to CytoLoom is interrupted' }).waitFor()
      await name.fill('Plate of Tuesday')
      await page.screenshot({ path: join(screenshots, 'hosts-gone.png') })
      expect(await accessibilityProblems(page)).toEqual([])

      const again = start(workspace, port)
      const elsewhere = await browser.newPage({ viewport: { width: 1280, height: 900 } })
      elsewhere.setDefaultTimeout(patience)
      await elsewhere.goto(await again.address())
      await elsewhere.getByRole('link', { name: /plate of monday/i }).click()
      await expect.poll(() => elsewhere.getByLabel('Name of the image set').inputValue()).toBe('Plate of Monday')
      await elsewhere.getByText('4 images', { exact: true }).waitFor()

      // The tab of before knows what it could not save.
      await page.goto(await again.address())
      await page.evaluate(`location.hash = ${JSON.stringify(draft)}`)
      await expect.poll(() => page.getByLabel('Name of the image set').inputValue()).toBe('Plate of Tuesday')
      await page.screenshot({ path: join(screenshots, 'hosts-back.png') })
    }
  )
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  return typeof address === 'object' && address !== null ? address.port : 0
}
