import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type BrowserContextOptions, type Locator, type Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { makeWorkspace } from '../support/made-workspace.ts'
import { appsInChromium, type ShownApp } from '../support/shown-app.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { type TestApp } from '../support/test-app.ts'

const show = appsInChromium('trash')

let folder: string
let shown: ShownApp
let app: TestApp
let page: Page

/** A workspace with a thing of each kind, each made from the one before. */
async function open(options: BrowserContextOptions = {}): Promise<void> {
  folder = await temporaryFolder()
  await makeWorkspace(folder)
  shown = await show(folder, options)
  ;({ app, page } = shown)
  await page.getByRole('heading', { name: 'Recent' }).waitFor()
}

/** To the page of a thing. */
async function goTo(address: string, name: string): Promise<void> {
  await shown.goTo(address)
  await page.getByRole('heading', { name, level: 1 }).waitFor()
}

/** An entry of a list, by its name. */
function thing(name: string): Locator {
  return page.getByRole('listitem').filter({ hasText: name })
}

/** What a button says, and of what where there are several. */
function press(name: string, of?: string): Promise<void> {
  const whole = of === undefined ? `^${name}$` : `^${name} ?: ${of}$`
  return page.getByRole('button', { name: new RegExp(whole) }).click()
}

async function isSaid(text: string | RegExp): Promise<void> {
  await page.getByRole('status').filter({ hasText: text }).waitFor()
}

function expectFinished(name: string): Promise<void> {
  return shown.expectFinished(name, { fullPage: true })
}

describe('A thing in the workspace', () => {
  test('gets another name and a note, which a reload still shows', async () => {
    await open()
    await goTo('#/models/run1', 'first run')
    await press('Edit', 'first run')
    await page.getByLabel('Name').fill('Neurons at day 3')
    await page.getByLabel('Note').fill('Ask Ana before use.')
    await expectFinished('thing-edited')
    await press('Save')
    await isSaid('“Neurons at day 3” was saved.')
    await page.reload()
    await page.getByRole('heading', { name: 'Neurons at day 3', level: 1 }).waitFor()
    await page.getByText('Ask Ana before use.').waitFor()
    expect(await app.request('runs.show', { name: 'run1' })).toMatchObject({
      run: { name: 'Neurons at day 3', note: 'Ask Ana before use.' }
    })
    expect(shown.trouble).toEqual([])
  })

  test('keeps its name where another has the wanted one, and says so beside it', async () => {
    await open()
    await goTo('#/models/run1', 'first run')
    await press('Edit', 'first run')
    await page.getByLabel('Name').fill('second run')
    await press('Save')
    await page.getByText('There is already a run called "second run".').waitFor()
    await expectFinished('thing-refused')
  })

  test('that others need goes to the trash with them, alone, or not at all', async () => {
    await open()
    await goTo('#/models/run1', 'first run')
    await press('Edit', 'first run')
    await press('Move to the trash')
    const dialog = page.getByRole('dialog', { name: '“first run” is needed' })
    await dialog.getByText('“second run” (model)').waitFor()
    await expectFinished('thing-needed')
    await dialog.getByRole('button', { name: 'Keep it' }).click()
    await dialog.waitFor({ state: 'detached' })
    await press('Move to the trash')
    await dialog.getByRole('button', { name: 'Move all 2 to the trash' }).click()
    await page.getByRole('heading', { name: 'Models', level: 1 }).waitFor()
    await thing('starter').waitFor()
    await thing('first run').waitFor({ state: 'detached' })
    expect((await app.request('things.inTrash', {})).things.map(({ id }) => id).sort()).toEqual(['run1', 'run2'])
  })
})

describe('The trash', () => {
  const narrow = { viewport: { width: 390, height: 844 }, colorScheme: 'dark' } as const

  test.each([
    ['trash', {}],
    ['trash-dark-narrow', narrow]
  ])('lists what is in it with size and time, and what would miss it (%s)', async (name, options) => {
    await open(options)
    await app.request('things.trash', { things: ['pr1'], needing: 'leave' })
    await app.request('things.trash', { things: ['sy1'] })
    await page.getByRole('link', { name: 'Trash' }).click()
    await thing('prepared')
      .getByText(/Needed by .*“first run” \(model\)/)
      .waitFor()
    await page.getByText(/synthetic set, \d+ kB, in the trash since/).waitFor()
    await expectFinished(name)
  })

  test('gives back what is restored, together with what that needs', async () => {
    await open()
    await app.request('things.trash', { things: ['run1'], needing: 'take' })
    await app.request('things.trash', { things: ['pr1'] })
    await page.getByRole('link', { name: 'Trash' }).click()
    await press('Restore', 'first run')
    await isSaid(/Restored: “first run” \(model\), .* \(prepared set\)/)
    await thing('second run').waitFor()
    expect((await app.request('things.inTrash', {})).things.map(({ id }) => id)).toEqual(['run2'])
    expect(shown.trouble).toEqual([])
  })

  test('is emptied only after asking what cannot be undone', async () => {
    await open()
    await app.request('things.trash', { things: ['sy1', 'k1'] })
    await page.getByRole('link', { name: 'Trash' }).click()
    await press('Empty the trash')
    await page.keyboard.press('Escape')
    await press('Empty the trash')
    await page.getByRole('dialog').getByText('removes 2 things (2 kB) for good and cannot be undone').waitFor()
    await expectFinished('trash-emptying')
    await press('Remove for good')
    await isSaid(/2 things removed, \d+ kB free again\./)
    await page.getByText('The trash is empty.').waitFor()
    expect(existsSync(join(folder, 'packages/a.zip'))).toBe(false)
    await expectFinished('trash-empty')
  })

  test('shows what another program puts there while it is looked at', async () => {
    await open()
    await page.getByRole('link', { name: 'Trash' }).click()
    await page.getByText('The trash is empty.').waitFor()
    await app.request('things.trash', { things: ['sy1'] })
    await page.getByText(/synthetic set, .* in the trash since/).waitFor()
    expect(shown.trouble).toEqual([])
  })
})
