import { type Page } from 'playwright-core'
import { type Workspace } from '../../src/shared/api.ts'

/** A screen: the name of its picture, its address, and what is waited for. */
export interface Place {
  readonly name: string
  readonly address: string
  readonly ready?: (page: Page) => Promise<unknown>
  /** Until nothing more is computed for it, which a picture of it waits for. */
  readonly settled?: (page: Page) => Promise<unknown>
  /** Ends what `ready` opened. */
  readonly leave?: (page: Page) => Promise<unknown>
  /** All of the page is looked at, not what the window shows of it. */
  readonly isWhole?: boolean
}

export function shelfPlaces(): Place[] {
  return [
    { name: 'home', address: '#/' },
    { name: 'images', address: '#/images' },
    { name: 'models', address: '#/models' },
    { name: 'synthetic-sets', address: '#/sets' },
    { name: 'studies', address: '#/studies' },
    { name: 'packages', address: '#/packages' },
    { name: 'work', address: '#/work' },
    { name: 'trash', address: '#/trash' }
  ]
}

/** The page of one thing of each kind, with its tabs. */
export function thingPlaces(content: Workspace): Place[] {
  const { datasets, prepared, runs, synthetic, studies, packages } = content
  return [
    ...tabsOf('image-set', datasets[0], ({ id }) => `#/images/${id}`),
    ...tabsOf('version', prepared[0], ({ id, dataset }) => `#/images/${dataset}/versions/${id}`),
    ...tabsOf('model', runs[0], ({ id }) => `#/models/${id}`),
    ...runs.slice(0, 1).map(({ id }) => ({ name: 'model-learned', address: `#/models/${id}/live` })),
    ...tabsOf('gallery', synthetic[0], ({ id }) => `#/sets/${id}`),
    ...tabsOf('study', studies[0], ({ id }) => `#/studies/${id}`, isAnswered),
    ...tabsOf('package', packages[0], ({ id }) => `#/packages/${id}`)
  ]
}

/** @param ready what its look waits for */
function tabsOf<Thing>(
  name: string,
  thing: Thing | undefined,
  address: (thing: Thing) => string,
  ready?: Place['ready']
): Place[] {
  if (thing === undefined) return []
  const tabs = ['numbers', 'making', 'files']
  const look = { name, address: address(thing), ...(ready && { ready }) }
  return [look, ...tabs.map((tab) => ({ name: `${name}-${tab}`, address: `${look.address}?tab=${tab}` }))]
}

/** Its answer is computed once. */
function isAnswered(page: Page): Promise<void> {
  return page.locator('main svg[role=img]').first().waitFor()
}

/** What is seen before there is anything. */
export function emptyPlaces(): Place[] {
  return [
    { name: 'home-first', address: '#/' },
    { name: 'studies-empty', address: '#/studies' },
    { name: 'settings', address: '#/settings' }
  ]
}

/** While a model learns. */
export function learningPlaces(run: string): Place[] {
  return [
    {
      name: 'home-running',
      address: '#/',
      ready: (page) => page.locator('button.tray .count').waitFor({ state: 'attached' }),
      isWhole: true
    },
    {
      name: 'model-learning',
      address: `#/models/${run}/live`,
      ready: (page) => page.locator('main canvas').first().waitFor()
    },
    { name: 'work-running', address: '#/work', ready: (page) => page.getByRole('progressbar').first().waitFor() }
  ]
}

export function studyingPlaces(study: string): Place[] {
  return [
    {
      name: 'study-running',
      address: `#/studies/${study}`,
      ready: (page) => page.getByRole('progressbar').first().waitFor()
    }
  ]
}

/** What lies over a screen. */
export function overPlaces(): Place[] {
  return [
    {
      name: 'tasks',
      address: '#/images',
      ready: (page) => page.locator('button.tray').click(),
      leave: escape
    },
    {
      name: 'shortcuts',
      address: '#/images',
      ready: async (page) => {
        await page.keyboard.press('?')
        await page.getByRole('dialog').waitFor()
      },
      leave: escape
    }
  ]
}

/** A gallery with what is suspicious thrown out, and a picture with a cell that was pointed at. */
export function judgingPlaces({ synthetic, prepared }: Workspace): Place[] {
  const judged = async (page: Page): Promise<void> => {
    await page.getByRole('button', { name: 'Reject all flagged' }).click()
    await page.getByLabel('Order').selectOption('suspicion')
    await page
      .getByText(/\d+ rejected/)
      .first()
      .waitFor()
  }
  return [
    ...synthetic.slice(0, 1).map(({ id }) => ({ name: 'gallery-judged', address: `#/sets/${id}`, ready: judged })),
    ...prepared.slice(0, 1).map(({ id, dataset }) => ({
      name: 'picture-cell',
      address: `#/images/${dataset}/versions/${id}`,
      ready: pointAtCell
    }))
  ]
}

/** Presses here and there in the chosen picture, until a cell answers. */
async function pointAtCell(page: Page): Promise<void> {
  const stage = page.locator('.panel .stage')
  const { width, height } = (await stage.boundingBox()) ?? { width: 0, height: 0 }
  for (let place = 0; place < 64; place++) {
    const position = { x: width * (0.2 + 0.08 * (place % 8)), y: height * (0.2 + 0.08 * Math.floor(place / 8)) }
    const answer = page.waitForResponse('**/api/pictures.cell')
    await stage.click({ position })
    if (!(await (await answer).text()).includes('"area"')) continue
    await page.locator('.panel p.cell', { hasText: /^Cell \d/ }).waitFor()
    return
  }
  throw new Error('No cell was found in the picture.')
}

function escape(page: Page): Promise<void> {
  return page.keyboard.press('Escape')
}
