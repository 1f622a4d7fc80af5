import { type ChildProcess, fork } from 'node:child_process'
import { join } from 'node:path'
import { type Reply } from '../../src/shared/api.ts'
import { ProcessWatch } from './process-watch.ts'

export interface Question {
  /** A request of the program, `weights` for a file of PyTorch's, or `unguarded REQUEST` for its readers alone. */
  readonly request: string
  readonly input: unknown
}

/** What the program answered, and what all its processes together took for it (see `ProcessWatch`). */
export interface Answer {
  readonly reply: Reply
  readonly seconds: number
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

  /** Asks once the program is ready; it has so many seconds to answer, as `ProcessWatch` counts them. */
  async ask(question: Question, most: number): Promise<Outcome> {
    const child = (this.#child ??= await this.#start())
    const answer = firstOf(child, most)
    child.send(question)
    const { outcome, seconds, peakBytes } = await answer
    if (outcome !== 'hang' && outcome !== 'crash') return { reply: outcome as Reply, seconds, peakBytes } // nothing else is sent
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
    const { outcome } = await firstOf(child, 60)
    if (outcome !== 'ready') throw new Error(`The program does not start: ${this.#complaints}`)
    return child
  }
}

interface First {
  /** What the child sent, or how it failed to. */
  readonly outcome: unknown
  readonly seconds: number
  readonly peakBytes: number
}

function firstOf(child: ChildProcess, most: number): Promise<First> {
  const watch = new ProcessWatch(child.pid ?? 0)
  return new Promise((resolve) => {
    const clock = setInterval(() => {
      if (watch.seconds > most) settle('hang')
    }, 100)
    const onExit = () => settle('crash')
    const settle = (outcome: unknown) => {
      clearInterval(clock)
      watch.end()
      child.off('message', settle)
      child.off('exit', onExit)
      resolve({ outcome, seconds: watch.seconds, peakBytes: watch.peakBytes })
    }
    child.on('message', settle)
    child.on('exit', onExit)
  })
}
