import { join } from 'node:path'
import { type Browser, type BrowserContextOptions, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { type App } from '../../src/main/app.ts'
import { startWebHost, type WebHost } from '../../src/main/web.ts'
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

/** Milliseconds that a step may take: a busy computer shall fail no test. */
const patience = 120_000

interface Opening extends BrowserContextOptions {
  /** The same, where more is wanted. */
  readonly timeout?: number
}

/** The page of an app in Chromium. */
export class ShownPage {
  readonly host: WebHost
  readonly page: Page
  /** What must stay empty. */
  readonly trouble: readonly string[]

  protected constructor(host: WebHost, page: Page) {
    this.host = host
    this.page = page
    this.trouble = watchForTrouble(page, host.origin)
  }

  static async open(browser: Browser, app: App, options?: Opening): Promise<ShownPage> {
    const shown = new ShownPage(...(await openPage(browser, app, options)))
    await shown.page.goto(shown.host.entry())
    return shown
  }

  readonly goTo = async (address: string): Promise<void> => {
    await this.page.evaluate(`location.hash = ${JSON.stringify(address)}`)
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
    await this.page.context().close()
    await this.host.close()
  }
}

async function openPage(browser: Browser, app: App, options: Opening = {}): Promise<[WebHost, Page]> {
  const { timeout = patience, ...others } = options
  const page = await browser.newPage({ viewport: desk, ...others })
  page.setDefaultTimeout(timeout)
  return [await startWebHost(app), page]
}

/** The real app on a workspace, and its page in Chromium. */
export class ShownApp extends ShownPage {
  readonly app: TestApp

  private constructor(app: TestApp, host: WebHost, page: Page) {
    super(host, page)
    this.app = app
  }

  static async openOn(browser: Browser, workspace: string, options?: Opening): Promise<ShownApp> {
    const app = await openTestApp(workspace)
    const shown = new ShownApp(app, ...(await openPage(browser, app.app, options)))
    await shown.page.goto(shown.host.entry())
    return shown
  }

  /** A wizard at a step, with answers as they would have been given. */
  async openDraft(wizard: Wizard, step: string, answers: Answers, { id = 'w-1', title = '' } = {}): Promise<void> {
    await this.app.request('drafts.save', { id: DraftId.parse(id), wizard, title, step, answers })
    await this.goTo(`#/${shelfOf[wizard]}/new?draft=${id}`)
  }

  override async close(failed?: string): Promise<void> {
    await super.close(failed)
    await this.app.app.close()
  }
}

const shelfOf = {
  images: 'images',
  train: 'models',
  generate: 'sets',
  share: 'packages',
  study: 'studies'
} as const satisfies Record<Wizard, string>

/** Real apps for the tests of a file, each on a workspace. @param name of the file */
export function appsInChromium(name: string): (workspace: string, options?: Opening) => Promise<ShownApp> {
  return inChromium(name, (browser, workspace: string, options?: Opening) =>
    ShownApp.openOn(browser, workspace, options)
  )
}

/** Apps whose answers a test decides. @param name of the file */
export function pagesInChromium(name: string): (app: App, options?: Opening) => Promise<ShownPage> {
  return inChromium(name, (browser, app: App, options?: Opening) => ShownPage.open(browser, app, options))
}

/**
 * Chromium for the tests of a file. What a test opens is closed after it, and photographed where the test failed.
 * @param name of the file
 */
function inChromium<Shown extends ShownPage, What>(
  name: string,
  open: (browser: Browser, what: What, options?: Opening) => Promise<Shown>
): (what: What, options?: Opening) => Promise<Shown> {
  let browser: Browser
  let opened: Shown[] = []
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterEach(async ({ task }) => {
    for (const each of opened) await each.close(task.result?.state === 'fail' ? name : undefined)
    opened = []
  })
  afterAll(() => browser.close())
  return async (what, options) => {
    const shown = await open(browser, what, options)
    opened.push(shown)
    return shown
  }
}
