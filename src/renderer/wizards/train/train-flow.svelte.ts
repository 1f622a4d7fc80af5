import { SvelteMap } from 'svelte/reactivity'
import { type Output } from '../../../shared/api.ts'
import { EstimateResult, type Estimate } from '../../../shared/estimates.ts'
import { type Prepared } from '../../../shared/masks.ts'
import { type PresetName } from '../../../shared/presets.ts'
import { type Bridge } from '../../bridge.ts'
import { FollowedTask } from '../followed-task.svelte.ts'
import { knownAnswers } from '../known-answers.ts'
import { Latest } from '../latest.svelte.ts'
import { type Query } from '../step.ts'
import { WizardDraft, type WizardFlow } from '../wizard-draft.svelte.ts'
import { givenAnswers, goalNames, TrainAnswers, trainingOf } from './train-answers.ts'

export const trainSteps = ['version', 'start', 'goal', 'details', 'summary'] as const
export type TrainStep = (typeof trainSteps)[number]

/** From a version of images to a training that has begun. */
export class TrainFlow implements WizardFlow<TrainStep> {
  readonly draft: WizardDraft
  readonly run: FollowedTask
  readonly preview = new Latest<Output<'prepared.preview'>>()
  readonly #bridge: Bridge
  readonly #query: Query
  /** Tries of a training, by what is tried. */
  readonly #trials = new SvelteMap<string, FollowedTask>()
  /** One is about to begin. */
  #isTrying = $state(false)

  readonly answers = $derived.by(() => knownAnswers(TrainAnswers, this.draft.answers))
  readonly step: TrainStep = $derived.by(() => trainSteps.find((step) => step === this.draft.step) ?? 'version')

  constructor(bridge: Bridge, query: Query) {
    this.#bridge = bridge
    this.#query = query
    this.draft = new WizardDraft(bridge, 'train', query['draft'])
    this.run = new FollowedTask(bridge)
  }

  async load(): Promise<void> {
    await this.draft.load(givenAnswers(this.#query))
    await this.run.watch(this.answers.run)
  }

  answer(changes: TrainAnswers): void {
    const { name } = { ...this.answers, ...changes }
    this.draft.answer(changes, name)
  }

  /** What a goal would take; undefined while it is not tried. */
  trialOf(goal: PresetName, withDetails = false): FollowedTask | undefined {
    return this.#trials.get(this.#keyOf(goal, withDetails))
  }

  estimateOf(goal: PresetName, withDetails = false): Estimate | undefined {
    return EstimateResult.safeParse(this.trialOf(goal, withDetails)?.outcome).data?.estimate
  }

  /** Tries one after the other: two at a time would be told too slow. Called again whenever something changed. */
  tryGoals(goals: readonly PresetName[], withDetails = false): void {
    const trials = goals.map((goal) => this.trialOf(goal, withDetails))
    if (this.#isTrying || [...this.#trials.values()].some((trial) => trial.isAtWork)) return
    const next = goals[trials.indexOf(undefined)]
    if (next === undefined) return
    this.#isTrying = true
    this.#try(next, withDetails)
      .catch(() => undefined) // the card says that it was not tried
      .finally(() => (this.#isTrying = false))
  }

  /** The pictures of the version. */
  show({ dataset, mask, tile }: Prepared): void {
    const input = { dataset, mask, tile, pictures: 5 }
    this.preview.ask(JSON.stringify(input), () => this.#bridge.call('prepared.preview', input))
  }

  async start(name: string, goal: PresetName): Promise<void> {
    await Promise.all([...this.#trials.values()].map((trial) => this.#stop(trial)))
    const run = await this.run.start('train', { ...trainingOf(this.answers, goal, true), name })
    this.answer({ run, name })
  }

  async #try(goal: PresetName, withDetails: boolean): Promise<void> {
    const key = this.#keyOf(goal, withDetails)
    const trial = new FollowedTask(this.#bridge)
    this.#trials.set(key, trial)
    trial.follow() // for as long as the page is open: there are few
    const known = this.answers.trials?.[key]
    if (known !== undefined) await trial.watch(known).catch(() => undefined)
    if (trial.task !== undefined && !trial.hasFailed) return
    const id = await trial.start('estimate', { of: 'train', ...trainingOf(this.answers, goal, withDetails) })
    this.answer({ trials: { ...this.answers.trials, [key]: id } })
  }

  async #stop({ task, isAtWork }: FollowedTask): Promise<void> {
    if (task !== undefined && isAtWork) await this.#bridge.call('tasks.cancel', { id: task.id }).catch(() => undefined)
  }

  #keyOf(goal: PresetName, withDetails: boolean): string {
    return JSON.stringify(trainingOf(this.answers, goal, withDetails))
  }
}

/** Goals for tiles of this kind, the likeliest first. */
export function goalsFor(prepared: Prepared | undefined): PresetName[] {
  if (prepared === undefined) return []
  const isColour = prepared.channels === 'rgb'
  return goalNames.filter((goal) => {
    if (goal === 'demo') return prepared.tile <= 64
    return goal === 'quick' || (goal === 'tissuenet') === isColour
  })
}
