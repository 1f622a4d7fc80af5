import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { MemoryWatch } from './memory-watch.ts'
import { type Reply } from '../../src/shared/api.ts'

export interface Question {
  /** A request of the program, `weights` for a file of PyTorch's, or `unguarded REQUEST` for its readers alone. */
  readonly request: string
  readonly input: unknown
}

/** What the child tells. */
export interface Told {
  readonly reply: Reply
  /** Time of the processor, or of the clock where that is less: other programs may keep the computer busy. */
  readonly milliseconds: number
}

export interface Answer extends Told {
  /** The most memory that was resident meanwhile, in all processes together. */
  readonly peakBytes: number
}

/** What became of a question: an answer, or how the program failed to give one. */
export type Outcome = Answer | { readonly failure: 'crash' | 'hang'; readonly detail: string }

/** The program on a workspace of its own, in a process that may crash or hang without harm. */
export class WatchedChild {
  readonly #workspace: string
  #child: ChildProcess | undefined
  #complaints = ''

  constructor(workspace: string) {
    this.#workspace = workspace
  }

  /** Asks once the program is ready; it has so much time to answer. */
  async ask(question: Question, seconds: number): Promise<Outcome> {
    const child = (this.#child ??= await this.#start())
    const memory = new MemoryWatch(child.pid ?? 0)
    child.send(question)
    const outcome = await firstOf(child, seconds)
    const peakBytes = memory.end()
    if (outcome !== 'hang' && outcome !== 'crash') return { ...(outcome as Told), peakBytes } // it sends nothing else
    await this.close()
    return { failure: outcome, detail: this.#complaints.trim().split('\n').slice(-12).join('\n') }
  }

  async close(): Promise<void> {
    const child = this.#child
    this.#child = undefined
    if (child?.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }

  async #start(): Promise<ChildProcess> {
    this.#complaints = ''
    const child = fork(join(import.meta.dirname, 'child.ts'), [this.#workspace], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc']
    })
    child.stderr?.on('data', (text: Buffer) => (this.#complaints += text.toString()))
    const first = await firstOf(child, 60)
    if (first !== 'ready') throw new Error(`The program does not start: ${this.#complaints}`)
    return child
  }
}

function firstOf(child: ChildProcess, seconds: number): Promise<unknown> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => settle('hang'), seconds * 1000)
    const onExit = () => settle('crash')
    const settle = (value: unknown) => {
      clearTimeout(timer)
      child.off('message', settle)
      child.off('exit', onExit)
      resolve(value)
    }
    child.on('message', settle)
    child.on('exit', onExit)
  })
}
