/**
 * Takes pictures of the page's screens with Chromium: `node scripts/with-node.js scripts/take-screens.ts OUT [WORKSPACE]`.
 * A workspace that is not there yet is filled by the sample and a small study, which takes some minutes. With `--all` every
 * screen is taken at three sizes, in light and dark; else at one size, as the documents show them.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type Page } from 'playwright-core'
import sharp from 'sharp'
import { type Input, type Workspace } from '../src/shared/api.ts'
import { defaultEnvironment, type Environment } from '../src/main/environment.ts'
import { startWebHost } from '../src/main/web.ts'
import { hasEnded } from '../src/shared/tasks.ts'
import { launchChromium } from '../test/support/chromium.ts'
import {
  emptyPlaces,
  learningPlaces,
  type Place,
  shelfPlaces,
  studyingPlaces,
  thingPlaces,
  wizardPlaces
} from '../test/support/places.ts'
import { openTestApp, sampleFolder, type TestApp } from '../test/support/test-app.ts'
import { buildPage } from './build-page.ts'

const sizes = [
  { width: 1280, height: 800 },
  { width: 1024, height: 768 },
  { width: 1920, height: 1080 }
]
const schemes = ['light', 'dark'] as const
/** Until pictures that come one by one are there. */
const settled = 500 // ms
const isStillComing =
  '[...document.images].some((image) => !image.complete || image.naturalWidth === 0) || document.querySelector("main [aria-busy=true]") !== null'

type Take = (places: readonly Place[]) => Promise<void>

async function main(): Promise<void> {
  const [out = 'docs/screens', given] = process.argv.slice(2).filter((word) => !word.startsWith('--'))
  await buildPage()
  mkdirSync(out, { recursive: true })
  const browser = await launchChromium()
  const folder = mkdtempSync(join(tmpdir(), 'cytoloom-screens-'))
  try {
    const engineFolder = join(folder, 'engines')
    await takeFrom(browser, join(folder, 'new'), out, { engineFolder, programPacks: [] }, (_, take) =>
      take(emptyPlaces())
    )
    const workspace = given ?? join(folder, 'CytoLoom')
    const isFilled = existsSync(workspace)
    await takeFrom(browser, workspace, out, defaultEnvironment(), async (filled, take) => {
      if (!isFilled) await filled.request('demo.run', { minutes: 0.3 })
      await takeFilled(filled, take, folder)
    })
  } finally {
    await browser.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param scenes takes the pictures, in the order in which the workspace comes to hold what they show */
async function takeFrom(
  browser: Browser,
  workspace: string,
  out: string,
  { engineFolder, programPacks }: Pick<Environment, 'engineFolder' | 'programPacks'>,
  scenes: (app: TestApp, take: Take) => Promise<void>
): Promise<void> {
  const app = await openTestApp(workspace, { engineFolder, programPacks })
  const host = await startWebHost(app.app)
  const isAll = process.argv.includes('--all')
  try {
    await scenes(app, async (places) => {
      for (const scheme of isAll ? schemes : (['light'] as const)) {
        for (const viewport of isAll ? sizes : sizes.slice(0, 1)) {
          await takeAll(browser, { entry: host.entry(), scheme, viewport, places, out, isAll })
        }
      }
    })
  } finally {
    await host.close()
    await app.app.close()
  }
}

/** Few images, short trainings and two draws: enough to see each part of a study, not to answer its question. */
const studied: Omit<Input<'study.plan'>, 'name'> = {
  preset: 'small',
  sizes: [4],
  counts: [16],
  arms: ['copy-paste', 'synthetic'],
  draws: 2,
  iterations: 100,
  generatorIterations: 60
}

/** In an order in which nothing at work is seen where it does not belong. */
async function takeFilled(app: TestApp, take: Take, folder: string): Promise<void> {
  await take(shelfPlaces())
  await takeLearning(app, take)
  const content = await app.request('workspace.show', {})
  await take(await wizardPlaces(app, content, images(folder)))
  for (const { id } of (await app.request('drafts.list', {})).drafts) await app.request('drafts.discard', { id })
  if (content.studies.length === 0) await takeStudying(app, take, content)
  const things = thingPlaces(await app.request('workspace.show', {}))
  // Files look alike: those of an image set stand for all.
  const shown = things.filter(({ name }) => !name.endsWith('-files') || name === 'image-set-files')
  await take([{ name: 'studies', address: '#/studies' }, ...shown])
}

/** A folder such as somebody has. */
function images(folder: string): string {
  const copy = join(folder, 'nuclei')
  cpSync(sampleFolder, copy, { recursive: true })
  return copy
}

/** A model that learns, and is stopped and kept. */
async function takeLearning(app: TestApp, take: Take): Promise<void> {
  const { prepared } = await app.request('workspace.show', {})
  const training = { prepared: prepared[0]?.id ?? '', name: 'Nuclei', preset: 'demo', from: 'starter' } as const
  const input = { ...training, evaluateEvery: 4, minutes: 20 }
  const { id } = await app.request('tasks.start', { kind: 'train', input })
  await until(async () => (await scoresOf(app, id)) > 2)
  await take(learningPlaces((await app.request('tasks.show', { id })).thing ?? ''))
  await app.request('tasks.keep', { id })
  await until(async () => hasEnded(await app.request('tasks.show', { id })))
}

async function scoresOf(app: TestApp, id: string): Promise<number> {
  const { thing } = await app.request('tasks.show', { id })
  if (thing === undefined) return 0
  const { history } = await app.request('runs.show', { name: thing })
  return history.filter(({ kind }) => kind === 'evaluation').length
}

async function takeStudying(app: TestApp, take: Take, { datasets }: Workspace): Promise<void> {
  const { study } = await app.request('study.plan', { ...studied, name: 'A first look', data: datasets[0]?.id })
  const { id } = await app.request('tasks.start', { kind: 'study', input: { study: study.id } })
  const isHalfDone = async () => {
    const { parts } = await app.request('study.board', { study: study.id })
    return parts.filter(({ isDone }) => isDone).length >= parts.length / 2
  }
  await until(isHalfDone)
  await take(studyingPlaces(study.id))
  await until(async () => hasEnded(await app.request('tasks.show', { id })))
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 500))
}

interface Taking {
  readonly entry: string
  readonly scheme: (typeof schemes)[number]
  readonly viewport: (typeof sizes)[number]
  readonly places: readonly Place[]
  readonly out: string
  readonly isAll: boolean
}

async function takeAll(browser: Browser, taking: Taking): Promise<void> {
  const { entry, scheme, viewport, places, out, isAll } = taking
  const page = await browser.newPage({ viewport, colorScheme: scheme, reducedMotion: 'reduce' })
  await page.goto(entry)
  const mark = isAll ? `-${viewport.width}-${scheme}` : ''
  for (const { name, address, ready } of places) {
    await page.evaluate(`location.hash = ${JSON.stringify(address)}`)
    await page.locator('main h1').first().waitFor({ state: 'attached' })
    await ready?.(page)
    await take(page, join(out, `${name}${mark}.png`))
  }
  await page.context().close()
}

/** With few colours: a screen has few. */
async function take(page: Page, file: string): Promise<void> {
  await page.waitForTimeout(settled)
  for (let tries = 0; tries < 120 && (await page.evaluate(isStillComing)); tries++) await page.waitForTimeout(settled)
  await sharp(await page.screenshot())
    .png({ palette: true, colours: 96, effort: 8 })
    .toFile(file)
}

await main()
