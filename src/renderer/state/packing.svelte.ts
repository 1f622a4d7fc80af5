import { createContext } from 'svelte'
import { type PackageFormat, type PackageResult } from '../../shared/packages.ts'
import { type Bridge } from '../bridge.ts'

/** Writes sets into files for other programs and other people, one at a time. */
export class Packing {
  readonly #bridge: Bridge
  #busy = $state.raw<string>()
  #done = $state.raw<{ readonly set: string; readonly result: PackageResult }>()

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  /** The id of the set that is being packed. */
  get busy(): string | undefined {
    return this.#busy
  }

  /** What came of a set that was packed last. */
  resultOf(set: string): PackageResult | undefined {
    return this.#done?.set === set ? this.#done.result : undefined
  }

  async pack(set: string, out: string, formats: PackageFormat[]): Promise<void> {
    this.#busy = set
    this.#done = undefined
    try {
      this.#done = { set, result: await this.#bridge.call('packages.create', { set, out, formats }) }
    } finally {
      this.#busy = undefined
    }
  }
}

export const [getPacking, setPacking] = createContext<Packing>()
