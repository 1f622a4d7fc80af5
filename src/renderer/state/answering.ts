import { z } from 'zod'
import { type Remedy } from '../../shared/remedies.ts'
import { type Choice, choiceOf, placeOf } from '../../shared/task-requests.ts'
import { hasEnded, type Task } from '../../shared/tasks.ts'

/** Who takes another answer to what it was asked: a task that failed, a wizard, the page of a thing. */
export interface Answering {
  readonly asks: (choice: Choice) => boolean
  /** What was answered before. */
  readonly before: (choice: Choice) => unknown
  readonly take: (choice: Choice, answer: unknown) => Promise<unknown>
}

/** What a remedy would have answered anew, with the answer where it knows one. */
export function choiceIn(remedy: Remedy): { readonly choice: Choice; readonly answer?: unknown } | undefined {
  const choice = choiceOf(remedy)
  if (choice === undefined) return undefined
  if (remedy.action === 'choose-engine') return { choice, answer: remedy.engine }
  const value = remedy.action === 'set-option' ? remedy.value : undefined
  return { choice, answer: typeof value === 'string' ? answerIn(choice, value) : value }
}

/** A task that ended, which begins anew with its answers and another one. */
export function newTaskOf(
  task: Task,
  begin: (changes: Readonly<Record<string, unknown>>) => Promise<unknown>
): Answering {
  const given = z.record(z.string(), z.unknown()).safeParse(task.input).data ?? {}
  const planes = z.record(z.string(), z.unknown()).safeParse(given['planes']).data ?? {}
  const isPlane = (choice: Choice): boolean => placeOf(choice, task) === 'planes'
  return {
    asks: (choice) => hasEnded(task) && placeOf(choice, task) !== undefined,
    before: (choice) => (isPlane(choice) ? planes : given)[choice],
    take: (choice, answer) =>
      begin(isPlane(choice) ? { planes: { ...planes, [choice]: answer } } : { [choice]: answer })
  }
}

const numbers: ReadonlySet<Choice> = new Set<Choice>([
  'count',
  'iterations',
  'learningRate',
  'microBatch',
  'minutes',
  'perClass',
  'scale',
  'seed',
  't',
  'tile',
  'z'
])
const lists: ReadonlySet<Choice> = new Set<Choice>(['formats', 'leaveOut'])

/** Typed text as the request takes it; a decimal comma is one, too. */
export function answerIn(choice: Choice, text: string): unknown {
  const parts = text.split(',').map((part) => part.trim())
  if (numbers.has(choice)) return Number(text.trim().replace(',', '.'))
  if (choice === 'channels') return parts.map((part) => (part === '-' ? 0 : Number(part)))
  if (choice === 'split') return parts.map(Number)
  return lists.has(choice) ? parts : text.trim()
}

/** An answer as it would be typed. */
export function textOf(answer: unknown): string {
  if (Array.isArray(answer)) return answer.join(', ')
  return typeof answer === 'string' || typeof answer === 'number' ? String(answer) : ''
}
