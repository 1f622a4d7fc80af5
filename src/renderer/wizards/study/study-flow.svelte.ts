import { SvelteMap } from 'svelte/reactivity'
import { type Input, type Output } from '../../../shared/api.ts'
import { type Estimate, EstimateResult } from '../../../shared/estimates.ts'
import { type Bridge } from '../../bridge.ts'
import { studyWizardWords } from '../../text/study-wizard.ts'
import { FollowedTask } from '../followed-task.svelte.ts'
import { knownAnswers } from '../known-answers.ts'
import { Latest } from '../latest.svelte.ts'
import { type Query } from '../step.ts'
import { WizardDraft, type WizardFlow } from '../wizard-draft.svelte.ts'
import { givenAnswers, planOf, StudyAnswers } from './study-answers.ts'
import { type StudyStep, studySteps } from './study-steps.ts'

/** Milliseconds that typing may pause before the plan is looked at. */
const typing = 350

/** From a question to a study that is frozen and has begun. */
export class StudyFlow implements WizardFlow<StudyStep> {
  readonly draft: WizardDraft
  /** What the plan would come to. */
  readonly preview = new Latest<Output<'study.preview'>>()
  /** What it could see, by an earlier study: that takes longer. */
  readonly sight = new Latest<Output<'study.preview'>>()
  /** The real images, where no plan tells of them. */
  readonly shown = new Latest<Output<'datasets.show'>>()
  readonly #bridge: Bridge
  readonly #query: Query
  readonly #trials = new SvelteMap<string, FollowedTask>()
  #begun = $state<string>()

  readonly answers = $derived.by(() => knownAnswers(StudyAnswers, this.draft.answers))
  readonly step: StudyStep = $derived.by(() => studySteps.find((step) => step === this.draft.step) ?? 'question')
  /** The plan without the words of its question. */
  readonly plan = $derived.by(() => planOf({ ...this.answers, question: '' }))
  /** What decides how long it takes: what would matter does not. */
  readonly #tried = $derived.by(() => planOf({ ...this.answers, question: '', smallest: '' }))

  constructor(bridge: Bridge, query: Query) {
    this.#bridge = bridge
    this.#query = query
    this.draft = new WizardDraft(bridge, 'study', query['draft'])
  }

  async load(): Promise<void> {
    await this.draft.load(givenAnswers(this.#query))
  }

  answer(changes: StudyAnswers): void {
    const { name, design } = { ...this.answers, ...changes }
    this.draft.answer(changes, name ?? (design && studyWizardWords.short[design]))
  }

  /** Called again whenever something changed. */
  look(): void {
    const { plan } = this
    if (plan.data === undefined) return
    this.preview.ask(JSON.stringify(plan), () => this.#bridge.call('study.preview', plan), typing)
  }

  /** Called again whenever something changed. */
  lookAhead(pilot: string): void {
    const plan = { ...this.plan, pilot }
    this.sight.ask(JSON.stringify(plan), () => this.#bridge.call('study.preview', plan), typing)
  }

  /** Called again whenever something changed. */
  lookInto(dataset: string): void {
    this.shown.ask(dataset, () => this.#bridge.call('datasets.show', { name: dataset }))
  }

  /** The study that has begun. */
  get begun(): string | undefined {
    return this.#begun
  }

  get trial(): FollowedTask | undefined {
    return this.#trials.get(JSON.stringify(this.#tried))
  }

  get estimate(): Estimate | undefined {
    return EstimateResult.safeParse(this.trial?.outcome).data?.estimate
  }

  /** Trains for some moments, to tell how long all of it takes; once for each plan. */
  async tryPlan(): Promise<void> {
    const plan = this.#tried
    const key = JSON.stringify(plan)
    if (this.#trials.has(key)) return
    const trial = new FollowedTask(this.#bridge)
    this.#trials.set(key, trial)
    trial.follow() // for as long as the page is open: there are few
    const known = this.answers.trials?.[key]
    if (known !== undefined) await trial.watch(known).catch(() => undefined)
    if (trial.task !== undefined && !trial.hasFailed) return
    const id = await trial.start('estimate', { of: 'study', ...plan })
    this.answer({ trials: { ...this.answers.trials, [key]: id } })
  }

  /** Once more, where it did not come to its end. */
  async tryAgain(): Promise<void> {
    this.#trials.delete(JSON.stringify(this.#tried))
    this.answer({ trials: {} })
    await this.tryPlan().catch(() => undefined) // the note says that it was not tried
  }

  /** Freezes the question, and begins. */
  async start(name: string): Promise<void> {
    const { trial } = this
    if (trial?.task !== undefined && trial.isAtWork) {
      await this.#bridge.call('tasks.cancel', { id: trial.task.id }).catch(() => undefined)
    }
    const study = this.frozenAs(name) ?? (await this.#freeze(name))
    await this.#bridge.call('tasks.start', { kind: 'study', input: { study } })
    this.#begun = study
  }

  /** The study that these very answers have frozen: a reload in the middle must not freeze a second one. */
  frozenAs(name: string): string | undefined {
    return this.answers.frozen?.[JSON.stringify(this.#asked(name))]
  }

  async #freeze(name: string): Promise<string> {
    const asked = this.#asked(name)
    const { study } = await this.#bridge.call('study.plan', asked)
    this.answer({ frozen: { ...this.answers.frozen, [JSON.stringify(asked)]: study.id } })
    return study.id
  }

  #asked(name: string): Input<'study.plan'> {
    return { ...planOf(this.answers), name }
  }
}
