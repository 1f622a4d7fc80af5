import type { Run } from '../../shared/runs.ts'
import type { AppContext } from './app-context.ts'

/** Tells listeners what another process changed in the catalogue: runs and their histories, and things of other kinds. */
export class OthersChanges {
  readonly #app: AppContext
  #runs: ReadonlyMap<string, string>
  #things: string
  #historyPosition: number

  constructor(app: AppContext) {
    this.#app = app
    this.#runs = textOf(app.catalog.runs.list())
    this.#things = this.#describeThings()
    this.#historyPosition = app.catalog.runs.historyPosition
  }

  /** Compares with what was there last time, and tells the differences. */
  tell(): void {
    const { catalog, emit } = this.#app
    const runs = catalog.runs.list()
    for (const run of runs) {
      if (this.#runs.get(run.id) !== JSON.stringify(run)) emit({ event: 'run.changed', run })
    }
    this.#runs = textOf(runs)
    for (const { run, entry } of catalog.runs.historySince(this.#historyPosition)) {
      emit({ event: 'run.history', run, entry })
    }
    this.#historyPosition = catalog.runs.historyPosition
    const things = this.#describeThings()
    if (things !== this.#things) emit({ event: 'workspace.changed' })
    this.#things = things
  }

  #describeThings(): string {
    const { datasets, prepared, runs, synthetic, packages, processes } = this.#app.catalog
    const runNames = runs.list().map(({ id, name }) => [id, name])
    const others = processes.list().map(({ id }) => id)
    return JSON.stringify([datasets.list(), prepared.list(), runNames, synthetic.list(), packages.list(), others])
  }
}

function textOf(runs: readonly Run[]): ReadonlyMap<string, string> {
  return new Map(runs.map((run) => [run.id, JSON.stringify(run)]))
}
