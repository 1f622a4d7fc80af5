import { type Output } from '../../../shared/api.ts'
import { ImportResult, type InspectResult, InspectResult as Inspected } from '../../../shared/datasets.ts'
import { PrepareResult } from '../../../shared/masks.ts'
import { type Bridge } from '../../bridge.ts'
import { FollowedTask } from '../followed-task.svelte.ts'
import { knownAnswers } from '../known-answers.ts'
import { Latest } from '../latest.svelte.ts'
import { type Query } from '../step.ts'
import { WizardDraft, type WizardFlow } from '../wizard-draft.svelte.ts'
import { givenAnswers, ImagesAnswers, preparationOf, sourceOf, stemOf, usualTile } from './images-answers.ts'

export const imageSteps = ['source', 'found', 'take', 'classes', 'masks', 'tile', 'check'] as const
export type ImageStep = (typeof imageSteps)[number]

/** From a folder of images to a version that can be trained on: the answers, and what the app says of them. */
export class ImagesFlow implements WizardFlow<ImageStep> {
  readonly draft: WizardDraft
  readonly look: FollowedTask
  readonly take: FollowedTask
  readonly make: FollowedTask
  readonly peek = new Latest<Output<'datasets.peek'>>()
  /** As the files are, before a correction. */
  readonly peekBefore = new Latest<Output<'datasets.peek'>>()
  readonly images = new Latest<Output<'datasets.show'>>()
  readonly forecast = new Latest<Output<'prepared.forecast'>>()
  readonly preview = new Latest<Output<'prepared.preview'>>()
  readonly tones = new Latest<Output<'masks.table'>>()
  readonly #bridge: Bridge
  readonly #query: Query

  readonly answers = $derived.by(() => knownAnswers(ImagesAnswers, this.draft.answers))
  readonly step: ImageStep = $derived.by(() => imageSteps.find((step) => step === this.draft.step) ?? 'source')
  readonly report: InspectResult | undefined = $derived.by(() => Inspected.safeParse(this.look.outcome).data)
  readonly imported = $derived.by(() => ImportResult.safeParse(this.take.outcome).data)
  readonly prepared = $derived.by(() => PrepareResult.safeParse(this.make.outcome).data?.prepared)
  /** Sides of the images that can be learned from. */
  readonly tile = $derived.by(() =>
    usualTile(
      (this.images.value?.images ?? []).filter(({ annotated }) => annotated).map((i) => Math.min(i.width, i.height))
    )
  )
  /** Of what can be seen in the pictures. */
  readonly hasCorrection = $derived.by(() => this.answers.planes !== undefined || this.answers.brightness !== undefined)
  readonly preparation = $derived.by(() => preparationOf(this.answers, this.tile))

  constructor(bridge: Bridge, query: Query) {
    this.#bridge = bridge
    this.#query = query
    this.draft = new WizardDraft(bridge, 'images', query['draft'])
    this.look = new FollowedTask(bridge)
    this.take = new FollowedTask(bridge)
    this.make = new FollowedTask(bridge)
  }

  async load(): Promise<void> {
    const given = givenAnswers(this.#query)
    await this.draft.load(given, stemOf(given.source ?? ''))
    if (this.step === 'source' && this.answers.dataset !== undefined) this.draft.goTo('classes')
    const { look, take, make } = this.answers
    await Promise.all([this.look.watch(look), this.take.watch(take), this.make.watch(make)])
  }

  answer(changes: ImagesAnswers): void {
    const { source = '', name } = { ...this.answers, ...changes }
    this.draft.answer(changes, name ?? stemOf(source))
  }

  /** Another source makes what was said of the last one void. */
  choose(source: string): void {
    if (source === this.answers.source) return
    const fresh = Object.fromEntries(Object.keys(this.answers).map((key) => [key, undefined]))
    this.answer({ ...fresh, source })
    void this.look.watch(undefined)
  }

  /** After presses that follow one another quickly, once. */
  lookSoon(): void {
    clearTimeout(this.#soon)
    this.#soon = setTimeout(() => void this.lookAtSource(), 400)
  }

  /** Reads everything, imports nothing. Not again where nothing changed; a look that is void by now makes room. */
  async lookAtSource(): Promise<void> {
    clearTimeout(this.#soon)
    const input = sourceOf(this.answers)
    const lookedFor = JSON.stringify(input)
    if (lookedFor === this.answers.lookedFor && !this.look.hasFailed) return
    const { look: before } = this.answers
    if (before !== undefined && this.look.isAtWork) {
      await this.#bridge.call('tasks.cancel', { id: before }).catch(() => undefined) // it came to its end meanwhile
    }
    const look = await this.look.start('look', input)
    this.answer({ look, lookedFor })
  }

  async takeIn(): Promise<void> {
    const name = this.answers.name ?? stemOf(this.answers.source ?? '')
    const take = await this.take.start('import', { ...sourceOf(this.answers), name })
    this.answer({ take, name })
  }

  async create(version: string): Promise<void> {
    const make = await this.make.start('prepare', { ...this.preparation, name: version })
    this.answer({ make, version })
  }

  /** What the step that is shown needs to know of the pictures. */
  ask(): void {
    const { source, dataset } = this.answers
    if (dataset === undefined) {
      if (source !== undefined && source !== '') this.#askSource()
      return
    }
    this.images.ask(dataset, () => this.#bridge.call('datasets.show', { name: dataset }))
    if (this.images.value !== undefined) this.#askPreparation(dataset)
  }

  /** The preview of pictures that a person wants to see. */
  show(images: readonly number[]): void {
    this.#askPreview([...images])
  }

  #askSource(): void {
    if (this.step === 'source') return
    const { brightness } = this.answers
    const input = { ...sourceOf(this.answers), ...(brightness && { brightness }), pictures: 4 }
    this.peek.ask(JSON.stringify(input), () => this.#bridge.call('datasets.peek', input), 250)
    if (!this.hasCorrection) return
    const { planes: _, ...others } = input
    const before = { ...others, ...(brightness && { brightness: 'percentiles' as const }) }
    this.peekBefore.ask(JSON.stringify(before), () => this.#bridge.call('datasets.peek', before))
  }

  #askPreparation(dataset: string): void {
    const input = this.preparation
    this.forecast.ask(JSON.stringify(input), () => this.#bridge.call('prepared.forecast', input), 100)
    if (this.step === 'masks') {
      const { mask } = input
      const asked = { dataset, ...(mask && { mask }) }
      this.tones.ask(JSON.stringify(asked), () => this.#bridge.call('masks.table', asked), 400)
    }
    this.#askPreview(undefined)
  }

  #askPreview(images: number[] | undefined): void {
    const { split: _, ...chosen } = this.preparation
    const pictures = this.step === 'check' ? 8 : 5
    const input = { ...chosen, pictures, ...(images && { images }) }
    if (images !== undefined) this.#shown = images
    const wanted = this.#shown === undefined || this.step !== 'masks' ? input : { ...input, images: this.#shown }
    this.preview.ask(JSON.stringify(wanted), () => this.#bridge.call('prepared.preview', wanted), 300)
  }

  #shown: number[] | undefined
  #soon: ReturnType<typeof setTimeout> | undefined
}
