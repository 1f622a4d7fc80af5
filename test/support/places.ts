import { type Page } from 'playwright-core'
import { type Workspace } from '../../src/shared/api.ts'
import { type Answers, DraftId, type Wizard } from '../../src/shared/drafts.ts'
import { type Shelf } from '../../src/renderer/router.ts'
import { type TestApp } from './test-app.ts'

/** A screen: the name of its picture, its address, and what is waited for. */
export interface Place {
  readonly name: string
  readonly address: string
  readonly ready?: (page: Page) => Promise<unknown>
}

/** Until what is computed for a screen is there, however busy the computer. */
const patience = { timeout: 300_000 }

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
    ...tabsOf('study', studies[0], ({ id }) => `#/studies/${id}`),
    ...tabsOf('package', packages[0], ({ id }) => `#/packages/${id}`)
  ]
}

function tabsOf<Thing>(name: string, thing: Thing | undefined, address: (thing: Thing) => string): Place[] {
  if (thing === undefined) return []
  const tabs = ['numbers', 'making', 'files']
  const look = { name, address: address(thing) }
  return [look, ...tabs.map((tab) => ({ name: `${name}-${tab}`, address: `${look.address}?tab=${tab}` }))]
}

/** What is seen before there is anything. */
export function emptyPlaces(): Place[] {
  return [
    { name: 'home-first', address: '#/' },
    { name: 'studies-empty', address: '#/studies' },
    { name: 'settings', address: '#/settings' }
  ]
}

export function studyingPlaces(study: string): Place[] {
  return [
    { name: 'study-running', address: `#/studies/${study}` },
    { name: 'work-running', address: '#/work' }
  ]
}

export function learningPlaces(run: string): Place[] {
  return [{ name: 'model-learning', address: `#/models/${run}/live` }]
}

interface Drafting {
  readonly wizard: Wizard
  readonly shelf: Shelf
  /** Its steps, and what each waits for. */
  readonly steps: Readonly<Record<string, Place['ready']>>
  readonly answers: Answers
}

/** Each step of each wizard, with the answers that lead there, as drafts that somebody left. */
export async function wizardPlaces(app: TestApp, content: Workspace, sample: string): Promise<Place[]> {
  const look = await app.request('tasks.start', { kind: 'look', input: { source: sample } })
  await ended(app, look.id)
  const looked = { source: sample, look: look.id, lookedFor: JSON.stringify({ source: sample }) }
  const places: Place[] = []
  for (const drafting of draftings(content, looked)) places.push(...(await drafted(app, drafting)))
  const [packed] = content.packages
  const open = packed && `#/packages/new?open=${encodeURIComponent(packed.file)}`
  return [...places, ...(open === undefined ? [] : [{ name: 'open-file', address: open }])]
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
      answers: { version, from: '', goal: 'demo' }
    },
    {
      wizard: 'generate',
      shelf: 'sets',
      steps: {
        model: shown,
        amount: shown,
        look: (page) => page.locator('main form li img').first().waitFor(patience),
        make: shown
      },
      answers: { run: content.runs[0]?.id, perClass: '100', approved: true }
    },
    {
      wizard: 'share',
      shelf: 'packages',
      steps: { set: shown, receiver: shown, place: shown, about: shown, make: shown },
      answers: { set, receivers: ['cellpose', 'qupath'], folder: content.folder, license: 'CC0-1.0' }
    },
    {
      wizard: 'study',
      shelf: 'studies',
      steps: { question: shown, data: shown, arms: shown, repeats: shown, cost: dated, summary: shown },
      answers: { design: 'few-images', preset: 'small', sizes: '2, 8', counts: '16', data: dataset }
    }
  ]
}

async function drafted(app: TestApp, { wizard, shelf, steps, answers }: Drafting): Promise<Place[]> {
  const places: Place[] = []
  for (const [step, ready] of Object.entries(steps)) {
    const id = DraftId.parse(`w-${wizard}-${step}`)
    await app.request('drafts.save', { id, wizard, title: '', step, answers })
    places.push({ name: `${wizard}-${step}`, address: `#/${shelf}/new?draft=${id}`, ...(ready && { ready }) })
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
