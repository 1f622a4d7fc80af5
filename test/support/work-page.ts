import { type Browser, type Locator, type Page } from 'playwright-core'
import { type Output, requests } from '../../src/shared/api.ts'
import { keyHeader } from '../../src/shared/web-entry.ts'
import { type AppProcess } from './app-process.ts'
import { watchForTrouble } from './chromium.ts'

/** The page's screen of tasks, as a person uses it. */
export class WorkPage {
  readonly page: Page
  readonly trouble: readonly string[]

  private constructor(page: Page, trouble: readonly string[]) {
    this.page = page
    this.trouble = trouble
  }

  static async open(browser: Browser, app: AppProcess, patience: number): Promise<WorkPage> {
    const address = await app.address()
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    page.setDefaultTimeout(patience)
    const trouble = watchForTrouble(page, new URL(address).origin)
    await page.goto(address)
    await page.getByRole('link', { name: /^Work/ }).click()
    await page.getByRole('heading', { name: 'Work', exact: true }).waitFor()
    return new WorkPage(page, trouble)
  }

  async close(): Promise<void> {
    await this.page.context().close()
  }

  /** The newest task of this title: `Import images Cells`. */
  task(title: string): Locator {
    return this.page.getByRole('article', { name: title }).first()
  }

  async isIn(title: string, state: string, patience?: number): Promise<void> {
    const options = patience === undefined ? {} : { timeout: patience }
    await this.task(title).getByText(state, { exact: true }).waitFor(options)
  }

  async press(title: string, button: string): Promise<void> {
    await this.task(title)
      .getByRole('button', { name: new RegExp(`^${button}`) })
      .click()
  }

  async cancel(title: string): Promise<void> {
    await this.press(title, 'Cancel')
    await this.page.getByRole('dialog').getByRole('button', { name: 'Cancel it' }).click()
  }

  /** What the app answers to a request of this page. */
  async answer<N extends 'workspace.show' | 'things.inTrash' | 'drafts.list'>(name: N): Promise<Output<N>> {
    const reply: unknown = await this.page.evaluate(
      `fetch('/api/${name}', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', '${keyHeader}': sessionStorage.getItem('cytoloom-key') },
        body: '{}'
      })
        .then((answer) => answer.json())
        .then(({ output }) => output)`
    )
    return requests[name].output.parse(reply) as Output<N> // the schema of N was applied
  }

  /** Percent of its bar. */
  async progress(title: string): Promise<number> {
    return Number(await this.task(title).getByRole('progressbar').first().getAttribute('aria-valuenow'))
  }

  /** Opens the form, fills it in and sends it. */
  async begin(form: string, fields: Readonly<Record<string, string>>, button: string): Promise<void> {
    const details = this.page.locator('details').filter({ has: this.page.getByText(form, { exact: true }) })
    if ((await details.getAttribute('open')) === null) await details.locator('summary').click()
    for (const [label, value] of Object.entries(fields)) {
      const field = details.getByLabel(label)
      const isChoice = (await field.and(this.page.locator('select')).count()) > 0
      if (isChoice) await field.selectOption({ label: value })
      else await field.fill(value)
    }
    await details.getByRole('button', { name: button, exact: true }).click()
  }
}
