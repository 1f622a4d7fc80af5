import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type Page } from 'playwright-core'
import { z } from 'zod'
import { createApp } from '../../src/main/app.ts'
import { defaultEnvironment } from '../../src/main/environment.ts'
import { startWebHost, type WebHost } from '../../src/main/web.ts'
import { launchChromium } from '../../test/support/chromium.ts'
import { makeStudied } from '../../test/support/made-study.ts'
import { makeSyntheticSet } from '../../test/support/synthetic-set.ts'
import { buildPage } from '../build-page.ts'
import { type BenchResult } from './result.ts'

const rounds = 5
const shown = 10_000
/** So many of them are scrolled by, again and again: that their small pictures are made is not what is measured. */
const seen = 60

/** How soon the page is there, and how long a stretch of work is at most while a gallery of ten thousand is scrolled. */
export async function benchPage(): Promise<BenchResult[]> {
  await buildPage()
  const folder = await mkdtemp(join(tmpdir(), 'cytoloom-bench-'))
  const browser = await launchChromium()
  try {
    await makeStudied(folder)
    await makeSyntheticSet(join(folder, 'synthetic/s-test'), shown)
    const app = await createApp(defaultEnvironment({ workspace: folder }))
    const host = await startWebHost(app)
    try {
      const starts = await repeat(() => start(browser, host))
      const scrolls = await repeat(() => scroll(browser, host))
      return [
        resultOf('page, start to a Home that can be used, beside 10,000 pictures', 'starts', starts),
        resultOf('page, longest stretch of work while scrolling 10,000 pictures (processor time)', 'stretches', scrolls)
      ]
    } finally {
      await host.close()
      await app.close()
    }
  } finally {
    await browser.close()
    await rm(folder, { recursive: true, force: true })
  }
}

async function repeat(measure: () => Promise<number>): Promise<number[]> {
  const seconds: number[] = []
  for (let round = 0; round < rounds; round++) seconds.push(await measure())
  return seconds.sort((a, b) => a - b)
}

function resultOf(name: string, unit: string, [min = 0, ...others]: readonly number[]): BenchResult {
  const median = others[(others.length >> 1) - 1] ?? min
  return { name, threads: 1, seconds: { min, median }, unit, perSecond: 1 / median }
}

/** Seconds from the beginning of its load, in a browser that has nothing of it, to what was made last and can be opened. */
async function start(browser: Browser, host: WebHost): Promise<number> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.goto(host.entry(), { waitUntil: 'commit' })
  await page.getByRole('link', { name: 'Block cells' }).first().waitFor()
  const seconds = z.number().parse(await page.evaluate('performance.now()')) / 1000
  await page.context().close()
  return seconds
}

const Trace = z.object({
  traceEvents: z.array(
    z.object({
      name: z.string(),
      pid: z.number(),
      tid: z.number(),
      tdur: z.number().optional(),
      args: z.looseObject({ name: z.string().optional().catch(undefined) }).optional()
    })
  )
})

async function scroll(browser: Browser, host: WebHost): Promise<number> {
  const page = await openGallery(browser, host)
  await browser.startTracing(page, { categories: ['toplevel', 'disabled-by-default-devtools.timeline', '__metadata'] })
  await page.evaluate(scrolling)
  const { traceEvents } = Trace.parse(JSON.parse((await browser.stopTracing()).toString('utf8')))
  await page.context().close()
  const mains = traceEvents.filter(({ name, args }) => name === 'thread_name' && args?.name === 'CrRendererMain')
  const own = new Set(mains.map(({ pid, tid }) => `${pid} ${tid}`))
  const tasks = traceEvents.filter(({ name, pid, tid }) => name.endsWith('RunTask') && own.has(`${pid} ${tid}`))
  return Math.max(...tasks.map(({ tdur = 0 }) => tdur)) / 1e6
}

async function openGallery(browser: Browser, host: WebHost): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  await page.route('**/api/pictures.list', async (route) => {
    const answer = await route.fetch()
    const { output } = z
      .object({ output: z.object({ pictures: z.array(z.looseObject({})) }) })
      .parse(await answer.json())
    const pictures = Array.from({ length: shown }, (_, position) => ({ ...output.pictures[position % seen], position }))
    await route.fulfill({ json: { output: { pictures } } })
  })
  await page.goto(host.entry())
  await page.evaluate("location.hash = '#/sets/s-test'")
  await page.locator('.grid [role=option]').first().waitFor()
  return page
}

const scrolling = `(async () => {
  const grid = document.querySelector('.grid')
  for (let step = 0; step <= 100; step++) {
    grid.scrollTop += 400 // more than two rows a frame
    await new Promise((resolve) => setTimeout(resolve, 16))
  }
})()`
