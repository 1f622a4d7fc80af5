import { powerSaveBlocker } from 'electron'
import { type App } from '../app.ts'

/** Knows whether something is worked on, and keeps the computer from falling asleep meanwhile. */
export class Activity {
  readonly #working = new Set<string>()
  #blocker: number | undefined

  constructor(app: App) {
    app.onEvent((event) => {
      if (event.event === 'demo.changed') this.#set('demo', event.demo.state === 'running')
      if (event.event === 'run.changed') this.#set(event.run.id, event.run.state === 'running')
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
