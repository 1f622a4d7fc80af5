import { join } from 'node:path'
import { type Page } from 'playwright-core'
import { type Workspace } from '../../src/shared/api.ts'
import { type Answers, DraftId, type Wizard } from '../../src/shared/drafts.ts'
import { type Shelf } from '../../src/renderer/router.ts'
import { type Place } from './places.ts'
import { type TestApp } from './test-app.ts'

/** Until what is computed for a screen is there, however busy the computer. */
const patience = { timeout: 300_000 }

interface Drafting {
  readonly wizard: Wizard
  readonly shelf: Shelf
  /** Its steps, and what each waits for. */
  readonly steps: Readonly<Record<string, Place['ready']>>
  readonly answers: Answers
}

/** Each step of each wizard, with the answers that lead there, as drafts that somebody left. */
export async function wizardPlaces(app: TestApp, content: Workspace, images: string): Promise<Place[]> {
  const look = await app.request('tasks.start', { kind: 'look', input: { source: images } })
  await ended(app, look.id)
  const looked = { source: images, look: look.id, lookedFor: JSON.stringify({ source: images }) }
  const places: Place[] = []
  for (const drafting of draftings(content, looked)) places.push(...(await drafted(app, drafting)))
  return places
}

/**
 * The files of a home, what is said of a folder without images, and a package looked into.
 *
 * @param notes a folder without images
 */
export async function filePlaces(app: TestApp, content: Workspace, notes: string): Promise<Place[]> {
  const begun = { wizard: 'images', shelf: 'images', steps: { source: filesShown }, answers: {} } as const
  const refused = {
    wizard: 'images',
    shelf: 'images',
    steps: { source: isRefused },
    answers: { source: notes }
  } as const
  const browsed = await drafted(app, begun, 'begun')
  const troubles = await drafted(app, refused, 'refused')
  return [
    ...browsed.map((place) => ({ ...place, name: 'images-files' })),
    ...troubles.map((place) => ({ ...place, name: 'images-refused' })),
    ...openingPlaces(content)
  ]
}

/** The steps of opening a package: they are no draft, and are gone through. */
function openingPlaces({ packages }: Workspace): Place[] {
  const goOn = async (page: Page, times: number): Promise<void> => {
    for (let i = 0; i < times; i++) await page.getByRole('button', { name: /^(?:Check it|Next)$/ }).click()
  }
  const checked = async (page: Page): Promise<void> => {
    await goOn(page, 1)
    await page.getByText('Checked', { exact: true }).waitFor(patience)
  }
  return packages.slice(0, 1).flatMap(({ file }) => {
    const address = `#/packages/new?open=${encodeURIComponent(file)}`
    return [
      { name: 'open-file', address, ready: filesShown },
      { name: 'open-checked', address: `${address}&step=checked`, ready: checked },
      {
        name: 'open-take',
        address: `${address}&step=take`,
        ready: async (page: Page) => {
          await checked(page)
          await goOn(page, 1)
          await page.getByLabel('Name').waitFor()
        }
      }
    ]
  })
}

function filesShown(page: Page): Promise<void> {
  return page.locator('.browser li').first().waitFor(patience)
}

/** Nothing is computed any more that a date or a size is made of. */
async function tried(page: Page): Promise<void> {
  for (const text of ['Trying it', 'Is tried next', 'being worked out']) {
    await page
      .getByText(text)
      .first()
      .waitFor({ ...patience, state: 'detached' })
  }
}

function drawn(page: Page): Promise<void> {
  return page.locator('main form li img').first().waitFor(patience)
}

async function isRefused(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Look at them' }).last().click()
  await page.getByRole('alert').first().waitFor(patience)
}

function draftings(content: Workspace, looked: Answers): Drafting[] {
  const [dataset, version, set] = [content.datasets[0]?.id, content.prepared[0]?.id, content.synthetic[0]?.id]
  const shown = (page: Page) => page.locator('aside :is(img, canvas)').first().waitFor(patience)
  const dated = (page: Page) => page.locator('main .date').first().waitFor(patience)
  return [
    { wizard: 'images', shelf: 'images', steps: { source: undefined, found: shown, take: shown }, answers: looked },
    {
      wizard: 'images',
      shelf: 'images',
      steps: { classes: shown, masks: shown, tile: shown, check: shown },
      answers: { dataset, tile: 64 }
    },
    {
      wizard: 'train',
      shelf: 'models',
      steps: { version: shown, start: shown, goal: dated, details: shown, summary: shown },
      answers: { version, from: content.prepared[0]?.tile === 64 ? 'starter' : '', goal: 'demo' } // which knows such tiles
    },
    {
      wizard: 'generate',
      shelf: 'sets',
      steps: { model: shown, amount: shown, look: drawn, make: shown },
      answers: { run: content.runs[0]?.id, perClass: '100', approved: true }
    },
    {
      wizard: 'share',
      shelf: 'packages',
      steps: { set: shown, receiver: shown, place: shown, about: shown, make: shown },
      answers: {
        set,
        receivers: ['cellpose', 'qupath'],
        folder: join(content.folder, 'packages'),
        license: 'CC0-1.0'
      }
    },
    {
      wizard: 'study',
      shelf: 'studies',
      steps: { question: shown, data: shown, arms: shown, repeats: shown, cost: dated, summary: shown },
      answers: { design: 'few-images', preset: 'small', sizes: '2, 8', counts: '16', data: dataset }
    }
  ]
}

async function drafted(app: TestApp, { wizard, shelf, steps, answers }: Drafting, mark = ''): Promise<Place[]> {
  const places: Place[] = []
  for (const [step, ready] of Object.entries(steps)) {
    const id = DraftId.parse(`w-${wizard}-${step}${mark}`)
    await app.request('drafts.save', { id, wizard, title: '', step, answers })
    places.push({
      name: `${wizard}-${step}`,
      address: `#/${shelf}/new?draft=${id}`,
      settled: tried,
      ...(ready && { ready })
    })
  }
  return places
}

async function ended(app: TestApp, id: string): Promise<void> {
  for (;;) {
    const { state } = await app.request('tasks.show', { id })
    if (state === 'done') return
    if (state !== 'running' && state !== 'waiting') throw new Error(`Task ${id} is ${state}.`)
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}
