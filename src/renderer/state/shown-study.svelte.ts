import { type Output } from '../../shared/api.ts'
import { type StudyResult } from '../../shared/studies.ts'
import { type StudyBoard, type StudyPictures } from '../../shared/study-look.ts'
import { hasEnded, type Task } from '../../shared/tasks.ts'
import { type Bridge } from '../bridge.ts'

/** A study as its own page shows it: its answer as far as there is one, its trainings, and pictures of it. */
export class ShownStudy {
  readonly #bridge: Bridge
  readonly #id: string
  #result = $state.raw<StudyResult>()
  #board = $state.raw<StudyBoard>()
  #pictures = $state.raw<StudyPictures>()

  constructor(bridge: Bridge, id: string) {
    this.#bridge = bridge
    this.#id = id
  }

  /** Undefined until the app has answered, as the others are. */
  get result(): StudyResult | undefined {
    return this.#result
  }

  get board(): StudyBoard | undefined {
    return this.#board
  }

  get pictures(): StudyPictures | undefined {
    return this.#pictures
  }

  async load(): Promise<void> {
    const study = this.#id
    this.#board = await this.#bridge.call('study.board', { study })
    this.#result = await this.#bridge.call('study.show', { study })
    if (this.#result.study.state === 'done') this.#pictures = await this.#bridge.call('study.pictures', { study })
  }

  /** The task that does it, among those given, newest first: begun by the study's name or by its id. */
  taskAmong(tasks: readonly Task[], name: string): Task | undefined {
    const own = tasks.filter(({ kind, input }) => {
      if (kind !== 'study' || typeof input !== 'object' || input === null || !('study' in input)) return false
      return input.study === this.#id || input.study === name
    })
    return own.find((task) => !hasEnded(task)) ?? own[0]
  }

  /**
   * Takes in what another program predicted for the test images.
   *
   * @returns sentences on what was taken in another way than it stands in the file
   */
  async takePredictions(file: string, name: string): Promise<string[]> {
    const result = await this.#bridge.call('study.predictions', { study: this.#id, file, name })
    this.#result = result
    const ofThePlan = this.#board?.plan.notes ?? []
    return result.notes.filter((note) => !ofThePlan.includes(note))
  }

  fileOf(file: string): Promise<Output<'study.file'>> {
    return this.#bridge.call('study.file', { study: this.#id, file })
  }

  /** Shows a file of the report in the file manager. */
  async showInFolder(file: string): Promise<void> {
    await this.#bridge.desk.showInFolder({ thing: this.#id, kind: 'study', file: `report/${file}` })
  }
}
