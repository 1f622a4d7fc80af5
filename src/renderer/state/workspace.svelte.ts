import { createContext } from 'svelte'
import { type Workspace } from '../../shared/api.ts'
import { type Prepared } from '../../shared/masks.ts'
import { type Run } from '../../shared/runs.ts'
import { type ThingKind } from '../../shared/things.ts'
import { type Bridge } from '../bridge.ts'
import { freeName } from '../wizards/free-name.ts'
import { type Problems } from './problems.svelte.ts'

const collectionOf = {
  dataset: 'datasets',
  prepared: 'prepared',
  run: 'runs',
  segmenter: 'segmenters',
  synthetic: 'synthetic',
  study: 'studies',
  package: 'packages'
} as const satisfies Record<ThingKind, keyof Workspace>

/** What the workspace holds, asked anew whenever the app says that it changed. */
export class WorkspaceContent {
  readonly #bridge: Bridge
  readonly #problems: Problems
  #content = $state.raw<Workspace>()
  #loading: Promise<void> | undefined
  #isStale = false

  constructor(bridge: Bridge, problems: Problems) {
    this.#bridge = bridge
    this.#problems = problems
  }

  get content(): Workspace | undefined {
    return this.#content
  }

  /** Of a thing that it has, by its id or its name. */
  idOf(kind: ThingKind, nameOrId: string | undefined): string | undefined {
    const things = this.#content?.[collectionOf[kind]] ?? []
    return things.find(({ id, name }) => id === nameOrId || name === nameOrId)?.id
  }

  runOf(nameOrId: string | undefined): Run | undefined {
    return this.#content?.runs.find(({ id, name }) => id === nameOrId || name === nameOrId)
  }

  preparedOf(nameOrId: string | undefined): Prepared | undefined {
    return this.#content?.prepared.find(({ id, name }) => id === nameOrId || name === nameOrId)
  }

  /** A name that nothing here has. */
  freeName(wanted: string): string {
    const {
      datasets = [],
      prepared = [],
      runs = [],
      segmenters = [],
      synthetic = [],
      studies = []
    } = this.#content ?? {}
    return freeName(wanted, [datasets, prepared, runs, segmenters, synthetic, studies].flat())
  }

  /** Changes that come while an answer is under way are answered together, once, after it. */
  load(): Promise<void> {
    this.#isStale = true
    this.#loading ??= this.#loadUntilFresh().finally(() => {
      this.#loading = undefined
    })
    return this.#loading
  }

  /** Starts following events; call the result to stop. */
  follow(): () => void {
    return this.#bridge.onEvent((event) => {
      if (event.event === 'workspace.changed') this.#reload()
      if (event.event === 'run.changed') this.#takeRun(event.run)
    })
  }

  #reload(): void {
    void this.#problems.attempt('page', this.load())
  }

  #takeRun(run: Run): void {
    const content = this.#content
    if (content?.runs.some(({ id }) => id === run.id) !== true) this.#reload()
    else this.#content = { ...content, runs: content.runs.map((known) => (known.id === run.id ? run : known)) }
  }

  async #loadUntilFresh(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false
      this.#content = await this.#bridge.call('workspace.show', {})
    }
  }
}

export const [getWorkspace, setWorkspace] = createContext<WorkspaceContent>()
