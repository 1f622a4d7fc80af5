import { type Locator, type Page } from 'playwright-core'

/** How somebody works with the page. */
export interface Hands {
  press(button: Locator): Promise<void>
  /** Of a group of choices. */
  choose(radio: Locator): Promise<void>
  check(box: Locator): Promise<void>
  fill(field: Locator, text: string): Promise<void>
  /** Gives the keys to a group that has keys of its own. */
  enter(group: Locator): Promise<void>
}

export class Mouse implements Hands {
  press(button: Locator): Promise<void> {
    return button.click()
  }

  choose(radio: Locator): Promise<void> {
    return radio.check()
  }

  check(box: Locator): Promise<void> {
    return box.check()
  }

  fill(field: Locator, text: string): Promise<void> {
    return field.fill(text)
  }

  enter(group: Locator): Promise<void> {
    return group.getByRole('option').first().click()
  }
}

/** More stops than any page has. */
const mostStops = 300

/** Nothing but Tab, arrows, Enter, Space and letters, from wherever the focus is. */
export class Keyboard implements Hands {
  readonly #page: Page

  constructor(page: Page) {
    this.#page = page
  }

  async press(button: Locator): Promise<void> {
    await this.#reach(button)
    await this.#page.keyboard.press('Enter')
  }

  /** Tab stops at a group once; arrows go through it. */
  async choose(radio: Locator): Promise<void> {
    const name = await radio.getAttribute('name')
    await this.#reach(radio, this.#page.locator(`:focus[name="${name ?? ''}"]`))
    for (let i = 0; i < mostStops && !(await radio.isChecked()); i++) {
      const isHere = (await radio.and(this.#page.locator(':focus')).count()) > 0
      await this.#page.keyboard.press(isHere ? 'Space' : 'ArrowDown')
    }
  }

  async check(box: Locator): Promise<void> {
    await this.#reach(box)
    if (!(await box.isChecked())) await this.#page.keyboard.press('Space')
  }

  async fill(field: Locator, text: string): Promise<void> {
    await this.#reach(field)
    await this.#page.keyboard.press('ControlOrMeta+a')
    await this.#page.keyboard.type(text)
  }

  async enter(group: Locator): Promise<void> {
    await this.#reach(group)
  }

  async #reach(target: Locator, focused = target.and(this.#page.locator(':focus'))): Promise<void> {
    await target.waitFor()
    for (let stop = 0; stop < mostStops; stop++) {
      if ((await focused.count()) > 0) return
      await this.#page.keyboard.press('Tab')
    }
    throw new Error(`Tab never comes to ${String(target)}`)
  }
}
