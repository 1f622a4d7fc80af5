import { join } from 'node:path'
import { type Locator, type Page, type Route } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { writePlate } from '../support/plate.ts'
import { appsInChromium, type ShownApp } from '../support/shown-app.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'

const show = appsInChromium('images-wizard')

let folder: string
let shown: ShownApp
let page: Page

async function open(): Promise<void> {
  folder = await temporaryFolder()
  shown = await show(join(folder, 'workspace'))
  page = shown.page
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
    await shown.openDraft('images', 'source', { source })
    await next('Look at them').click()
    await page.getByText('27 images of 27 files can be used').waitFor()
    await shown.expectFinishedEverywhere('images-found')

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
    await shown.expectFinishedEverywhere('images-names')

    await next().click()
    await page.getByLabel('Name of the image set').waitFor()
    await next('Take them in').click()
    await page.getByRole('heading', { name: 'Which kinds of cells are there?' }).waitFor()
    await kindRow('U2OS').waitFor()
    await page.getByRole('complementary', { name: 'Your pictures' }).getByRole('img').first().waitFor()
    await shown.expectFinishedEverywhere('images-matrix')
    await page.getByRole('button', { name: 'Groups' }).click()
    await page.getByRole('row', { name: /^U2OS C3 3/ }).waitFor()
    await shown.expectFinishedEverywhere('images-wells')

    await page.getByRole('button', { name: 'Time points', exact: true }).click()
    await page.getByLabel('Choose HeLa, 24 h').check()
    await page.getByLabel('Choose HeLa, 48 h').check()
    await page.getByRole('button', { name: 'Take as one', exact: true }).click()
    await page.getByLabel('Choose HeLa, 48 h').waitFor({ state: 'detached' })
    await page.getByLabel('Choose A549', { exact: true }).check()
    await page.getByRole('button', { name: 'Leave out', exact: true }).click()
    await kindRow('A549').waitFor({ state: 'detached' })
    await page
      .getByRole('button', { name: /^A549_/ })
      .first()
      .waitFor({ state: 'detached' }) // nor beside the question
    await shown.expectFinishedEverywhere('images-matrix-changed')
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
    const { dataset } = await shown.app.request('datasets.import', { source, name: 'long', ...rules })
    await shown.openDraft('images', 'classes', { dataset: dataset.id })
    await kindRow('Huh7 dose 9').waitFor()
    await expect.poll(() => page.getByRole('row').count()).toBe(11)
    await shown.expectFinishedEverywhere('images-matrix-long')
    await page
      .getByRole('button', { name: /^20 time points/ })
      .nth(1)
      .click()
    await expect.poll(() => page.getByRole('row').count()).toBe(31)
    await shown.expectFinishedEverywhere('images-matrix-unfolded')
  })

  test('shows the pictures before and after a correction of channels', async () => {
    await open()
    const source = writePlate(join(folder, 'stacks'), {
      kinds: ['HeLa'],
      wells: ['A1', 'B2'],
      hours: [0, 24],
      isStack: true
    })
    await shown.openDraft('images', 'source', { source })
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
    await shown.expectFinishedEverywhere('images-before-after')
  })
})

describe('A wizard', () => {
  test('opens the draft that its address names, another one when that changes, and none where it names nothing', async () => {
    await open()
    await shown.openDraft('images', 'source', { source: '/data/plate 1' })
    await page.getByText('/data/plate 1').waitFor()
    await shown.openDraft('images', 'source', { source: '/data/plate 2' }, { id: 'w-2' })
    await page.getByText('/data/plate 2').waitFor()
    await shown.goTo('#/images/new')
    await page.getByText('Drop a folder, images or a zip here').waitFor()
    await shown.goTo('#/images/new?draft=')
    await page.getByText('Drop a folder, images or a zip here').waitFor()
    await page.goBack()
    await page.goBack()
    await page.getByText('/data/plate 2').waitFor()
    expect(shown.trouble).toEqual([])
  })

  test('leaves a path alone that is typed before the first folder is listed', async () => {
    await open()
    const listed = Promise.withResolvers<undefined>()
    const slowly = async (route: Route) => {
      await listed.promise
      await route.continue()
    }
    await page.route('**/api/files.list', slowly, { times: 1 })
    await shown.goTo('#/images/new')
    const path = page.getByLabel('Path', { exact: true })
    await path.fill(folder)
    listed.resolve(undefined)
    await page.getByRole('list', { name: /^[/\\A-Z]/ }).waitFor()
    expect(await path.inputValue()).toBe(folder)
    await path.press('Enter')
    await page.getByRole('list', { name: folder, exact: true }).waitFor()
    expect(await path.inputValue()).toBe(folder)
  })

  test('shows the folder that was asked for last, whichever comes first, and waits for nothing more', async () => {
    await open()
    await shown.goTo('#/images/new')
    const path = page.getByLabel('Path', { exact: true })
    await page.getByRole('list', { name: /^[/\\A-Z]/ }).waitFor()
    const listed = Promise.withResolvers<undefined>()
    const slowly = async (route: Route) => {
      await listed.promise
      await route.continue()
    }
    await page.route('**/api/files.list', slowly, { times: 1 })
    await path.fill(join(folder, 'workspace'))
    await path.press('Enter')
    await path.fill(folder)
    await path.press('Enter')
    const list = page.getByRole('list', { name: folder, exact: true })
    await list.waitFor()
    const late = page.waitForResponse('**/api/files.list')
    listed.resolve(undefined)
    await (await late).finished()
    await page.waitForTimeout(500) // and has been taken in, or not
    expect(await list.getAttribute('aria-busy')).toBe('false')
    expect(await path.inputValue()).toBe(folder)
  })
})
