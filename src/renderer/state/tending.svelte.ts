import { createContext } from 'svelte'
import { type Output } from '../../shared/api.ts'
import { type TrashContents } from '../../shared/tending.ts'
import { type Bridge } from '../bridge.ts'

/** What is done with the things of the workspace beside working with them, and what is in the trash. */
export class Tending {
  readonly #bridge: Bridge
  #inTrash = $state.raw<TrashContents['things']>()

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  /** Undefined until it was asked for. */
  get inTrash(): TrashContents['things'] | undefined {
    return this.#inTrash
  }

  async load(): Promise<void> {
    this.#inTrash = (await this.#bridge.call('things.inTrash', {})).things
  }

  /** Gives a thing another name and note, where they are others. */
  async describe(thing: string, before: Description, { name, note }: Description): Promise<void> {
    if (name !== before.name) await this.#bridge.call('things.rename', { thing, name })
    if (note !== before.note) await this.#bridge.call('things.note', { thing, note })
  }

  /** Moves a thing to the trash, unless there is something to be asked first. */
  trash(thing: string, needing: 'ask' | 'take' | 'leave'): Promise<Output<'things.trash'>> {
    return this.#bridge.call('things.trash', { things: [thing], needing })
  }

  /** Things with those that need them. */
  trashTogether(things: readonly string[]): Promise<Output<'things.trash'>> {
    return this.#bridge.call('things.trash', { things: [...things], needing: 'take' })
  }

  /** What takes the space of the disk. */
  measure(): Promise<Output<'things.storage'>> {
    return this.#bridge.call('things.storage', {})
  }

  restore(thing: string): Promise<Output<'things.restore'>> {
    return this.#bridge.call('things.restore', { thing })
  }

  empty(): Promise<Output<'things.emptyTrash'>> {
    return this.#bridge.call('things.emptyTrash', {})
  }

  /** Makes the catalogue anew from the folders, which are complete. */
  rebuild(): Promise<Output<'app.rebuild'>> {
    return this.#bridge.call('app.rebuild', {})
  }

  /** Starts following what other pages and terminals put there; call the result to stop. */
  follow(): () => void {
    return this.#bridge.onEvent(({ event }) => {
      if (event !== 'workspace.changed' || this.#inTrash === undefined) return
      void this.load().catch(() => undefined) // asked again when the trash is next shown
    })
  }
}

interface Description {
  readonly name: string
  readonly note: string
}

export const [getTending, setTending] = createContext<Tending>()
