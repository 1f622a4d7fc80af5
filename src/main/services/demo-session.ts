import type { AppEvent } from '../../shared/api.ts'
import { type DemoRequest, type DemoResult, type DemoState, DemoStep, type StepState } from '../../shared/demo.ts'
import { AppError, refuse, toWireError } from '../../shared/errors.ts'
import type { AppContext } from './app-context.ts'
import type { DemoWatcher } from './demo.ts'

/**
 * The tour through the bundled sample as a page follows it: started once, watched by any number of pages, paused, gone
 * on with, cancelled. It lives in the app, so a page may be closed or reloaded at any time.
 */
export class DemoSession {
  readonly #app: AppContext
  #state: DemoState = idle()
  #pause = new AbortController()
  #cancel = new AbortController()
  #gate: PromiseWithResolvers<void> | undefined
  #work: Promise<void> | undefined

  constructor(app: AppContext) {
    this.#app = app
  }

  get state(): DemoState {
    return this.#state
  }

  /** A tour that was cancelled comes to its safe point before the next one begins. */
  async start(request: DemoRequest): Promise<DemoState> {
    this.#refuseSecond()
    await this.#work
    this.#refuseSecond()
    this.#pause = new AbortController()
    this.#cancel = new AbortController()
    this.#change({ ...idle(), state: 'running' })
    this.#work = this.#run(request)
    return this.#state
  }

  /** Training stops at its next safe point; a shorter step is finished first. */
  pause(): DemoState {
    if (this.#state.state === 'running') {
      this.#gate = Promise.withResolvers()
      // Nobody may be waiting at the gate when it is shut for good.
      this.#gate.promise.catch(() => undefined)
      this.#change({ state: 'paused' })
      this.#changeRunning({ state: 'paused' })
      this.#pause.abort()
    }
    return this.#state
  }

  resume(): DemoState {
    if (this.#state.state === 'paused') {
      this.#pause = new AbortController()
      this.#change({ state: 'running' })
      this.#changeRunning({ state: 'running' })
      this.#gate?.resolve()
      this.#gate = undefined
    }
    return this.#state
  }

  /** Ends the tour. What its finished steps made stays in the workspace. */
  cancel(): DemoState {
    if (this.#state.state === 'running' || this.#state.state === 'paused') {
      this.#change({ state: 'cancelled' })
      this.#changeRunning({ state: 'cancelled' })
      this.#pause.abort()
      this.#cancel.abort()
      this.#gate?.reject(stopped())
      this.#gate = undefined
    }
    return this.#state
  }

  /** Pauses at a safe point and waits for it: the app is about to close. */
  async close(): Promise<void> {
    this.cancel()
    await this.#work
  }

  #refuseSecond(): void {
    if (this.#state.state === 'running' || this.#state.state === 'paused') {
      throw refuse('The sample is already running.', { next: 'Wait for it, or cancel it first.' })
    }
  }

  async #run(request: DemoRequest): Promise<void> {
    try {
      const { runDemo } = await import('./demo.ts') // with all its steps: not before it is asked for
      const result = await runDemo(this.#app, request, this.#watcher())
      this.#finish(result)
    } catch (thrown) {
      this.#fail(thrown)
    }
  }

  #watcher(): DemoWatcher {
    return {
      begin: (step) => this.#changeStep(step, { state: 'running' }),
      progress: (step, { done, total, secondsLeft }) =>
        this.#changeStep(step, { done, total, ...(secondsLeft === undefined ? {} : { secondsLeft }) }),
      finish: (step, outcome) => this.#changeStep(step, { state: 'done', done: 1, total: 1, outcome }),
      notice: (text) => this.#change({ notices: [...this.#state.notices, text] }),
      runStarted: (run) => this.#change({ run }),
      pause: () => this.#pause.signal,
      cancel: this.#cancel.signal,
      mayGoOn: async () => {
        if (this.#state.state === 'cancelled') throw stopped()
        await this.#gate?.promise
      }
    }
  }

  #finish(result: DemoResult): void {
    this.#change({ state: 'done', result })
  }

  #fail(thrown: unknown): void {
    if (this.#state.state === 'cancelled') return
    this.#app.environment.log(thrown)
    const { kind: _, ...problem } = toWireError(thrown)
    this.#changeRunning({ state: 'failed' })
    this.#change({ state: 'failed', problem })
  }

  #changeRunning(change: Partial<StepState>): void {
    const step = this.#state.steps.find(({ state }) => state === 'running' || state === 'paused')
    if (step !== undefined) this.#changeStep(step.step, change)
  }

  #changeStep(name: DemoStep, change: Partial<StepState>): void {
    const steps = this.#state.steps.map((step) => (step.step === name ? { ...step, ...change } : step))
    this.#change({ steps })
  }

  #change(change: Partial<DemoState>): void {
    this.#state = { ...this.#state, ...change }
    this.#app.emit({ event: 'demo.changed', demo: this.#state } satisfies AppEvent)
  }
}

function idle(): DemoState {
  const steps = DemoStep.options.map((step): StepState => ({ step, state: 'waiting', done: 0, total: 1 }))
  return { state: 'idle', steps, notices: [] }
}

function stopped(): AppError {
  return new AppError('stopped', 'The sample was cancelled.', { next: 'What was finished stays in your workspace.' })
}
