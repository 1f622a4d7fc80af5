import { join } from 'node:path'
import { type Browser, type Page } from 'playwright-core'
import sharp from 'sharp'
import { type WebHost } from '../../src/main/web.ts'
import { type Place } from '../../test/support/places.ts'

const sizes = [
  { width: 1280, height: 800 },
  { width: 1024, height: 768 },
  { width: 1920, height: 1080 }
]
const schemes = ['light', 'dark'] as const

/** For what a screen waits for, and for its pictures: busy computers take their time. */
const patience = 120_000 // ms
/** Until pictures that come one by one are there. */
const pause = 500 // ms
const isStillComing = `document.querySelector('main [aria-busy=true], main p.waiting') !== null ||
  [...document.querySelectorAll('img, canvas')].some((picture) => {
    const { top, bottom } = picture.getBoundingClientRect()
    if (top >= innerHeight || bottom <= 0 || !picture.checkVisibility()) return false
    if (picture instanceof HTMLCanvasElement) return picture.width === 300 && picture.height === 150 // not drawn on yet
    return !picture.complete || picture.naturalWidth === 0
  })`

export interface Film {
  readonly out: string
  /** Every screen at three sizes, in light and dark; else at one size, as the documents show them. */
  readonly isAll: boolean
  /** Names of the only screens to be taken; none: all. */
  readonly only: readonly string[]
}

/** Takes screens one after another. One that fails is told of, and the others are taken all the same. */
export class Camera {
  /** What was not taken, and why. */
  readonly failures: string[] = []
  readonly #browser: Browser
  readonly #film: Film
  #taken = 0

  constructor(browser: Browser, film: Film) {
    this.#browser = browser
    this.#film = film
  }

  get taken(): number {
    return this.#taken
  }

  async take(host: WebHost, places: readonly Place[]): Promise<void> {
    const { isAll, only } = this.#film
    const wanted = places.filter(({ name }) => only.length === 0 || only.includes(name))
    if (wanted.length === 0) return
    for (const colorScheme of isAll ? schemes : schemes.slice(0, 1)) {
      for (const viewport of isAll ? sizes : sizes.slice(0, 1)) {
        const page = await this.#browser.newPage({ viewport, colorScheme, reducedMotion: 'reduce' })
        page.setDefaultTimeout(patience)
        await page.goto(host.entry())
        const mark = isAll ? `-${viewport.width}-${colorScheme}` : ''
        for (const place of wanted) await this.#try(page, place, `${place.name}${mark}`)
        await page.context().close()
      }
    }
  }

  /** Does what a scene needs. Where it fails, the pictures of this scene are missing, and no others. */
  async scene(name: string, play: () => Promise<void>): Promise<void> {
    try {
      await play()
    } catch (thrown) {
      this.#missed(name, thrown)
    }
  }

  async #try(page: Page, place: Place, name: string): Promise<void> {
    try {
      await page.evaluate(`location.hash = ${JSON.stringify(place.address)}`)
      await page.locator('main h1').first().waitFor({ state: 'attached' })
      await place.ready?.(page)
      await place.settled?.(page)
      await this.#shoot(page, place, name)
      await place.leave?.(page)
    } catch (thrown) {
      this.#missed(name, thrown)
      await page.reload() // whatever is open there
    }
  }

  /** With few colours: a screen has few. */
  async #shoot(page: Page, { isWhole = false }: Place, name: string): Promise<void> {
    const window = page.viewportSize()
    if (isWhole && window) {
      const height = Number(await page.evaluate('document.documentElement.scrollHeight')) // what is below comes when it is seen
      await page.setViewportSize({ ...window, height: Math.max(window.height, height) })
    }
    await page.waitForTimeout(pause)
    await until(`What ${name} shows`, async () => !(await page.evaluate(isStillComing)), patience / 1000)
    const picture = await page.screenshot({ fullPage: isWhole })
    if (window) await page.setViewportSize(window)
    await sharp(picture)
      .png({ palette: true, colours: 96, effort: 8 })
      .toFile(join(this.#film.out, `${name}.png`))
    this.#taken++
    process.stdout.write(`${name}\n`)
  }

  #missed(name: string, thrown: unknown): void {
    const reason = thrown instanceof Error ? thrown.message : String(thrown)
    this.failures.push(`${name}: ${reason}`)
    process.stderr.write(`${name} was not taken: ${reason}\n`)
  }
}

/** @param what is waited for, as a failure names it */
export async function until(what: string, isSo: () => Promise<boolean>, seconds = 1200): Promise<void> {
  const deadline = Date.now() + 1000 * seconds
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`${what} took more than ${seconds} seconds.`)
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
}
