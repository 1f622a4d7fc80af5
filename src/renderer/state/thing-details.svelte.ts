import { type z } from 'zod'
import { type OriginResult } from '../../shared/tending.ts'
import { type ThingKind } from '../../shared/things.ts'
import { type Bridge } from '../bridge.ts'

type Origin = z.infer<typeof OriginResult>['origin']

/** What its own page asks of a thing: where it comes from, and where its files are. */
export class ThingDetails {
  readonly #bridge: Bridge
  readonly #kind: ThingKind
  readonly #id: string
  #origin = $state.raw<Origin>()
  #place = $state<string>()

  constructor(bridge: Bridge, kind: ThingKind, id: string) {
    this.#bridge = bridge
    this.#kind = kind
    this.#id = id
  }

  /** Undefined until the app has answered. */
  get origin(): Origin | undefined {
    return this.#origin
  }

  get place(): string | undefined {
    return this.#place
  }

  async load(): Promise<void> {
    const asked = { thing: this.#id, kind: this.#kind }
    this.#origin = (await this.#bridge.call('things.origin', asked)).origin
    this.#place = (await this.#bridge.call('things.place', asked)).path
  }

  /** Shows its files in the system's file manager, where there is one in reach. */
  async showInFolder(): Promise<void> {
    await this.#bridge.desk.showInFolder({ thing: this.#id, kind: this.#kind })
  }
}
