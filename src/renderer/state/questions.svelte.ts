import { createContext } from 'svelte'
import { type Choice } from '../../shared/task-requests.ts'
import { answerIn } from './answering.ts'
import { type Problems } from './problems.svelte.ts'

/** One answer that is asked for anew. */
export interface Question {
  readonly choice: Choice
  /** What stands in the field at first. */
  readonly before: string
  readonly take: (answer: unknown) => Promise<unknown>
}

/** What a remedy asks before it can do anything: one question at a time, over whatever is shown. */
export class Questions {
  readonly #problems: Problems
  #open = $state.raw<Question>()
  #isTaking = $state(false)

  constructor(problems: Problems) {
    this.#problems = problems
  }

  get open(): Question | undefined {
    return this.#open
  }

  get isTaking(): boolean {
    return this.#isTaking
  }

  ask(question: Question): void {
    this.#open = question
  }

  close(): void {
    this.#open = undefined
    this.#problems.dismiss(subject)
  }

  /** An answer that is refused can be corrected. */
  async answer(text: string): Promise<void> {
    const question = this.#open
    if (question === undefined || this.#isTaking) return
    this.#isTaking = true
    const isTaken = await this.#problems.attempt(subject, question.take(answerIn(question.choice, text)))
    this.#isTaking = false
    if (isTaken) this.close()
  }
}

const subject = 'form question'

export const [getQuestions, setQuestions] = createContext<Questions>()
