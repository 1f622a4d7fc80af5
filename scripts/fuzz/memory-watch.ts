import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const every = 50 // ms

/**
 * The most memory that a process and those below it have had resident, each at its own worst moment (proc(5)); 0 where
 * the system does not tell.
 */
export class MemoryWatch {
  readonly #root: number
  readonly #peaks = new Map<number, number>()
  readonly #clock: NodeJS.Timeout | undefined

  constructor(root: number) {
    this.#root = root
    if (process.platform !== 'linux') return
    attempt(() => writeFileSync(`/proc/${root}/clear_refs`, '5')) // forgets the peak of earlier work
    this.#clock = setInterval(() => this.#look(this.#root), every)
  }

  /** In bytes, of all processes together. */
  end(): number {
    clearInterval(this.#clock)
    if (this.#clock !== undefined) this.#look(this.#root)
    return [...this.#peaks.values()].reduce((sum, bytes) => sum + bytes, 0)
  }

  #look(id: number): void {
    attempt(() => {
      const peak = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1]) * 1024
      this.#peaks.set(id, Math.max(peak, this.#peaks.get(id) ?? 0))
      for (const thread of readdirSync(`/proc/${id}/task`)) {
        const children = readFileSync(`/proc/${id}/task/${thread}/children`, 'utf8')
        for (const child of children.split(' ').filter(Boolean)) this.#look(Number(child))
      }
    })
  }
}

/** Processes end while they are looked at. */
function attempt(work: () => void): void {
  try {
    work()
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown)) throw thrown
  }
}
