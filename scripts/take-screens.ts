/**
 * Takes pictures of the page's screens with Chromium: `node scripts/with-node.js scripts/take-screens.ts OUT [WORKSPACE]`.
 * Without a workspace the sample fills one, which takes some minutes. With `--all` every screen is taken at three sizes,
 * in light and dark; else at one size, as the documents show them.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import sharp from 'sharp'
import { createApp } from '../src/main/app.ts'
import { defaultEnvironment } from '../src/main/environment.ts'
import { dispatch } from '../src/main/services/dispatch.ts'
import { startWebHost } from '../src/main/web.ts'
import { requests, type Workspace } from '../src/shared/api.ts'
import { buildPage } from './build-page.ts'

const sizes = [
  { width: 1280, height: 800 },
  { width: 1024, height: 768 },
  { width: 1920, height: 1080 }
]
const schemes = ['light', 'dark'] as const
/** Until pictures that come one by one are there. */
const settled = 500 // ms
const areAllPicturesShown = '[...document.images].every((image) => image.complete && image.naturalWidth > 0)'

type Ask = (name: string, input: unknown) => Promise<unknown>

async function main(): Promise<void> {
  const [out = 'docs/screens', given] = process.argv.slice(2).filter((word) => !word.startsWith('--'))
  await buildPage()
  mkdirSync(out, { recursive: true })
  if (given !== undefined) return takeFrom(given, out)
  const folder = mkdtempSync(join(tmpdir(), 'cytoloom-screens-'))
  try {
    await takeFrom(folder, out, async (ask) => {
      await ask('demo.run', { minutes: 0.3 })
    })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** @param fill makes what is to be seen, where there is nothing yet */
async function takeFrom(workspace: string, out: string, fill?: (ask: Ask) => Promise<void>): Promise<void> {
  const app = await createApp(defaultEnvironment({ workspace }))
  const host = await startWebHost(app)
  const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium'
  const browser = await chromium.launch({ executablePath, args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] })
  const isAll = process.argv.includes('--all')
  const ask: Ask = async (name, input) => {
    const context = { signal: new AbortController().signal, progress: () => undefined }
    const reply = await dispatch(app.handlers, name, input, context, () => undefined)
    if ('error' in reply) throw new Error(reply.error.message)
    return reply.output
  }
  try {
    await fill?.(ask)
    const places = placesOf(requests['workspace.show'].output.parse(await ask('workspace.show', {})))
    for (const scheme of isAll ? schemes : (['light'] as const)) {
      for (const viewport of isAll ? sizes : sizes.slice(0, 1)) {
        await takeAll(browser, { entry: host.entry(), scheme, viewport, places, out, isAll })
      }
    }
  } finally {
    await browser.close()
    await host.close()
    await app.close()
  }
}

/** The screens that there are, by the names of their pictures. */
function placesOf(content: Workspace): ReadonlyMap<string, string> {
  const of = <Thing>(things: readonly Thing[], screens: (thing: Thing) => readonly [string, string][]) =>
    things.slice(0, 1).flatMap(screens)
  return new Map([
    ['home', '#/'],
    ['images', '#/images'],
    ...of(content.datasets, ({ id }) => [['image-set', `#/images/${id}`]]),
    ...of(content.prepared, ({ id, dataset }) => [['version', `#/images/${dataset}/versions/${id}`]]),
    ['models', '#/models'],
    ...of(content.runs, ({ id }) => [
      ['model', `#/models/${id}`],
      ['model-making', `#/models/${id}?tab=making`]
    ]),
    ['synthetic-sets', '#/sets'],
    ...of(content.synthetic, ({ id }) => [
      ['gallery', `#/sets/${id}`],
      ['set-numbers', `#/sets/${id}?tab=numbers`]
    ]),
    ['studies', '#/studies'],
    ...of(content.studies, ({ id }) => [['study', `#/studies/${id}`]]),
    ['packages', '#/packages'],
    ...of(content.packages, ({ id }) => [['package', `#/packages/${id}`]]),
    ['work', '#/work'],
    ['settings', '#/settings'],
    ['trash', '#/trash']
  ])
}

interface Taking {
  readonly entry: string
  readonly scheme: (typeof schemes)[number]
  readonly viewport: (typeof sizes)[number]
  readonly places: ReadonlyMap<string, string>
  readonly out: string
  readonly isAll: boolean
}

async function takeAll(browser: Browser, taking: Taking): Promise<void> {
  const { entry, scheme, viewport, places, out, isAll } = taking
  const page = await browser.newPage({ viewport, colorScheme: scheme, reducedMotion: 'reduce' })
  await page.goto(entry)
  const mark = isAll ? `-${viewport.width}-${scheme}` : ''
  for (const [name, address] of places) {
    await page.evaluate(`location.hash = ${JSON.stringify(address)}`)
    await take(page, join(out, `${name}${mark}.png`))
  }
  await page.context().close()
}

/** With few colours: a screen has few. */
async function take(page: Page, file: string): Promise<void> {
  await page.locator('main h1').first().waitFor({ state: 'attached' })
  for (let tries = 0; tries < 40 && !(await page.evaluate(areAllPicturesShown)); tries++) {
    await page.waitForTimeout(settled)
  }
  await page.waitForTimeout(settled)
  const bytes = await page.screenshot()
  await sharp(bytes).png({ palette: true, colours: 128, effort: 8 }).toFile(file)
}

await main()
