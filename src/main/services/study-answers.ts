import type { Output, ParsedInput } from '../../shared/api.ts'
import { sha256 } from '../files/checksum.ts'
import type { AnswerTask, StudyAnswer } from '../studies/answer-study.ts'
import type { FrozenPlace } from '../studies/run-task.ts'
import { ThreadPool } from '../threads/pool.ts'
import type { AppContext } from '../workspace/app-context.ts'
import { secondsOfStudy } from './study-outlook.ts'
import { openStudy } from './study-places.ts'

/** Answers kept in mind: of these many studies. */
const most = 4

/** What studies have come to, computed in a thread of its own: the intervals of a large table take a while. */
export class StudyAnswers {
  readonly #app: AppContext
  readonly #mayWrite: boolean
  readonly #known = new Map<string, { readonly state: string; readonly answer: Promise<StudyAnswer> }>()
  #pool: ThreadPool | undefined

  constructor(app: AppContext, mayWrite: boolean) {
    this.#app = app
    this.#mayWrite = mayWrite
  }

  async show({ study }: ParsedInput<'study.show'>): Promise<Output<'study.show'>> {
    const frozen = await openStudy(this.#app, study)
    const { result } = await this.#answer(frozen)
    return { ...result, outlook: await secondsOfStudy(this.#app, frozen) }
  }

  async pictures({ study }: ParsedInput<'study.pictures'>): Promise<Output<'study.pictures'>> {
    return (await this.#answer(await openStudy(this.#app, study))).drawn
  }

  async close(): Promise<void> {
    await this.#pool?.close()
  }

  #answer(frozen: FrozenPlace): Promise<StudyAnswer> {
    const { place, program, hash, study } = frozen
    const { id, root } = place
    const { name } = this.#app.catalog.studies.require(id)
    const state = sha256([program, hash, name, ...place.open(study), ...place.taken()].join('\n'))
    const known = this.#known.get(id)
    if (known?.state === state) return known.answer
    const task: AnswerTask = { root, id, name, program, state, mayWrite: this.#mayWrite }
    this.#pool ??= new ThreadPool({ workerPath: this.#app.environment.workerPath, threads: 1 })
    const answer = this.#pool.run<StudyAnswer>(task, { name: 'study' })
    answer.catch(() => this.#known.delete(id)) // another try may do better
    this.#known.delete(id)
    this.#known.set(id, { state, answer })
    const [oldest] = this.#known.keys()
    if (this.#known.size > most && oldest !== undefined) this.#known.delete(oldest)
    return answer
  }
}
