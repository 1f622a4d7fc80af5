import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import { join, sep } from 'node:path'
import { type AppEvent, PicturePath, requests } from '../../src/shared/api.ts'
import { AppError } from '../../src/shared/errors.ts'
import { type QuitReport } from '../../src/shared/tasks.ts'
import { type App } from '../../src/main/app.ts'
import { type Handlers } from '../../src/main/services/dispatch.ts'

/** An app whose answers a test decides: for what a host or a page does with them, not for what the app does. */
export class FakeApp implements App {
  readonly handlers: Handlers
  readonly workspace: string
  readonly notices: readonly string[] = []
  readonly #listeners = new Set<(event: AppEvent) => void>()

  constructor(workspace: string, answers: Partial<Handlers>) {
    mkdirSync(workspace, { recursive: true })
    this.workspace = realpathSync(workspace)
    this.handlers = { ...unanswered(), ...answers }
  }

  get listeners(): number {
    return this.#listeners.size
  }

  onEvent(listener: (event: AppEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  emit(event: AppEvent): void {
    for (const listener of this.#listeners) listener(event)
  }

  picturePath(path: string): Promise<string | undefined> {
    if (!PicturePath.safeParse(path).success || !existsSync(join(this.workspace, path)))
      return Promise.resolve(undefined)
    const file = realpathSync(join(this.workspace, path))
    return Promise.resolve(file.startsWith(this.workspace + sep) ? file : undefined)
  }

  whenQuitting(): QuitReport {
    return { goesOn: [], pauses: [], lost: [] }
  }

  close(): Promise<void> {
    this.#listeners.clear()
    return Promise.resolve()
  }
}

function unanswered(): Handlers {
  const entries = Object.keys(requests).map((name) => [
    name,
    () => {
      throw new AppError('usage', `This test does not answer "${name}".`)
    }
  ])
  return Object.fromEntries(entries) as Handlers // each name of the table is there; none returns
}
