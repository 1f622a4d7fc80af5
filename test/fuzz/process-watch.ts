import { readdirSync, readFileSync, writeFileSync } from 'node:fs'

const every = 50 // ms
/** In which Linux counts the time of processes. */
const ticksPerSecond = 100

/**
 * What a process and those below it take (proc(5)). Where the system does not tell, time is that of the clock, and
 * memory 0.
 */
export class ProcessWatch {
  readonly #root: number
  readonly #peaks = new Map<number, number>()
  readonly #clock: NodeJS.Timeout
  #seconds = 0
  #lastLook = performance.now()
  #lastTicks: number | undefined
  #mostTicks = 0

  constructor(root: number) {
    this.#root = root
    attempt(() => writeFileSync(`/proc/${root}/clear_refs`, '5')) // forgets the peak of earlier work
    this.#clock = setInterval(() => this.#look(), every)
    this.#look()
  }

  /** Time that they could have used: what other programs keep the computer busy for is not counted. */
  get seconds(): number {
    return this.#seconds
  }

  /** Time of the processor that they have used. */
  get usedSeconds(): number {
    return this.#mostTicks / ticksPerSecond
  }

  /** The most memory that each has had resident at its own worst moment, all together. */
  get peakBytes(): number {
    return [...this.#peaks.values()].reduce((sum, bytes) => sum + bytes, 0)
  }

  end(): void {
    clearInterval(this.#clock)
    this.#look()
  }

  #look(): void {
    const seen = { ticks: 0, isReady: false }
    this.#lookAt(this.#root, seen)
    const now = performance.now()
    const used = (seen.ticks - (this.#lastTicks ?? seen.ticks)) / ticksPerSecond
    this.#seconds += usableSeconds((now - this.#lastLook) / 1000, used, seen.isReady)
    this.#lastLook = now
    this.#lastTicks = seen.ticks
    this.#mostTicks = Math.max(this.#mostTicks, seen.ticks) // an ended process has none any more
  }

  #lookAt(id: number, seen: { ticks: number; isReady: boolean }): void {
    attempt(() => {
      const [, ...times] = statOf(`/proc/${id}/stat`)
      // Used by the process and by its ended children, for the program and for the system: fields 14 to 17.
      for (const ticks of times.slice(10, 14)) seen.ticks += Number(ticks)
      const peak = Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1] ?? 0) * 1024
      this.#peaks.set(id, Math.max(peak, this.#peaks.get(id) ?? 0))
      for (const thread of readdirSync(`/proc/${id}/task`)) {
        const [state = ''] = statOf(`/proc/${id}/task/${thread}/stat`)
        if ('RD'.includes(state)) seen.isReady = true
        const children = readFileSync(`/proc/${id}/task/${thread}/children`, 'utf8')
        for (const child of children.split(' ').filter(Boolean)) this.#lookAt(Number(child), seen)
      }
    })
  }
}

/**
 * How much of the time that passed a program is charged for: what it used where it was running, or ready to and kept
 * waiting by others; all of it where it slept, as whoever waits for itself sleeps for ever. Who looks late has been kept
 * waiting as well, and does not know for what.
 */
export function usableSeconds(passed: number, used: number, isReady: boolean): number {
  return isReady ? Math.min(passed, Math.max(used, 0)) : Math.min(passed, (4 * every) / 1000)
}

/** The fields after the number and the name, which may hold anything. */
function statOf(file: string): string[] {
  const text = readFileSync(file, 'latin1')
  return text.slice(text.lastIndexOf(')') + 2).split(' ')
}

/** Processes end while they are looked at. */
function attempt(work: () => void): void {
  try {
    work()
  } catch (thrown) {
    if (!(thrown instanceof Error && 'code' in thrown)) throw thrown
  }
}
