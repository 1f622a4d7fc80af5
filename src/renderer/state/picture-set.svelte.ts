import { SvelteMap, SvelteSet } from 'svelte/reactivity'
import {
  type CellAnswer,
  type ListedPicture,
  type PictureCollection,
  type PictureList,
  type PictureLook,
  type Verdict,
  viewPath
} from '../../shared/pictures.ts'
import { type Bridge, type Picture } from '../bridge.ts'
import { VerdictPost } from './verdict-post.ts'

type Cell = NonNullable<CellAnswer['cell']>

/** What was said before, so that it can be said again. */
interface Step {
  readonly before: ReadonlyMap<number, Verdict | undefined>
}

/** The pictures of an image set, a version or a synthetic set, and what a person said of them. */
export class PictureSet {
  readonly collection: PictureCollection
  readonly id: string
  readonly #bridge: Bridge
  readonly #post: VerdictPost
  #list = $state.raw<PictureList>()
  #steps = $state.raw<readonly Step[]>([])

  constructor(bridge: Bridge, collection: PictureCollection, id: string) {
    this.#bridge = bridge
    this.collection = collection
    this.id = id
    this.#post = new VerdictPost(
      async (positions, verdict) => {
        const request = { set: id, positions: [...positions], ...(verdict && { verdict }) }
        await bridge.call('synthetic.judge', request, { outlivesPage: true })
      },
      (verdicts) => {
        this.#show(verdicts)
      }
    )
  }

  /** Undefined until the app has answered. */
  get list(): PictureList | undefined {
    return this.#list
  }

  get pictures(): readonly ListedPicture[] {
    return this.#list?.pictures ?? []
  }

  get canUndo(): boolean {
    return this.#steps.length > 0
  }

  async load(): Promise<void> {
    this.#list = await this.#bridge.call('pictures.list', { collection: this.collection, set: this.id })
  }

  /** Of a synthetic set: looks for near-copies, which may take a while the first time, and flags them. */
  async lookForCopies(): Promise<void> {
    const { copies } = await this.#bridge.call('pictures.copies', { set: this.id })
    const list = this.#list
    if (list === undefined || copies.length === 0) return
    const flags = Map.groupBy(copies, ({ position }) => position)
    const pictures = list.pictures.map((each) => {
      const own = flags.get(each.position)?.map(({ of }) => `copy-of-${of}` as const) ?? []
      return own.length === 0 ? each : { ...each, flags: [...(each.flags ?? []), ...own] }
    })
    this.#list = { ...list, pictures }
  }

  look(position: number, look: PictureLook): Picture {
    return this.#bridge.picture(viewPath(this.collection, this.id, position, look))
  }

  cellPicture(position: number, cell: number): Picture {
    return this.#bridge.picture(viewPath(this.collection, this.id, position, `cell-${cell}`))
  }

  /** The cell at a pixel, or undefined where there is background. */
  async cellAt(position: number, pixel: { readonly x: number; readonly y: number }): Promise<Cell | undefined> {
    const { collection, id: set } = this
    return (await this.#bridge.call('pictures.cell', { collection, set, position, ...pixel })).cell
  }

  /** Seen at once; taken back where the app refuses it. */
  async judge(positions: readonly number[], verdict: Verdict | undefined): Promise<void> {
    const wanted = new SvelteSet(positions)
    const changed = this.pictures.filter((each) => wanted.has(each.position) && each.verdict !== verdict)
    if (changed.length === 0) return
    const before = new SvelteMap(changed.map((each) => [each.position, each.verdict]))
    this.#steps = [...this.#steps, { before }]
    await this.#write(new SvelteMap([...before.keys()].map((position) => [position, verdict])))
  }

  /** Takes back what was said last. Tells of which pictures. */
  async undo(): Promise<readonly number[]> {
    const step = this.#steps.at(-1)
    if (step === undefined) return []
    this.#steps = this.#steps.slice(0, -1)
    await this.#write(step.before)
    return [...step.before.keys()]
  }

  /** The page is being left: what was said is not lost. */
  leave(): void {
    this.#post.leave()
  }

  async #write(verdicts: ReadonlyMap<number, Verdict | undefined>): Promise<void> {
    const before = new SvelteMap(
      this.pictures.flatMap(({ position, verdict }) => (verdicts.has(position) ? [[position, verdict] as const] : []))
    )
    this.#show(verdicts)
    await this.#post.say(verdicts, before)
  }

  #show(verdicts: ReadonlyMap<number, Verdict | undefined>): void {
    const list = this.#list
    this.#list = list && { ...list, pictures: list.pictures.map((each) => withVerdict(each, verdicts)) }
  }
}

function withVerdict(picture: ListedPicture, verdicts: ReadonlyMap<number, Verdict | undefined>): ListedPicture {
  if (!verdicts.has(picture.position)) return picture
  const { verdict: _, ...rest } = picture
  const verdict = verdicts.get(picture.position)
  return verdict === undefined ? rest : { ...rest, verdict }
}
