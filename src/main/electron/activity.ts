import { powerSaveBlocker } from 'electron'
import { isActive } from '../../shared/tasks.ts'
import { type App } from '../app.ts'

/** Knows whether something is worked on, and keeps the computer from falling asleep meanwhile. */
export class Activity {
  readonly #working = new Set<string>()
  #blocker: number | undefined

  constructor(app: App) {
    app.onEvent((event) => {
      if (event.event === 'task.changed') this.#set(event.task.id, isActive(event.task))
    })
  }

  get isWorking(): boolean {
    return this.#working.size > 0
  }

  #set(work: string, isRunning: boolean): void {
    if (isRunning) this.#working.add(work)
    else this.#working.delete(work)

    if (this.isWorking) this.#blocker ??= powerSaveBlocker.start('prevent-app-suspension')
    else if (this.#blocker !== undefined) {
      powerSaveBlocker.stop(this.#blocker)
      this.#blocker = undefined
    }
  }
}
