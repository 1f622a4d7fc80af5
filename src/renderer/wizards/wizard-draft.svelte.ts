import { z } from 'zod'
import { Answers, DraftId, type Wizard } from '../../shared/drafts.ts'
import { type Bridge } from '../bridge.ts'

/** What this page has not yet seen saved: it survives a reload in the middle of saving, and a host that is gone. */
const Unsaved = z.object({ title: z.string(), step: z.string(), answers: Answers })

/** What every wizard is made of: answers that are kept, and the step that is open. */
export interface WizardFlow<Step extends string> {
  readonly draft: WizardDraft
  readonly step: Step
  /** Takes up the draft that the address names, or begins one with what else it says. */
  load(): Promise<void>
}

/**
 * The answers of one wizard. Each is on its way to the catalogue as soon as it is given; the latest state wins, and
 * nothing is lost by a reload or a crash.
 */
export class WizardDraft {
  readonly id: DraftId
  readonly #bridge: Bridge
  readonly #wizard: Wizard
  #answers = $state.raw<Answers>({}) // replaced whole, never mutated
  #step = $state('')
  #title = ''
  #isLoaded = $state(false)
  #isSaving = false
  #saved = Promise.resolve()
  #hasMore = false
  #isOver = false

  /** @param id of a draft that is gone on with; without one, or with what can be none, a new one begins with its first answer */
  constructor(bridge: Bridge, wizard: Wizard, id: string | undefined) {
    this.#bridge = bridge
    this.#wizard = wizard
    this.id = DraftId.safeParse(id).data ?? DraftId.parse(newDraftId())
  }

  get answers(): Answers {
    return this.#answers
  }

  get step(): string {
    return this.#step
  }

  get isLoaded(): boolean {
    return this.#isLoaded
  }

  /**
   * Takes up what was saved, and what this page could not save any more.
   * @param given answers for a new one, as its address holds them
   * @param title of a new one
   */
  async load(given: Answers, title?: string): Promise<void> {
    const { drafts } = await this.#bridge.call('drafts.list', {})
    const saved = drafts.find(({ id }) => id === this.id)
    const unsaved = this.#recall()
    const last = unsaved ?? saved
    if (last !== undefined && !this.#isLoaded) {
      this.#answers = last.answers
      this.#step = last.step
      this.#title = last.title
    }
    if (Object.keys(this.#answers).length === 0 && Object.keys(given).length > 0) this.answer(given, title)
    this.#isLoaded = true
    if (unsaved !== undefined) this.#save()
  }

  /** @param title what the wizard is about by now */
  answer(changes: Answers, title?: string): void {
    this.#answers = { ...this.#answers, ...changes }
    if (title !== undefined) this.#title = title
    this.#keep()
  }

  goTo(step: string): void {
    this.#step = step
    this.#keep()
  }

  /** It came to its end, or is not wanted any more. */
  async discard(): Promise<void> {
    this.#isOver = true
    sessionStorage.removeItem(this.#key)
    await this.#saved // what is on its way must not arrive afterwards
    await this.#bridge.call('drafts.discard', { id: this.id })
  }

  get #key(): string {
    return `cytoloom-draft-${this.id}`
  }

  #keep(): void {
    const state = { title: this.#title, step: this.#step, answers: this.#answers }
    sessionStorage.setItem(this.#key, JSON.stringify(state))
    this.#save()
  }

  #recall(): z.infer<typeof Unsaved> | undefined {
    try {
      return Unsaved.parse(JSON.parse(sessionStorage.getItem(this.#key) ?? ''))
    } catch {
      return undefined
    }
  }

  #isUnsaved(): boolean {
    return this.#hasMore && !this.#isOver
  }

  #isCurrent(answers: Answers, step: string): boolean {
    return answers === this.#answers && step === this.#step
  }

  /** One at a time, so that an earlier answer never comes after a later one. */
  #save(): void {
    this.#hasMore = true
    if (!this.#isSaving && !this.#isOver) this.#saved = this.#saveAll()
  }

  async #saveAll(): Promise<void> {
    this.#isSaving = true
    try {
      while (this.#isUnsaved()) {
        this.#hasMore = false
        const state = { title: this.#title, step: this.#step, answers: this.#answers }
        await this.#bridge.call('drafts.save', { id: this.id, wizard: this.#wizard, ...state })
        if (this.#isCurrent(state.answers, state.step)) sessionStorage.removeItem(this.#key)
      }
    } catch {
      // The page itself says that the host is gone; what was answered waits in this tab.
      setTimeout(() => {
        this.#save()
      }, againAfter)
    } finally {
      this.#isSaving = false
    }
  }
}

/** Milliseconds until what could not be saved is tried again. */
const againAfter = 3000

function newDraftId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(8))
  return `w-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}
