import { createContext } from 'svelte'
import { type Doctor } from '../../shared/api.ts'
import { type InstalledPack } from '../../shared/engine-packs.ts'
import { type Bridge } from '../bridge.ts'

/** What is under way: all of these take a while, and one is done at a time. */
export type ComputerWork = 'examine' | 'build' | 'build-gpu' | 'install' | 'remove'

/** What this computer can do: its engines as they were last measured, and the packs that make it faster. */
export class Computer {
  readonly #bridge: Bridge
  #report = $state.raw<Doctor>()
  #packs = $state.raw<readonly InstalledPack[]>()
  #work = $state<ComputerWork>()

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  /** Undefined until it was asked for: measuring takes the whole computer for some seconds. */
  get report(): Doctor | undefined {
    return this.#report
  }

  get packs(): readonly InstalledPack[] | undefined {
    return this.#packs
  }

  get work(): ComputerWork | undefined {
    return this.#work
  }

  async load(): Promise<void> {
    this.#packs = (await this.#bridge.call('engine.list', {})).packs
  }

  async examine(): Promise<void> {
    await this.#do('examine', async () => {
      this.#report = await this.#bridge.call('app.doctor', {})
      return this.#report.packs
    })
  }

  /** Fetches TensorFlow from PyPI: the one thing here that needs the internet. */
  async build(forGraphicsCard: boolean, anew = false): Promise<void> {
    await this.#do(
      forGraphicsCard ? 'build-gpu' : 'build',
      async () => (await this.#bridge.call('engine.build', { gpu: forGraphicsCard, force: anew })).packs
    )
  }

  async install(file: string): Promise<void> {
    await this.#do('install', async () => (await this.#bridge.call('engine.install', { files: [file] })).packs)
  }

  async remove(name: string): Promise<void> {
    await this.#do('remove', async () => (await this.#bridge.call('engine.remove', { name })).packs)
  }

  /** With other packs, what was measured before says nothing any more. */
  async #do(work: ComputerWork, act: () => Promise<readonly InstalledPack[]>): Promise<void> {
    if (this.#work !== undefined) return
    this.#work = work
    try {
      this.#packs = await act()
      if (work !== 'examine') this.#report = undefined
    } finally {
      this.#work = undefined
    }
  }
}

export const [getComputer, setComputer] = createContext<Computer>()
