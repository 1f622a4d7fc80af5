import { join } from 'node:path'
import { type BrowserContextOptions, type Locator, type Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { accessibilityProblems } from '../support/accessibility.ts'
import { appsInChromium, type ShownApp } from '../support/shown-app.ts'
import { makeSyntheticSet } from '../support/synthetic-set.ts'
import { temporaryFolder } from '../support/temporary-folder.ts'
import { addSampleTiles, type TestApp } from '../support/test-app.ts'

const show = appsInChromium('gallery')

let shown: ShownApp
let app: TestApp
let page: Page

/** A workspace with a synthetic set of so many pictures. */
async function open(pictures: number, options: BrowserContextOptions = {}): Promise<void> {
  const folder = await temporaryFolder()
  await makeSyntheticSet(join(folder, 'synthetic/s-test'), pictures)
  shown = await show(folder, options)
  ;({ app, page } = shown)
  await shown.goTo('#/sets/s-test')
  await tiles().first().waitFor()
}

function tiles(): Locator {
  return page.locator('.grid [role=option]')
}

function grid(): Locator {
  return page.getByRole('listbox', { name: 'Block cells' })
}

async function verdicts(): Promise<(string | undefined)[]> {
  const { pictures } = await app.request('pictures.list', { collection: 'synthetic', set: 's-test' })
  return pictures.map(({ verdict }) => verdict)
}

describe('The gallery of a synthetic set', () => {
  test.each([
    ['gallery', {}],
    ['gallery-dark', { colorScheme: 'dark' as const }],
    ['gallery-narrow', { viewport: { width: 640, height: 800 } }]
  ])(
    'shows every picture with its cells outlined, the chosen one large with all that is known of it (%s)',
    async (name, options) => {
      await open(12, options)
      await page.getByText('12 pictures.').waitFor()
      await tiles().nth(11).waitFor()
      const panel = page.getByRole('region', { name: 'The chosen picture' })
      await panel.getByText('7, picture 1').waitFor() // its seed
      await shown.expectFinished(name)
    }
  )

  test('is judged by keys alone, one by one or several together, and takes it back', async () => {
    await open(12)
    await grid().focus()
    await page.keyboard.press('r')
    await page.keyboard.press('r')
    await page.getByText('2 rejected').waitFor()
    await page.keyboard.press('a')
    await page.keyboard.down('Shift')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('ArrowRight')
    await page.keyboard.up('Shift')
    await page.keyboard.press('r')
    await page.getByText('5 rejected: 7 go into packages and studies').waitFor()
    await expect
      .poll(verdicts)
      .toEqual([
        'rejected',
        'rejected',
        'accepted',
        'rejected',
        'rejected',
        'rejected',
        ...new Array<undefined>(6).fill(undefined)
      ])
    await page.keyboard.press('u')
    await page.keyboard.press('Control+z')
    await page.getByText('2 rejected').waitFor()
    await page.reload()
    await page.getByText('2 rejected: 10 go into packages and studies').waitFor()
    expect((await verdicts()).slice(0, 3)).toEqual(['rejected', 'rejected', undefined])
    await shown.expectFinished('gallery-judged')
  })

  test('keeps each verdict though the page is left right after the keys, with pictures still on their way', async () => {
    await open(60)
    await grid().focus()
    for (let picture = 0; picture < 10; picture++) await page.keyboard.press('r')
    await page.reload()
    await page.getByText('10 rejected: 50 go into packages and studies').waitFor()
    await grid().focus()
    for (let picture = 0; picture < 10; picture++) await page.keyboard.press('a')
    await page.goto('about:blank')
    await expect.poll(async () => (await verdicts()).filter((each) => each === 'accepted').length).toBe(10)
  })

  test('shows and hides masks and outlines by keys', async () => {
    await open(4)
    const overlays = () => page.locator('.grid img.over').count()
    await expect.poll(overlays).toBe(4)
    await grid().focus()
    await page.keyboard.press('Space')
    await expect.poll(overlays).toBe(0)
    await page.keyboard.press('m')
    await expect.poll(overlays).toBe(4)
    await page.getByRole('button', { name: 'Masks', pressed: true }).waitFor()
    await page.keyboard.press('m')
    await page.keyboard.press('o')
    await expect.poll(overlays).toBe(4)
    expect(shown.trouble).toEqual([])
  })

  test('tells of a cell by a click: its number, area and neighbours', async () => {
    await open(4)
    const stage = page.locator('.panel .stage')
    await stage.scrollIntoViewIfNeeded()
    const box = await stage.boundingBox()
    if (box === null) throw new Error('the picture is on the screen')
    await page.mouse.click(box.x + box.width * 0.06, box.y + box.height * 0.02)
    await page.getByText(/^Cell 1: \d+ pixels/).waitFor()
    await page.mouse.wheel(0, -400)
    await stage.focus()
    await page.keyboard.press('0')
    await page.keyboard.press('Enter')
    await page.getByText(/^Cell \d+: |^No cell is marked here/).waitFor()
    await shown.expectFinished('gallery-cell')
  })

  test('scrolls ten thousand pictures, of which the page holds those in sight', async () => {
    await open(60)
    const { pictures } = await app.request('pictures.list', { collection: 'synthetic', set: 's-test' })
    await page.route('**/api/pictures.list', async (route) => {
      const many = Array.from({ length: 10_000 }, (_, position) => ({ ...pictures[position % 60], position }))
      await route.fulfill({ json: { output: { pictures: many } } })
    })
    await page.reload()
    await page.getByText('10,000 pictures.').waitFor()
    await tiles().first().waitFor()
    expect(await page.evaluate(mostTilesWhileScrolling)).toBeLessThan(200)
    await grid().focus()
    await page.keyboard.press('End')
    await page.locator('[role=option][aria-posinset="10000"]').waitFor()
  })
})

/** Scrolls on in steps, and tells how many pictures the page held at most: that keeps each frame short. */
const mostTilesWhileScrolling = `(async () => {
  const grid = document.querySelector('.grid')
  let most = 0
  for (let step = 0; step <= 150; step++) {
    grid.scrollTop += 400 // more than two rows a frame
    await new Promise((resolve) => setTimeout(resolve, 16))
    most = Math.max(most, document.querySelectorAll('.grid [role=option]').length)
  }
  return most
})()`

describe('The page of a thing', () => {
  test('shows where it comes from, its numbers, how it was made and its files, at addresses of their own', async () => {
    await open(4)
    await addSampleTiles(app)
    const { prepared } = await app.request('workspace.show', {})
    const [version] = prepared
    await shown.goTo(`#/images/${version?.dataset ?? ''}/versions/${version?.id ?? ''}`)
    const chain = page.getByRole('navigation', { name: 'Where it comes from' })
    await chain.getByRole('link', { name: 'sample' }).waitFor()
    await page.getByRole('link', { name: 'Train a model' }).waitFor()
    await shown.expectFinished('thing-version')

    await page.getByRole('link', { name: 'Numbers' }).click()
    await page.getByRole('rowheader', { name: 'Masks against outlines (AP)' }).waitFor()
    await page.reload()
    await page.getByRole('rowheader', { name: 'Masks against outlines (AP)' }).waitFor()
    expect(await accessibilityProblems(page)).toEqual([])
    await page.getByRole('link', { name: 'How it was made' }).click()
    await page.getByRole('rowheader', { name: 'Tile' }).waitFor()
    await page.getByRole('link', { name: 'Files' }).click()
    await page.getByText(join('prepared', version?.id ?? '')).waitFor()

    await chain.getByRole('link', { name: 'sample' }).click()
    await page.getByRole('heading', { name: 'sample', level: 1 }).waitFor()
    await tiles().nth(5).waitFor()
    await shown.expectFinished('thing-images')
    await page.goBack()
    await page.getByText(join('prepared', version?.id ?? '')).waitFor()
    expect(shown.trouble).toEqual([])
  })
})

describe('Empty sections', () => {
  const sample = 'See the sample'
  test.each([
    ['images', sample],
    ['models', sample],
    ['sets', sample],
    ['studies', 'Does it help?'],
    ['packages', sample]
  ])('say what belongs there, and where to begin (%s)', async (shelf, beginning) => {
    shown = await show(await temporaryFolder(), { colorScheme: 'dark' })
    page = shown.page
    await shown.goTo(`#/${shelf}`)
    await page.getByRole('link', { name: beginning }).waitFor()
    await shown.expectFinished(`empty-${shelf}`)
    await page.keyboard.press('?')
    await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor()
    await page.keyboard.press('Escape')
    await page.keyboard.press('g')
    await page.keyboard.press('h')
    await page.getByRole('button', { name: 'Try the sample' }).waitFor()
  })
})
