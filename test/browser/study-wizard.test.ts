import { join } from 'node:path'
import { type Locator, type Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { type Answers } from '../../src/shared/drafts.ts'
import { makeStudied } from '../support/made-study.ts'
import { writePlate } from '../support/plate.ts'
import { appsInChromium, type ShownApp } from '../support/shown-app.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { type TestApp } from '../support/test-app.ts'

const show = appsInChromium('study-wizard')

let folder: string
let shown: ShownApp
let app: TestApp
let page: Page

/** @param fill makes what lies in the workspace before the app is opened */
async function open(fill?: (workspace: string) => Promise<unknown>): Promise<void> {
  folder = await temporaryFolder()
  const workspace = join(folder, 'workspace')
  await fill?.(workspace)
  shown = await show(workspace)
  ;({ app, page } = shown)
}

/** Two kinds of cells in eight wells each, two pictures of each well. */
async function importPlate(): Promise<void> {
  const wells = ['A1', 'A2', 'A3', 'A4', 'B1', 'B2', 'B3', 'B4']
  const source = writePlate(join(folder, 'plate 3'), { kinds: ['HeLa', 'U2OS'], wells, hours: [0, 24] })
  await app.request('datasets.import', { source, name: 'plate 3', classFrom: 'filename:^(.+?)_' })
}

function next(name = 'Next'): Locator {
  return page.locator('main form').getByRole('button', { name, exact: true }).last()
}

async function question(text: string): Promise<void> {
  await page.getByRole('heading', { name: text, exact: true }).waitFor()
}

describe('The study wizard', () => {
  test('leads from the empty shelf to a frozen question and a study that has begun, and loses no answer over reloads', async () => {
    await open()
    await importPlate()
    await shown.goTo('#/studies')
    await page.getByRole('link', { name: 'Does it help?' }).click()
    await question('What do you want to know?')
    expect(await next().isDisabled()).toBe(true)
    await page.getByLabel('I have few annotated images. Do synthetic pictures help?').check()
    await page.getByLabel('A first look').check()
    await page.getByLabel('Numbers of annotated images').fill('2, 50')
    await page.getByText('Understood as 2 and 50.').waitFor()
    await page.getByLabel('Synthetic pictures beside them').fill('4')

    // What cannot be drawn is said beside the numbers, and mended by a press.
    await page.getByText(/^There are \d+ training images: 50 cannot be drawn/).waitFor()
    expect(await next().isDisabled()).toBe(true)
    await shown.expectFinishedEverywhere('study-wizard-question')
    await page.getByRole('button', { name: 'Set “Numbers of annotated images” to 2' }).click()
    await page.getByText(/cannot be drawn/).waitFor({ state: 'detached' })

    await page.reload()
    await question('What do you want to know?')
    await expect.poll(() => page.getByLabel('Numbers of annotated images').inputValue()).toBe('2')
    await next().click()

    await question('Which images, and which are held out?')
    await page.getByText('No rule of this study tells wells, plates or donors', { exact: false }).waitFor()
    const parts = page.getByRole('group', { name: 'Which images belong together?' })
    await expect.poll(() => parts.getByRole('button').nth(2).innerText()).toMatch(/^(HeLa|U2OS)$/)
    const pieces = await parts.getByRole('button').allInnerTexts()
    await parts.getByRole('button').nth(2).click()
    await parts.getByRole('button').nth(3).click()
    const tested = page.getByRole('row', { name: /^test with/ })
    await expect.poll(() => tested.innerText()).toMatch(/^test with\s+8\s+4\s/)
    await page.getByText('No rule of this study tells wells', { exact: false }).waitFor({ state: 'detached' })
    await expect.poll(() => parts.getByRole('button').allInnerTexts()).toEqual(pieces)
    await page.getByText('Checked: nothing learns from an image that is tested with').waitFor()
    await shown.expectFinishedEverywhere('study-wizard-data')

    // A kind of cells that is left out is left out of the numbers, and taken back.
    await page.getByLabel('HeLa', { exact: true }).uncheck()
    await expect.poll(() => tested.innerText()).toMatch(/^test with\s+4\s+2\s/)
    await page.getByLabel('HeLa', { exact: true }).check()
    await expect.poll(() => tested.innerText()).toMatch(/^test with\s+8\s+4\s/)
    await next().click()

    await question('What shall be held against real images alone?')
    await page.getByLabel('Synthetic images with masks of others').uncheck()
    await page.getByText(/^Without the control that must harm/).waitFor()
    await page.getByLabel('Synthetic images with masks of others').check()
    await page.getByLabel('More real images').check()
    await page.getByLabel('How many more').fill('3')
    await shown.expectFinishedEverywhere('study-wizard-comparisons')
    await next().click()

    await question('How often is each training repeated?')
    await page.getByLabel('Draws of the real images').fill('1')
    await page.getByText('5 networks to train, and 1 generator to make their pictures.').waitFor()
    await page.getByText(/^Where each is done only once/).waitFor()
    await page.getByLabel('The smallest difference that would matter to you').fill('2')
    await shown.expectFinishedEverywhere('study-wizard-repeats')
    await next().click()

    await question('What does it take, and what could it see?')
    await page.getByText(/^Ends (today|on)/).waitFor({ timeout: 240_000 })
    await shown.expectFinishedEverywhere('study-wizard-cost')
    const date = await page.locator('.date').innerText()
    await page.reload()
    await expect.poll(() => page.locator('.date').innerText()).toBe(date)
    await next().click()

    await question('Ready to freeze the question')
    await page.getByLabel('Name of the study').fill('plate 3, few')
    await page.getByLabel('The question, in your words').fill('Are two images and a generator enough?')
    await page.getByText('A difference of 2 points would matter.', { exact: false }).waitFor()
    await page.getByText('All that is frozen').click()
    await shown.expectFinishedEverywhere('study-wizard-summary')
    await next('Freeze and start').click()

    await page.getByRole('heading', { name: 'plate 3, few', level: 1 }).waitFor()
    await page.getByText('Are two images and a generator enough?').first().waitFor()
    const board = page.getByRole('region', { name: 'Trainings' }).first()
    await board.getByRole('img', { name: /: in progress/ }).waitFor()
    await shown.expectFinishedEverywhere('study-wizard-started')
    await board.getByRole('button', { name: /^Cancel/ }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel it' }).click()
    await board.getByRole('button', { name: /(Start|Go on with) the study/ }).waitFor()

    const { studies } = await app.request('study.list', {})
    expect(studies).toHaveLength(1)
    const { plan } = await app.request('study.board', { study: 'plate 3, few' })
    expect(plan).toMatchObject({
      question: 'Are two images and a generator enough?',
      smallestEffect: 0.02,
      moreImages: 3,
      repeats: { draws: 1, generators: 1, seeds: 1 },
      columns: [{ images: 2, synthetic: 4 }]
    })
    expect(plan.columns[0]?.arms).toEqual(['real', 'synthetic', 'copy-paste', 'synthetic-shuffled-masks', 'more-real'])
    expect((await app.request('drafts.list', {})).drafts).toEqual([])
    expect(shown.trouble).toEqual([])
  })

  test('tells by an earlier study what this one and smaller ones could see', async () => {
    await open((workspace) => makeStudied(workspace))
    const answers: Answers = {
      design: 'few-images',
      preset: 'small',
      data: 'data',
      sizes: '2',
      counts: '4',
      arms: ['synthetic'],
      pilot: 'study'
    }
    await shown.openDraft('study', 'cost', answers)
    await page.getByLabel('Tell by').waitFor()
    const rows = page.getByRole('table').getByRole('row')
    await expect.poll(() => rows.count()).toBeGreaterThan(2)
    const { outlook } = await app.request('study.preview', {
      ...{ design: 'few-images', preset: 'small', data: 'data', sizes: [2], counts: [4], arms: ['real', 'synthetic'] },
      pilot: 'study'
    })
    const [fewest] = outlook.findable?.filter(({ effect }) => Number.isFinite(effect)) ?? []
    const points = Math.round(1000 * (fewest?.effect ?? 0)) / 10
    await expect.poll(() => rows.nth(1).innerText()).toContain(`${points} point`)
    await page.getByText(/^Ends (today|on)/).waitFor({ timeout: 240_000 })
    await shown.expectFinishedEverywhere('study-wizard-pilot')
  })

  test('goes from the home page’s draft to where it was left, and is thrown away when it is not wanted', async () => {
    await open()
    await importPlate()
    const answers: Answers = { design: 'table4', data: 'not here any more' }
    await shown.openDraft('study', 'data', answers, { title: 'Early' })
    await shown.goTo('#/')
    await page.reload()
    await page.getByRole('link', { name: 'Planning a study: Early' }).click()
    await question('Which images, and which are held out?')
    await page.getByText('Choose the real images first.').waitFor()
    await page.getByLabel('plate 3').check()
    await page.getByText(/time/).first().waitFor()
    await page.getByRole('alert').waitFor()
    await shown.expectFinishedEverywhere('study-wizard-no-times')
    await page.getByRole('button', { name: 'Discard' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Discard them' }).click()
    await page.getByRole('heading', { name: 'Studies', level: 1 }).waitFor()
    expect((await app.request('drafts.list', {})).drafts).toEqual([])
    expect(shown.trouble).toEqual([])
  })
})
