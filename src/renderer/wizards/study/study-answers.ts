import { z } from 'zod'
import { type Input } from '../../../shared/api.ts'
import { type Choice } from '../../../shared/task-requests.ts'
import { type Remedy } from '../../../shared/remedies.ts'
import { ArmName, StudyDesign } from '../../../shared/studies.ts'
import { type Query } from '../step.ts'

export const StudyAnswers = z
  .object({
    design: StudyDesign,
    preset: z.enum(['small', 'full']),
    /** Numbers of annotated images, shares of them, numbers of synthetic ones: as they were typed. */
    sizes: z.string(),
    shares: z.string(),
    counts: z.string(),
    data: z.string(),
    /** A set that was made before; empty: each arm makes its own. */
    synthetic: z.string(),
    /** A rule; empty: what is usual. */
    wells: z.string(),
    leaveOut: z.array(z.string()),
    arms: z.array(ArmName),
    moreImages: z.string(),
    repeats: z.string(),
    generators: z.string(),
    draws: z.string(),
    /** The smallest difference that would matter, in points. */
    smallest: z.string(),
    pilot: z.string(),
    question: z.string(),
    name: z.string(),
    /** Tasks that tried a training, by the plan that was tried. */
    trials: z.record(z.string(), z.string()),
    /** Studies that were frozen already, by their plans. */
    frozen: z.record(z.string(), z.string())
  })
  .partial()
export type StudyAnswers = z.infer<typeof StudyAnswers>

export type ListName = 'sizes' | 'shares' | 'counts'

/** Which list of numbers each design asks for, beside how many synthetic pictures. */
export const listOf = {
  'few-images': 'sizes',
  table2: 'counts',
  table3: 'shares',
  table4: 'shares'
} as const satisfies Record<StudyDesign, ListName>

/** What is ticked before anything was: a rival, the question, and a control that must fail. */
const usualArms: readonly ArmName[] = ['copy-paste', 'synthetic', 'synthetic-shuffled-masks']

/** Where all images are learned from anyway, there are no more. */
export function canHaveMore({ design }: StudyAnswers): boolean {
  return design === undefined || design === 'few-images'
}

/** What is held against real images alone. */
export function chosenArms(answers: StudyAnswers): ArmName[] {
  return (answers.arms ?? usualArms).filter((arm) => arm !== 'more-real' || canHaveMore(answers))
}

/** Numbers that the catalogue of a study limits. */
const most = { repeats: 50, generators: 20, draws: 50, moreImages: Infinity } as const
type NumberName = keyof typeof most
const numberNames = ['repeats', 'generators', 'draws', 'moreImages'] as const satisfies readonly NumberName[]
export const repeatNames = ['draws', 'generators', 'repeats'] as const satisfies readonly NumberName[]

/** As people type lists: by commas, semicolons or spaces; percent signs are heard. NaN where one is none. */
export function numbersIn(text: string): number[] {
  return text
    .replaceAll('%', ' ')
    .split(/[,;\s]+/)
    .filter((part) => part !== '')
    .map(Number)
}

/** Numbers that cannot be meant so. */
export function isWrongList(name: ListName, text = ''): boolean {
  return numbersIn(text).some((value) => !(value > 0) || (name === 'shares' ? value > 100 : !Number.isInteger(value)))
}

export function isWrongNumber(name: NumberName, text = ''): boolean {
  const value = Number(text)
  return text.trim() !== '' && !(Number.isInteger(value) && value > 0 && value <= most[name])
}

/** Points, as a fraction; undefined where nothing was typed, NaN for what cannot be meant. */
export function smallestOf({ smallest = '' }: StudyAnswers): number | undefined {
  if (smallest.trim() === '') return undefined
  const points = Number(smallest.replace(',', '.'))
  return points > 0 && points <= 100 ? points / 100 : NaN
}

/** The plan that the answers make; what is wrong or empty is left to what is usual. */
export function planOf(answers: StudyAnswers): Input<'study.preview'> {
  const { design = 'few-images', preset = 'full', leaveOut = [] } = answers
  const smallestEffect = smallestOf(answers)
  return {
    design,
    preset,
    arms: ['real', ...chosenArms(answers)],
    ...(leaveOut.length === 0 ? {} : { leaveOut }),
    ...(smallestEffect === undefined || Number.isNaN(smallestEffect) ? {} : { smallestEffect }),
    ...numbersOf(answers, design),
    ...textsOf(answers)
  }
}

function numbersOf(answers: StudyAnswers, design: StudyDesign): Pick<Input<'study.preview'>, ListName | NumberName> {
  const lists = ([listOf[design], 'counts'] as const).flatMap((name) => {
    const text = answers[name] ?? ''
    return text.trim() === '' || isWrongList(name, text) ? [] : [[name, numbersIn(text)] as const]
  })
  const numbers = numberNames.flatMap((name) => {
    const text = answers[name] ?? ''
    return text.trim() === '' || isWrongNumber(name, text) ? [] : [[name, Number(text)] as const]
  })
  return { ...Object.fromEntries(lists), ...Object.fromEntries(numbers) }
}

function textsOf({ data = '', synthetic = '', wells = '', question = '' }: StudyAnswers) {
  const texts = { data, synthetic, wells, question: question.trim() }
  return Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== ''))
}

/** Answers that an address holds: the synthetic set whose page asked, and the real images. */
export function givenAnswers({ set, data }: Query): StudyAnswers {
  return { ...(set === undefined ? {} : { synthetic: set }), ...(data === undefined ? {} : { data }) }
}

const typed: readonly Choice[] = ['counts', 'sizes', 'shares', 'moreImages', 'wells', 'name'] satisfies (Choice &
  keyof StudyAnswers)[]

/** Whether another answer to a choice can be typed, as here. */
export function isTyped(choice: Choice): choice is 'counts' | 'sizes' | 'shares' | 'moreImages' | 'wells' | 'name' {
  return typed.includes(choice)
}

/** What a remedy with a value changes; undefined where it has none, or none that is asked here. */
export function mended(
  { option, value }: Extract<Remedy, { action: 'set-option' }>,
  { leaveOut = [] }: StudyAnswers
): StudyAnswers | undefined {
  if (option === 'leaveOut' && Array.isArray(value)) return { leaveOut: [...new Set([...leaveOut, ...value])] }
  return value !== undefined && isTyped(option) ? { [option]: String(value) } : undefined
}
