import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { startWebHost, type WebHost } from '../../src/main/web.ts'
import { accessibilityProblems } from '../support/accessibility.ts'
import { launchChromium } from '../support/chromium.ts'
import { writePlate } from '../support/plate.ts'
import { makeSyntheticSet } from '../support/synthetic-set.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { openTestApp, type TestApp } from '../support/test-app.ts'

const screenshots = join(import.meta.dirname, 'screenshots')
const patience = 120_000

let browser: Browser
let page: Page
let ends: (() => Promise<unknown>)[] = []

beforeAll(async () => {
  browser = await launchChromium()
})
afterEach(async ({ task }) => {
  const file = join(screenshots, `bad-days-failed-${task.id}.png`)
  if (task.result?.state === 'fail') await page.screenshot({ path: file }).catch(() => undefined)
  for (const end of ends.toReversed()) await end()
  ends = []
})
afterAll(() => browser.close())

async function openPage(address: string): Promise<Page> {
  const opened = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  ends.push(() => opened.context().close())
  opened.setDefaultTimeout(patience)
  await opened.goto(address)
  await opened.getByRole('navigation', { name: 'Sections' }).waitFor()
  return opened
}

async function openHost(workspace: string): Promise<{ app: TestApp; host: WebHost }> {
  const app = await openTestApp(workspace)
  const host = await startWebHost(app.app)
  ends.push(
    () => app.app.close(),
    () => host.close()
  )
  return { app, host }
}

/** As from a file manager: Chromium itself reads the file. */
async function drop(files: readonly string[]): Promise<void> {
  const system = await page.context().newCDPSession(page)
  const data = { items: [], files: [...files], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await system.send('Input.dispatchDragEvent', { type, x: 600, y: 400, data })
}

describe('What is dropped on the start page', () => {
  test.each<[string, (folder: string) => Promise<string> | string, RegExp]>([
    [
      'a picture is looked at, and said to lack its cells',
      (folder) =>
        join(writePlate(join(folder, 'p'), { kinds: ['A'], wells: ['1'], hours: [0] }), 'images/A_1_0h_f1.png'),
      /no annotated images|None of the pictures|can be used/
    ],
    [
      'a package is opened as one, though it is called a zip',
      async (folder) => {
        const { app } = await openHost(join(folder, 'other'))
        await makeSyntheticSet(join(folder, 'other/synthetic/s-test'), 2)
        await app.request('app.rebuild', {})
        const out = join(folder, 'made.zip')
        await app.request('packages.create', { set: 's-test', out })
        return out
      },
      /is a CytoLoom package/
    ],
    [
      'a model is called one',
      (folder) => {
        writeFileSync(join(folder, 'net.safetensors'), 'weights')
        return join(folder, 'net.safetensors')
      },
      /holds the weights of a model/
    ]
  ])('%s', async (_, make, sentence) => {
    const folder = await temporaryFolder()
    const { host } = await openHost(join(folder, 'workspace'))
    const file = await make(folder)
    page = await openPage(host.entry())
    await drop([file])
    await page.getByRole('button', { name: 'Look at them' }).last().click()
    await page.getByText(sentence).first().waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
  })
})

describe('A colleague’s package', () => {
  test('that is damaged is refused before anything of it is taken in', async () => {
    const folder = await temporaryFolder()
    await makeSyntheticSet(join(folder, 'workspace/synthetic/s-test'), 2)
    const { app, host } = await openHost(join(folder, 'workspace'))
    const out = join(folder, 'made.cytoloom')
    await app.request('packages.create', { set: 's-test', out })
    const bytes = readFileSync(out)
    const middle = Math.floor(bytes.length / 2)
    bytes[middle] = 255 - (bytes[middle] ?? 0)
    const damaged = join(folder, 'damaged.cytoloom')
    writeFileSync(damaged, bytes)

    page = await openPage(host.entry())
    await drop([damaged])
    await page.getByRole('button', { name: 'Check it' }).last().click()
    await page.getByText('it was damaged or changed after it was made').first().waitFor()
    await page.getByText('Nothing was taken from it').first().waitFor()
    expect((await app.request('workspace.show', {})).synthetic).toHaveLength(1)
  })
})
