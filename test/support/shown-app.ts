import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { startWebHost } from '../../src/main/web.ts'
import { type Answers, DraftId, type Wizard } from '../../src/shared/drafts.ts'
import { accessibilityProblems } from './accessibility.ts'
import { launchChromium, watchForTrouble } from './chromium.ts'
import { openTestApp, type TestApp } from './test-app.ts'

const screenshots = join(import.meta.dirname, '../browser/screenshots')
export const desk = { width: 1280, height: 800 }
const views = [
  ['1280', { viewport: desk, colorScheme: 'light' }],
  ['1280-dark', { viewport: desk, colorScheme: 'dark' }],
  ['1024', { viewport: { width: 1024, height: 768 }, colorScheme: 'light' }]
] as const

export const isWiderThanTheWindow = 'document.documentElement.scrollWidth > document.documentElement.clientWidth'
const areAllPicturesShown = '[...document.images].every((image) => image.complete && image.naturalWidth > 0)'

interface Opening extends BrowserContextOptions {
  /** Milliseconds that each step may take. */
  readonly patience?: number
}

/** The real app on a workspace, and its page in Chromium. */
export class ShownApp {
  readonly app: TestApp
  readonly page: Page
  /** What must stay empty. */
  readonly trouble: readonly string[]
  readonly #end: () => Promise<void>

  private constructor(app: TestApp, page: Page, trouble: readonly string[], end: () => Promise<void>) {
    this.app = app
    this.page = page
    this.trouble = trouble
    this.#end = end
  }

  static async open(browser: Browser, workspace: string, { patience = 60_000, ...options }: Opening = {}) {
    const app = await openTestApp(workspace)
    const host = await startWebHost(app.app)
    const page = await browser.newPage({ viewport: desk, ...options })
    page.setDefaultTimeout(patience)
    const trouble = watchForTrouble(page, host.origin)
    await page.goto(host.entry())
    return new ShownApp(app, page, trouble, async () => {
      await page.context().close()
      await host.close()
      await app.app.close()
    })
  }

  readonly goTo = async (address: string): Promise<void> => {
    await this.page.evaluate(`location.hash = ${JSON.stringify(address)}`)
  }

  /** A wizard at a step, with answers as they would have been given. */
  async openDraft(wizard: Wizard, step: string, answers: Answers, { id = 'w-1', title = '' } = {}): Promise<void> {
    await this.app.request('drafts.save', { id: DraftId.parse(id), wizard, title, step, answers })
    await this.goTo(`#/${shelfOf[wizard]}/new?draft=${id}`)
  }

  /** Whatever is shown is whole, can be used by everybody, and nothing went wrong on the way. */
  async expectFinished(name: string, { fullPage = false } = {}): Promise<void> {
    await expect.poll(() => this.page.evaluate(areAllPicturesShown)).toBe(true)
    await this.page.screenshot({ path: join(screenshots, `${name}.png`), fullPage })
    expect(await this.page.evaluate(isWiderThanTheWindow)).toBe(false)
    expect(await accessibilityProblems(this.page)).toEqual([])
    expect(this.trouble).toEqual([])
  }

  /** The same, wide and narrow, in light and dark. */
  async expectFinishedEverywhere(name: string): Promise<void> {
    for (const [view, { viewport, colorScheme }] of views) {
      await this.page.setViewportSize(viewport)
      await this.page.emulateMedia({ colorScheme })
      await this.expectFinished(`${name}-${view}`, { fullPage: true })
    }
    await this.page.setViewportSize(desk)
    await this.page.emulateMedia({ colorScheme: 'light' })
  }

  /** @param failed name of a picture of what is seen at a failure */
  async close(failed?: string): Promise<void> {
    const path = join(screenshots, `${failed ?? ''}-failed.png`)
    if (failed !== undefined) await this.page.screenshot({ path }).catch(() => undefined)
    await this.#end()
  }
}

const shelfOf = {
  images: 'images',
  train: 'models',
  generate: 'sets',
  share: 'packages',
  study: 'studies'
} as const satisfies Record<Wizard, string>

/**
 * Chromium for the tests of a file. What a test opens is closed after it, and photographed where the test failed.
 * @param name of the file
 */
export function appsInChromium(name: string): (workspace: string, options?: Opening) => Promise<ShownApp> {
  let browser: Browser
  let opened: ShownApp[] = []
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterEach(async ({ task }) => {
    for (const each of opened) await each.close(task.result?.state === 'fail' ? name : undefined)
    opened = []
  })
  afterAll(() => browser.close())
  return async (workspace, options) => {
    const shown = await ShownApp.open(browser, workspace, options)
    opened.push(shown)
    return shown
  }
}
