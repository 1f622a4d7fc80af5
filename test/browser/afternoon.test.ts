import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { Synthetic } from '../../src/shared/synthetic.ts'
import { keyHeader } from '../../src/shared/web-entry.ts'
import { accessibilityProblems } from '../support/accessibility.ts'
import { AppProcess } from '../support/app-process.ts'
import { launchChromium, watchForTrouble } from '../support/chromium.ts'
import { type Hands, Keyboard, Mouse } from '../support/hands.ts'
import { dataPath, withoutSharedData } from '../support/shared-data.ts'

const root = join(import.meta.dirname, '../..')
const minute = 60_000

interface Source {
  readonly name: string
  readonly folder: string
  /** Where broken pictures are put, and how they are called. */
  readonly broken: readonly string[]
  /** Kinds that are too few to learn each by itself. */
  readonly mustMerge: boolean
}

const sample: Source = {
  name: 'sample',
  folder: join(root, 'resources/sample'),
  broken: ['images/fluorescence/cut.png', 'images/fluorescence/empty.png', 'images/stained/text.png'],
  mustMerge: false
}
const livecell: Source = {
  name: `livecell-mini${withoutSharedData}`,
  folder: dataPath('livecell-mini'),
  broken: ['cut.tif', 'empty.tif', 'text.tif'].map((name) => `images/livecell_test_images/A172/${name}`),
  mustMerge: true
}

let browser: Browser
let folder: string
/** The page that a test works with, to be looked at where it fails. */
let seen: Page | undefined
const apps: AppProcess[] = []

function start(workspace: string): AppProcess {
  const app = new AppProcess(workspace)
  apps.push(app)
  return app
}

beforeAll(async () => {
  browser = await launchChromium()
  folder = mkdtempSync(join(tmpdir(), 'cytoloom-afternoon-'))
})

afterEach(async ({ task }) => {
  if (task.result?.state === 'fail')
    await seen?.screenshot({ path: join(import.meta.dirname, 'screenshots/afternoon.png') })
})

afterAll(async () => {
  await browser.close()
  await Promise.all(apps.map((app) => app.stop()))
  rmSync(folder, { recursive: true, force: true })
})

