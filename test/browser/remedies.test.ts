import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DraftId } from '../../src/shared/drafts.ts'
import { writePlate } from '../support/plate.ts'
import { appsInChromium } from '../support/shown-app.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { sampleFolder } from '../support/test-app.ts'

const show = appsInChromium('remedies')

test('a task that failed for its name is done again with another one, by keyboard alone', async () => {
  const shown = await show(join(await temporaryFolder(), 'workspace'))
  const { app, page } = shown
  const input = { source: sampleFolder, name: 'sample', format: 'labels', maxImages: 2 } as const
  await app.request('datasets.import', input)
  await app.request('datasets.import', input).catch(() => undefined)
  await shown.goTo('#/work')
  const failed = page.getByRole('article', { name: 'Import images sample' }).filter({ hasText: 'did not work' })
  await failed.getByRole('button', { name: 'Choose another name, and try again' }).focus()
  await page.keyboard.press('Enter')
  const name = page.getByRole('dialog', { name: 'Choose another name' }).getByLabel('Name')
  await name.and(page.locator(':focus')).waitFor()
  expect(await name.inputValue()).toBe('sample 2')
  await shown.expectFinishedEverywhere('remedies-name')

  await page.keyboard.type('sample of today')
  await page.keyboard.press('Enter')
  const again = page.getByRole('article', { name: 'Import images sample of today' })
  await again.getByText('done', { exact: true }).waitFor()
  await failed.waitFor({ state: 'detached' })
})

test('a wizard whose files cannot be read asks for the answer that is missing, and looks again', async () => {
  const folder = await temporaryFolder()
  const shown = await show(join(folder, 'workspace'))
  const { app, page } = shown
  const source = writePlate(join(folder, 'plate 3'), { kinds: ['HeLa', 'U2OS'], wells: ['A1'], hours: [0] })
  await shown.openDraft('images', 'source', { source, classFrom: 'colour' })
  await page.getByRole('button', { name: 'Look at them' }).last().click()
  await page.getByRole('button', { name: 'Change “Where the class comes from”, and try again' }).click()
  const dialog = page.getByRole('dialog', { name: 'Change “Where the class comes from”' })
  expect(await dialog.getByLabel('Where the class comes from').inputValue()).toBe('colour')
  await dialog.getByLabel('Where the class comes from').fill('none')
  await shown.expectFinishedEverywhere('remedies-rule')
  await page.keyboard.press('Enter')
  await page.getByText('2 images of 2 files can be used').waitFor()
  await expect
    .poll(async () => (await app.request('drafts.show', { id: DraftId.parse('w-1') })).answers)
    .toMatchObject({ source, classFrom: 'none' })
})
