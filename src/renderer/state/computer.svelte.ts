import { createContext } from 'svelte'
import { type Doctor } from '../../shared/api.ts'
import { type InstalledPack, type PackKind, type StrangerFile } from '../../shared/engine-packs.ts'
import { isActive, type Task } from '../../shared/tasks.ts'
import { type Bridge } from '../bridge.ts'
import { type TaskList } from './tasks.svelte.ts'

/** What is under way in this page: one thing at a time. */
export type ComputerWork = 'examine' | 'remove'

/** What this computer can do: its engines as they were last measured, and the packs that make it faster. */
export class Computer {
  readonly #bridge: Bridge
  readonly #tasks: TaskList
  #report = $state.raw<Doctor>()
  #packs = $state.raw<readonly InstalledPack[]>()
  #work = $state<ComputerWork>()

  /** The tasks that bring packs, also those of other pages and terminals, until they are dismissed. */
  readonly packTasks = $derived.by(() => this.#tasks.shown.filter(bringsPacks))

  constructor(bridge: Bridge, tasks: TaskList) {
    this.#bridge = bridge
    this.#tasks = tasks
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

  get isBusy(): boolean {
    return this.#work !== undefined || this.packTasks.some(isActive)
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
  async build(forGraphicsCard: boolean, again = false): Promise<void> {
    await this.#tasks.start('engine-build', { gpu: forGraphicsCard, force: again })
  }

  /** Writes a pack to one file, for a computer without internet. */
  async archive(kind: PackKind, file: string): Promise<void> {
    await this.#tasks.start('engine-build', { gpu: kind === 'native-gpu', archive: file })
  }

  /** What in a file nobody can vouch for; nothing of it is run. */
  async lookAt(file: string): Promise<readonly StrangerFile[]> {
    return (await this.#bridge.call('engine.look', { files: [file] })).strangers
  }

  /** @param trust SHA-256 of what a person said they trust */
  async install(file: string, trust: readonly string[]): Promise<void> {
    await this.#tasks.start('engine-install', { files: [file], trust: [...trust] })
  }

  async remove(name: string): Promise<void> {
    await this.#do('remove', async () => (await this.#bridge.call('engine.remove', { name })).packs)
  }

  /** Starts following tasks that bring packs; call the result to stop. */
  follow(): () => void {
    return this.#bridge.onEvent((event) => {
      if (event.event !== 'task.changed' || !bringsPacks(event.task) || event.task.state !== 'done') return
      this.#report = undefined
      void this.load().catch(() => undefined) // asked again when Settings are next shown
    })
  }

  /** With other packs, what was measured before says nothing any more. */
  async #do(work: ComputerWork, act: () => Promise<readonly InstalledPack[]>): Promise<void> {
    if (this.isBusy) return
    this.#work = work
    try {
      this.#packs = await act()
      if (work !== 'examine') this.#report = undefined
    } finally {
      this.#work = undefined
    }
  }
}

function bringsPacks({ kind }: Task): boolean {
  return kind === 'engine-build' || kind === 'engine-install'
}

export const [getComputer, setComputer] = createContext<Computer>()