/** A copy of real images with three files among them that nobody can read. */
function withBrokenFiles({ name, folder: original, broken }: Source, place: string): string {
  const copy = join(place, `my ${name}`)
  cpSync(original, copy, { recursive: true })
  const [cut = '', empty = '', text = ''] = broken.map((file) => join(copy, file))
  for (const file of [cut, empty, text]) mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(cut, Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'))
  writeFileSync(empty, '')
  writeFileSync(text, 'This is no picture.')
  return copy
}

/** Somebody with images and no manual, at the page of one workspace. */
class Afternoon {
  readonly page: Page
  readonly hands: Hands
  readonly trouble: readonly string[]
  readonly #reloads: boolean

  private constructor(page: Page, hands: Hands, trouble: readonly string[], reloads: boolean) {
    this.page = page
    this.hands = hands
    this.trouble = trouble
    this.#reloads = reloads
  }

  static async begin(app: AppProcess, hand: 'mouse' | 'keyboard', reloads: boolean): Promise<Afternoon> {
    const address = await app.address()
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    page.setDefaultTimeout(5 * minute)
    const trouble = watchForTrouble(page, new URL(address).origin)
    await page.goto(address)
    return new Afternoon(page, hand === 'mouse' ? new Mouse() : new Keyboard(page), trouble, reloads)
  }

  async goTo(address: string): Promise<void> {
    await this.page.evaluate(`location.hash = ${JSON.stringify(address)}`)
  }

  /** Waits for the question of a step; there, a reload must lose nothing. */
  async isAsked(question: string): Promise<void> {
    const heading = this.page.getByRole('heading', { name: question })
    await heading.waitFor()
    if (!this.#reloads) return
    await this.page.reload()
    await heading.waitFor()
  }

  async next(label = 'Next'): Promise<void> {
    await this.hands.press(this.page.locator('main form').getByRole('button', { name: label, exact: true }).last())
  }

  /** In the page's own browser of files. */
  async openFolder(path: string): Promise<void> {
    const field = this.page.getByLabel('Path', { exact: true })
    await this.page.getByRole('list', { name: /^[/\\A-Z]/ }).waitFor()
    await this.hands.fill(field, path)
    await this.page.keyboard.press('Enter')
    await this.page.getByRole('list', { name: path, exact: true }).waitFor()
  }

  async isAccessible(): Promise<void> {
    expect((await accessibilityProblems(this.page)).filter((line) => /\((?:serious|critical)\)/.test(line))).toEqual([])
  }

  /** What the app answers to a request of this page. */
  async answer(name: string, input: object): Promise<unknown> {
    return this.page.evaluate(
      `fetch('/api/${name}', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', '${keyHeader}': sessionStorage.getItem('cytoloom-key') },
        body: ${JSON.stringify(JSON.stringify(input))}
      })
        .then((answer) => answer.json())
        .then(({ output }) => output)`
    )
  }
}

async function prepare(person: Afternoon, source: Source, images: string): Promise<void> {
  const { page, hands } = person
  await person.goTo('#/images/new')
  await page.getByRole('heading', { name: 'Where are your images?' }).waitFor()
  await person.openFolder(images)
  await hands.press(page.getByRole('button', { name: 'Take this folder' }))
  await page.getByText('Chosen:').waitFor()
  await person.isAsked('Where are your images?')
  await page.getByText(images).waitFor()
  await person.next('Look at them')

  await person.isAsked('Is this what you have?')
  await page.getByText(/\d+ images? of \d+ files? can be used/).waitFor()
  for (const file of source.broken)
    await page
      .getByText(file.split('/').at(-1) ?? '')
      .first()
      .waitFor()
  await page.getByRole('complementary', { name: 'Your pictures' }).getByRole('img').first().waitFor()
  await person.isAccessible()
  await person.next()

  await person.isAsked('What shall they be called?')
  await hands.fill(page.getByLabel('Name of the image set'), 'plate 3')
  if (person.hands instanceof Mouse) {
    await page.reload()
    expect(await page.getByLabel('Name of the image set').inputValue()).toBe('plate 3')
  }
  await person.next('Take them in')

  await person.isAsked('Which kinds of cells are there?')
  await page.getByRole('table').waitFor()
  if (source.mustMerge) {
    await page.getByText('Too few training pictures').waitFor()
    await hands.press(page.getByRole('button', { name: 'Take all as one kind' }))
    await hands.press(page.getByRole('button', { name: /^Divide them anew/ })) // those for learning were not downloaded
    await page.getByText('Too few training pictures').waitFor({ state: 'detached' })
  }
  await person.next()

  await person.isAsked('How shall overlapping cells be told apart?')
  await page.getByText(/cells are kept/).waitFor()
  await page.getByText(/are found again/).waitFor()
  await person.isAccessible()
  await person.next()

  await person.isAsked('How large a piece shall the model see?')
  await hands.choose(page.getByRole('radio', { name: /^32 pixels/ }))
  await page.getByText('Next, eight pictures are tried.').waitFor()
  await person.next()

  await person.isAsked('Does this look right?')
  await hands.check(page.getByLabel('These pictures look right'))
  await hands.fill(page.getByLabel('Name of this version'), 'plate 3 small')
  await person.next('Create this version')
  await page.getByText('“plate 3 small” is ready for training.').waitFor()
  await person.next('Train a model with it')
}

async function train(person: Afternoon): Promise<void> {
  const { page, hands } = person
  await person.isAsked('What shall it learn from?')
  await expect.poll(() => page.getByRole('radio', { name: 'plate 3 small' }).isChecked()).toBe(true)
  await person.next()
  await person.isAsked('Where shall it begin?')
  await person.next()
  await person.isAsked('How far shall it go?')
  await hands.choose(page.getByRole('radio', { name: 'Small tiles, as in the sample' }))
  await person.next()
  await person.isAsked('Do you want to change details?')
  await hands.fill(page.getByLabel('Minutes', { exact: true }), '1.5')
  await person.isAsked('Do you want to change details?')
  expect(await page.getByLabel('Minutes', { exact: true }).inputValue()).toBe('1.5')
  await person.next()
  await person.isAsked('Ready to start')
  await hands.fill(page.getByLabel('Name of the model'), 'first model')
  await person.isAccessible()
  await person.next('Start training')
}

/** A canvas that stays of one colour was not drawn. */
const isDrawn = `(() => {
  const canvas = document.querySelector('main canvas')
  const { data } = canvas.getContext('2d', { willReadFrequently: true }).getImageData(0, 0, canvas.width, canvas.height)
  return data.some((value) => value !== data[0] && value !== 255)
})()`

async function watch(person: Afternoon): Promise<void> {
  const { page, hands } = person
  await page.waitForURL(/#\/models\/[\w-]+\/live$/)
  await page.getByRole('table').waitFor() // engines are measured before the first training
  await page.getByRole('columnheader', { name: /^Newest/ }).waitFor()
  await expect.poll(() => page.evaluate(isDrawn)).toBe(true)
  await page.keyboard.press('m')
  await page.getByRole('button', { name: 'Outlines', pressed: true }).waitFor()
  await person.isAccessible()
  await page.getByText('Stopped and kept').waitFor()
  await page.getByText('All of it is safe.').waitFor()
  await page.reload()
  await hands.press(page.getByRole('link', { name: 'Generate images with it' }))
}

async function generate(person: Afternoon): Promise<void> {
  const { page, hands } = person
  await person.isAsked('Which model shall draw them?')
  await expect.poll(() => page.getByRole('radio', { name: 'first model' }).isChecked()).toBe(true)
  await person.next()
  await person.isAsked('How many pictures, and how varied?')
  await hands.fill(page.getByLabel('Pictures of each kind'), '24')
  await person.isAsked('How many pictures, and how varied?')
  expect(await page.getByLabel('Pictures of each kind').inputValue()).toBe('24')
  await person.next()
  await person.isAsked('Are these good enough?')
  await page
    .getByRole('img', { name: /with outlines/ })
    .nth(15)
    .waitFor()
  await hands.check(page.getByLabel('These are good enough'))
  await person.next()
  await person.isAsked('Ready to make them')
  await hands.fill(page.getByLabel('Name of the set'), 'first set')
  await person.next('Make them')
  await page.getByText(/ are made\./).waitFor()
  await person.next('Look through them')
  await page.waitForURL(/#\/sets\/s-/)
}

const Shown = z.object({ synthetic: Synthetic, images: z.array(z.object({ file: z.string() })) })

/** By the gallery's own keys; each rejected picture leads to the next. */
async function rejectTen({ page, hands }: Afternoon): Promise<void> {
  const gallery = page.getByRole('listbox', { name: 'first set' })
  await gallery.getByRole('option').first().waitFor()
  await hands.enter(gallery)
  await page.keyboard.press('Home')
  for (let picture = 0; picture < 10; picture++) await page.keyboard.press('r')
  await page.getByText(/\b10 rejected/).waitFor()
  await page.reload()
  await page.getByText(/\b10 rejected/).waitFor()
}

async function pack(person: Afternoon, place: string): Promise<void> {
  const { page, hands } = person
  await person.goTo('#/packages/new')
  await page.getByRole('heading', { name: 'What shall be packed?' }).waitFor()
  await hands.choose(page.getByRole('radio', { name: 'first set' }))
  await person.isAsked('What shall be packed?')
  await expect.poll(() => page.getByRole('radio', { name: 'first set' }).isChecked()).toBe(true)
  await person.next()
  await person.isAsked('Who is it for?')
  await hands.check(page.getByRole('checkbox', { name: /^Cellpose/ }))
  await person.next()
  await person.isAsked('Where shall the file go?')
  await person.openFolder(place)
  await hands.press(page.getByRole('button', { name: 'Take this folder' }))
  await hands.fill(page.getByLabel('Name of the file'), 'for my colleague')
  await person.next()
  await person.isAsked('Whose work is it, and who may use it?')
  await hands.fill(page.getByLabel('Author'), 'Ada Nucleus')
  await person.next()
  await person.isAsked('Ready to pack')
  await page.getByText('Author: Ada Nucleus').waitFor()
  await person.isAccessible()
  await person.next('Pack')
  await page.getByText(/is packed and checked/).waitFor()
}

async function open(person: Afternoon, place: string): Promise<void> {
  const { page, hands } = person
  await person.goTo('#/packages/new?open=')
  await page.getByRole('heading', { name: 'Which package?' }).waitFor()
  await person.openFolder(place)
  await hands.press(page.getByRole('button', { name: /for my colleague.*\.zip/ }))
  await person.next('Check it')
  await page.getByText('are whole and as listed').waitFor()
  await page.getByText('Ada Nucleus').waitFor()
  await person.next()
  await person.next('Take it in')
  await person.next('Look at it')
  await page.waitForURL(/#\/sets\/s-/)
}

const ways = [
  { source: sample, hand: 'mouse' },
  { source: sample, hand: 'keyboard' },
  { source: livecell, hand: 'mouse' }
] as const

describe.each(ways)('an afternoon with $source.name, by $hand', ({ source, hand }) => {
  test.skipIf(!existsSync(source.folder))(
    'leads from a folder of images to a package that opens in another workspace',
    { timeout: 40 * minute },
    async () => {
      const place = join(folder, `${source.name}-${hand}`)
      mkdirSync(join(place, 'shared'), { recursive: true })
      const images = withBrokenFiles(source, place)
      const app = start(join(place, 'workspace'))
      const person = await Afternoon.begin(app, hand, hand === 'mouse')
      seen = person.page
      await prepare(person, source, images)
      await train(person)
      await watch(person)
      await generate(person)
      const { images: made } = Shown.parse(await person.answer('synthetic.show', { name: 'first set' }))
      await rejectTen(person)
      await pack(person, join(place, 'shared'))
      expect(readdirSync(join(place, 'shared'))).toEqual(['for my colleague.zip'])
      const { drafts } = z.object({ drafts: z.array(z.unknown()) }).parse(await person.answer('drafts.list', {}))
      expect(drafts.length).toBeLessThanOrEqual(1) // that of the packing, which was not left yet
      expect(person.trouble).toEqual([])
      await person.page.close()
      await app.stop()

      const colleague = start(join(place, 'other workspace'))
      const other = await Afternoon.begin(colleague, hand, false)
      await open(other, join(place, 'shared'))
      const opened = Shown.parse(await other.answer('synthetic.show', { name: 'first set' }))
      expect(opened.images).toHaveLength(made.length - 10)
      expect(other.trouble).toEqual([])
      await other.page.close()
      await colleague.stop()
    }
  )
})
