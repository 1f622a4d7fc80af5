import { z } from 'zod'
import { type Input, type Output } from '../../../shared/api.ts'
import { EngineRequest } from '../../../shared/runs.ts'
import { type Choice } from '../../../shared/task-requests.ts'
import { GenerateResult } from '../../../shared/synthetic.ts'
import { type Bridge } from '../../bridge.ts'
import { FollowedTask } from '../followed-task.svelte.ts'
import { knownAnswers } from '../known-answers.ts'
import { understood } from '../understood.ts'
import { Latest } from '../latest.svelte.ts'
import { type Query } from '../step.ts'
import { WizardDraft, type WizardFlow } from '../wizard-draft.svelte.ts'

const GenerateAnswers = z
  .object({
    run: z.string(),
    /** As they were typed. */
    perClass: z.string(),
    seed: z.string(),
    /** Round of the model that was chosen by its pictures. */
    checkpoint: z.string(),
    truncation: z.number(),
    areaFilter: z.boolean(),
    approved: z.boolean(),
    name: z.string(),
    /** Where a trouble named one; else the app chooses. */
    engine: EngineRequest,
    make: z.string()
  })
  .partial()
export type GenerateAnswers = z.infer<typeof GenerateAnswers>

export const generateSteps = ['model', 'amount', 'look', 'make'] as const
export type GenerateStep = (typeof generateSteps)[number]

/** What the address says: a model, one of its rounds, and a seed where more is wanted than an earlier set has. */
export function givenAnswers({ run, seed, checkpoint }: Query): GenerateAnswers {
  return {
    ...(run !== undefined && { run }),
    ...(seed !== undefined && { seed }),
    ...(checkpoint !== undefined && { checkpoint })
  }
}

const askedAnew: readonly Choice[] = ['name', 'perClass', 'seed', 'engine']

export function isAsked(choice: Choice): boolean {
  return askedAnew.includes(choice)
}

/** The answers that another answer to a choice changes; other numbers of a seed are other pictures. */
export function changesBy(choice: Choice, answer: unknown): GenerateAnswers {
  const isText = choice === 'perClass' || choice === 'seed'
  return understood(GenerateAnswers, {
    [choice]: isText ? String(answer) : answer,
    ...(choice === 'seed' && { approved: false })
  })
}

/** From a model to a set of pictures that somebody has looked at first. */
export class GenerateFlow implements WizardFlow<GenerateStep> {
  readonly draft: WizardDraft
  readonly make: FollowedTask
  readonly trial = new Latest<Output<'synthetic.try'>>()
  readonly #bridge: Bridge
  readonly #query: Query
  #attempt = $state(0)

  readonly answers = $derived.by(() => knownAnswers(GenerateAnswers, this.draft.answers))
  readonly step: GenerateStep = $derived.by(() => generateSteps.find((step) => step === this.draft.step) ?? 'model')
  readonly made = $derived.by(() => GenerateResult.safeParse(this.make.outcome).data?.synthetic)
  /** NaN where it is no number. */
  readonly perClass = $derived.by(() => wholeNumber(this.answers.perClass ?? '100', 1))
  readonly seed = $derived.by(() => wholeNumber(this.answers.seed ?? '0', 0))
  readonly choices: Omit<Input<'synthetic.generate'>, 'name'> = $derived.by(() => ({
    run: this.answers.run ?? '',
    seed: this.seed,
    areaFilter: this.answers.areaFilter ?? true,
    ...(this.answers.truncation !== undefined && { truncation: this.answers.truncation }),
    ...(this.answers.engine !== undefined && { engine: this.answers.engine }),
    ...(this.answers.checkpoint !== undefined && { checkpoint: wholeNumber(this.answers.checkpoint, 0) })
  }))

  constructor(bridge: Bridge, query: Query) {
    this.#bridge = bridge
    this.#query = query
    this.draft = new WizardDraft(bridge, 'generate', query['draft'])
    this.make = new FollowedTask(bridge)
  }

  async load(): Promise<void> {
    await this.draft.load(givenAnswers(this.#query))
    await this.make.watch(this.answers.make)
  }

  answer(changes: GenerateAnswers): void {
    const { name } = { ...this.answers, ...changes }
    this.draft.answer(changes, name)
  }

  /** Other choices make other pictures: what was approved was of those before. */
  choose(changes: GenerateAnswers): void {
    this.answer({ ...changes, approved: false })
  }

  /** Sixteen pictures; not again where nothing changed. */
  draw(): void {
    this.trial.ask(JSON.stringify([this.choices, this.#attempt]), () =>
      this.#bridge.call('synthetic.try', this.choices)
    )
  }

  drawAgain(): void {
    this.#attempt++
    this.draw()
  }

  async create(name: string): Promise<void> {
    const input = { ...this.choices, perClass: this.perClass, name }
    const make = await this.make.start('generate', input)
    this.answer({ make, name })
  }
}

function wholeNumber(text: string, least: number): number {
  const value = Number(text.trim())
  return text.trim() !== '' && Number.isInteger(value) && value >= least && value <= 100_000 ? value : NaN
}
