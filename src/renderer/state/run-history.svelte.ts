import { createContext } from 'svelte'
import { type Run } from '../../shared/runs.ts'
import { type HistoryEntry } from '../../shared/training.ts'
import { type Bridge, type Picture } from '../bridge.ts'

export type Evaluation = Extract<HistoryEntry, { kind: 'evaluation' }>
export type Sample = Extract<HistoryEntry, { kind: 'sample' }>
type Shown = Evaluation | Sample

/** What a run showed so far: its quality scores and its sample sheets, in the order of iterations. */
export class RunHistory {
  readonly #bridge: Bridge
  #run: string | undefined
  #shown = $state.raw<Run>()
  #entries = $state.raw<readonly Shown[]>([]) // replaced whole, never mutated

  /** Scores that can be compared: those of fewer pictures say so in a note, and stand elsewhere on the scale. */
  readonly evaluations = $derived(
    this.#entries.filter((entry) => entry.kind === 'evaluation').filter(({ note }) => note === undefined)
  )
  readonly samples = $derived(
    this.#entries.flatMap((entry) =>
      entry.kind === 'sample'
        ? [{ iteration: entry.iteration, seconds: entry.seconds, picture: this.#picture(entry) }]
        : []
    )
  )

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  /** The run whose history this is, as it was when it was asked for. */
  get run(): Run | undefined {
    return this.#shown
  }

  /** Shows this run from its beginning; what comes later comes by events. */
  async show(run: string | undefined): Promise<void> {
    if (run === this.#run) return
    this.#run = run
    this.#shown = undefined
    this.#entries = []
    await this.reload()
  }

  /** Makes up for events that were missed. */
  async reload(): Promise<void> {
    const run = this.#run
    if (run === undefined) return
    const { run: found, history } = await this.#bridge.call('runs.show', { name: run })
    if (run !== this.#run) return
    this.#shown = found
    this.#merge(history)
  }

  /** Starts following events; call the result to stop. */
  follow(): () => void {
    return this.#bridge.onEvent((event) => {
      if (event.event === 'run.history' && event.run === this.#run) this.#merge([event.entry])
    })
  }

  /** After a killed engine a stretch is trained again: of two entries at one place the later is kept. */
  #merge(added: readonly HistoryEntry[]): void {
    const shown = added.filter((entry) => entry.kind === 'evaluation' || entry.kind === 'sample')
    if (shown.length === 0) return
    const last = Math.max(...shown.map(({ iteration }) => iteration))
    const isTakenBack = (entry: Shown) =>
      entry.kind === 'evaluation' && entry.isClosing === true && entry.iteration < last
    const isReplaced = (entry: Shown) =>
      shown.some(({ kind, iteration }) => kind === entry.kind && iteration === entry.iteration)
    const kept = this.#entries.filter((entry) => !isReplaced(entry) && !isTakenBack(entry))
    this.#entries = [...kept, ...shown].sort((a, b) => a.iteration - b.iteration)
  }

  #picture(sample: Sample): Picture {
    const file = sample.file.split(/[/\\]/).at(-1) ?? ''
    return this.#bridge.picture(`runs/${this.#run ?? ''}/samples/${file}`)
  }
}

export const [getRunHistory, setRunHistory] = createContext<RunHistory>()
