import { createContext } from 'svelte'
import { type DemoState } from '../../shared/demo.ts'
import { type Bridge } from '../bridge.ts'

type Wish = 'start' | 'pause' | 'resume' | 'cancel'

/** The sample's way through the app: where it is, and the buttons that steer it. */
export class Demo {
  readonly #bridge: Bridge
  #state = $state.raw<DemoState>() // replaced whole, never mutated
  #wish = $state<Wish>()
  #eventsTaken = 0

  /** The step that is worked on, or was when the work stopped. */
  readonly current = $derived(
    this.#state?.steps.find(({ state }) => state !== 'done' && state !== 'waiting') ??
      this.#state?.steps.find(({ state }) => state === 'waiting')
  )

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  /** Undefined until the app has answered for the first time. */
  get state(): DemoState | undefined {
    return this.#state
  }

  /** What was asked for and has not taken effect yet: pausing and cancelling wait for the next safe point. */
  get wish(): Wish | undefined {
    return this.#wish
  }

  async load(): Promise<void> {
    await this.#takeReply(this.#bridge.call('demo.state', {}))
  }

  /** @param minutes of training, or undefined for as long as the app finds good. */
  async start(minutes: number | undefined): Promise<void> {
    await this.#ask('start', () => this.#bridge.call('demo.start', minutes === undefined ? {} : { minutes }))
  }

  async pause(): Promise<void> {
    await this.#ask('pause', () => this.#bridge.call('demo.pause', {}))
  }

  async resume(): Promise<void> {
    await this.#ask('resume', () => this.#bridge.call('demo.resume', {}))
  }

  async cancel(): Promise<void> {
    await this.#ask('cancel', () => this.#bridge.call('demo.cancel', {}))
  }

  /** Starts following events; call the result to stop. */
  follow(): () => void {
    return this.#bridge.onEvent((event) => {
      if (event.event !== 'demo.changed') return
      this.#eventsTaken++
      this.#take(event.demo)
    })
  }

  async #ask(wish: Wish, send: () => Promise<DemoState>): Promise<void> {
    if (this.#wish !== undefined) return // one thing at a time: a second press changes nothing
    this.#wish = wish
    try {
      await this.#takeReply(send())
    } catch (thrown) {
      this.#wish = undefined
      throw thrown
    }
    if (wish === 'start' || wish === 'resume') this.#wish = undefined
  }

  /** Replies and events travel apart: a reply that an event has overtaken may be older than it, and is left aside. */
  async #takeReply(reply: Promise<DemoState>): Promise<void> {
    const before = this.#eventsTaken
    const state = await reply
    if (this.#eventsTaken === before) this.#take(state)
  }

  #take(state: DemoState): void {
    this.#state = state
    const hasStopped = state.state !== 'running'
    if (this.#wish === 'pause' && hasStopped) this.#wish = undefined
    if (this.#wish === 'cancel' && hasStopped && state.state !== 'paused') this.#wish = undefined
  }
}

export const [getDemo, setDemo] = createContext<Demo>()
