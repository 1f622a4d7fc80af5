import { z } from 'zod'
import { type Input } from '../../../shared/api.ts'
import { type Prepared } from '../../../shared/masks.ts'
import { type Choice, placeOf } from '../../../shared/task-requests.ts'
import { type PresetName, presetSettings } from '../../../shared/presets.ts'
import { type Query } from '../step.ts'

export const detailNames = ['minutes', 'iterations', 'batch', 'learningRate', 'evaluateEvery', 'seed'] as const
export type DetailName = (typeof detailNames)[number]

export const goalNames = ['quick', 'demo', 'livecell', 'tissuenet'] as const satisfies readonly PresetName[]

export const TrainAnswers = z
  .object({
    version: z.string(),
    /** A model to begin with; empty: none. */
    from: z.string(),
    goal: z.enum(goalNames),
    /** As they were typed. */
    details: z.partialRecord(z.enum(detailNames), z.string()),
    name: z.string(),
    /** What is not asked here, and a trouble named. */
    others: z.record(z.string(), z.unknown()),
    /** Tasks that tried a training, by what was tried. */
    trials: z.record(z.string(), z.string()),
    run: z.string()
  })
  .partial()
export type TrainAnswers = z.infer<typeof TrainAnswers>

/** What the address says: a version, a model to begin with, and how fast it shall learn. */
export function givenAnswers({ version, from, learningRate }: Query): TrainAnswers {
  return {
    ...(version !== undefined && { version }),
    ...(from !== undefined && { from }),
    ...(learningRate !== undefined && { details: { learningRate } })
  }
}

/** Of text as people type it; a decimal comma is one, too. NaN where it is none. */
function numberIn(text: string): number {
  return text.trim() === '' ? NaN : Number(text.trim().replace(',', '.'))
}

/** The details that cannot be meant so. */
export function wrongDetails(details: TrainAnswers['details']): DetailName[] {
  return detailNames.filter((name) => {
    const text = details?.[name] ?? ''
    if (text.trim() === '') return false
    const value = numberIn(text)
    const isWhole = name === 'minutes' || name === 'learningRate' || Number.isInteger(value)
    return !isWhole || !(name === 'seed' ? value >= 0 : value > 0)
  })
}

/** What is trained, beside its name. */
export function trainingOf(
  answers: TrainAnswers,
  goal: PresetName,
  withDetails: boolean
): Omit<Input<'runs.train'>, 'name'> {
  const { version = '', from = '', details, others } = answers
  const chosen = detailNames
    .map((name) => [name, numberIn(details?.[name] ?? '')] as const)
    .filter(([, value]) => withDetails && !Number.isNaN(value))
  return { prepared: version, preset: goal, ...(from !== '' && { from }), ...others, ...Object.fromEntries(chosen) }
}

/** What was answered to a choice before. */
export function answeredTo(choice: Choice, { details, others }: TrainAnswers): unknown {
  const given: Readonly<Record<string, unknown>> = { ...others, ...details }
  return given[choice]
}

export function isAsked(choice: Choice): boolean {
  return placeOf(choice, { kind: 'train', input: {} }) !== undefined
}

/** Another answer to what a training is asked: one of the details, its name, or what is not asked here otherwise. */
export function changesBy(choice: Choice, answer: unknown, { details, others }: TrainAnswers): TrainAnswers {
  if (choice === 'name') return { name: String(answer) }
  const detail = detailNames.find((each) => each === choice)
  if (detail !== undefined) return { details: { ...details, [detail]: String(answer) } }
  return { others: { ...others, [choice]: answer } }
}

/** What a goal takes where a detail is left empty. */
export function usualDetails(goal: PresetName, prepared: Prepared | undefined): Readonly<Record<DetailName, string>> {
  const shape = {
    resolution: prepared?.tile ?? 256,
    imageChannels: prepared?.channels === 'rgb' ? 3 : 1,
    classes: Math.max(1, prepared?.classes.length ?? 1)
  } as const
  const { iterations, batch, learningRate, evaluateEvery, seed } = presetSettings(goal, shape, 0)
  return {
    minutes: '',
    iterations: String(iterations),
    batch: String(batch),
    learningRate: String(learningRate.generator),
    evaluateEvery: String(evaluateEvery),
    seed: String(seed)
  }
}
