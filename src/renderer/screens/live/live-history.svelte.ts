import { SvelteMap } from 'svelte/reactivity'
import { type Prepared } from '../../../shared/masks.ts'
import { type HistoryEntry } from '../../../shared/training.ts'
import { type Bridge } from '../../bridge.ts'
import { RunHistory } from '../../state/run-history.svelte.ts'

export interface RealPicture {
  /** In base64. */
  readonly png: string
  readonly width: number
  readonly height: number
  readonly isGray: boolean
}

type Event = Extract<HistoryEntry, { kind: 'evaluation' | 'note' }>

/** How many of the latest rounds tell how it goes. */
const latest = 200

/** What a run showed so far, how it goes, and real pictures to compare with. */
export class LiveHistory {
  readonly real = new SvelteMap<string, RealPicture>()
  readonly #bridge: Bridge
  readonly #shown: RunHistory
  #run: string | undefined
  #prepared: string | undefined
  #signs = $state.raw<readonly number[]>([])
  #events = $state.raw<readonly Event[]>([])
  #round = $state(0)
  #checkpoints = $state.raw<readonly number[]>([])

  readonly start = $derived.by(() => (this.evaluations.length > 1 ? this.evaluations[0]?.value : undefined))
  readonly health = $derived.by(() => {
    const values = this.evaluations.map(({ value }) => value)
    const best = values.indexOf(Math.min(...values))
    const realSign =
      this.#signs.length === 0 ? undefined : this.#signs.reduce((sum, sign) => sum + sign, 0) / this.#signs.length
    const [leastVaried] = (this.evaluations.at(-1)?.classes ?? [])
      .flatMap(({ name, variety }) => (variety === undefined ? [] : [{ kind: name, value: variety }]))
      .sort((a, b) => a.value - b.value)
    return { realSign, sinceBest: values.length - 1 - best, scores: values.length, variety: leastVaried }
  })

  constructor(bridge: Bridge) {
    this.#bridge = bridge
    this.#shown = new RunHistory(bridge)
  }

  get evaluations(): RunHistory['evaluations'] {
    return this.#shown.evaluations
  }

  get samples(): RunHistory['samples'] {
    return this.#shown.samples
  }

  /** The latest that was heard of. */
  get round(): number {
    return this.#round
  }

  /** All scores, also those of few pictures. */
  get scored(): readonly Extract<Event, { kind: 'evaluation' }>[] {
    return this.#events.filter((entry) => entry.kind === 'evaluation')
  }

  /** Scores and notes, newest first. */
  get events(): readonly Event[] {
    return this.#events
  }

  /** Rounds whose models are kept. */
  get checkpoints(): readonly number[] {
    return this.#checkpoints
  }

  /** What is kept changes while it learns, and is wanted when it is over. */
  async loadCheckpoints(name: string): Promise<void> {
    const { checkpoints } = await this.#bridge.call('runs.show', { name })
    this.#checkpoints = checkpoints.map(({ iteration }) => iteration)
  }

  async show(run: string): Promise<void> {
    if (run === this.#run) return
    this.#run = run
    const { history } = await this.#bridge.call('runs.show', { name: run })
    await this.#shown.show(run)
    this.#take(history)
  }

  follow(): () => void {
    const ends = [
      this.#shown.follow(),
      this.#bridge.onEvent((event) => {
        if (event.event === 'run.history' && event.run === this.#run) this.#take([event.entry])
      })
    ]
    return () => {
      for (const end of ends) end()
    }
  }

  /** One real picture of each kind, of the version that the run learns from. */
  showReal({ id, dataset, mask, tile, scale, channels }: Prepared): void {
    if (id === this.#prepared) return
    this.#prepared = id
    const shown = this.#bridge.call('prepared.preview', { dataset, mask, tile, pictures: 12 })
    shown
      .then(({ pictures }) => {
        for (const { class: kind, picture: png, width, height } of pictures) {
          this.real.set(kind, { png, width: width * scale, height: height * scale, isGray: channels === 'gray' })
        }
      })
      .catch(() => undefined) // the images may be gone: then there is nothing to compare with
  }

  #take(entries: readonly HistoryEntry[]): void {
    this.#round = Math.max(this.#round, ...entries.map(({ iteration }) => iteration))
    const signs = entries.flatMap((entry) => (entry.kind === 'step' ? [entry.realSign] : []))
    if (signs.length > 0) this.#signs = [...this.#signs, ...signs].slice(-latest)
    const events = entries.filter((entry) => entry.kind === 'evaluation' || entry.kind === 'note')
    if (events.length > 0) this.#events = [...events.toReversed(), ...this.#events].slice(0, 20)
  }
}
