import { type Connection, type LoadedPicture, type Transport } from '../../src/renderer/transport/transport.ts'
import { type AppEvent, type Output, type RequestName } from '../../src/shared/api.ts'
import { toWireError } from '../../src/shared/errors.ts'

type Answers = { [N in RequestName]?: (input: unknown) => Output<N> | Promise<Output<N>> }

/** A transport whose answers a test decides. Everything passes through JSON, as it does between processes. */
export class FakeTransport implements Transport {
  readonly answers: Answers
  readonly sent: { name: string; input: unknown }[] = []
  #onEvent: ((event: unknown) => void) | undefined
  #onConnection: ((connection: Connection) => void) | undefined

  constructor(answers: Answers = {}) {
    this.answers = answers
  }

  async send(name: string, input: unknown): Promise<unknown> {
    this.sent.push({ name, input })
    const answer = new Map<string, (input: unknown) => unknown>(Object.entries(this.answers)).get(name)
    try {
      if (answer === undefined) throw new Error(`This test does not answer "${name}".`)
      return copied({ output: await answer(input) })
    } catch (thrown) {
      return copied({ error: toWireError(thrown) })
    }
  }

  listen(onEvent: (event: unknown) => void, onConnection: (connection: Connection) => void): () => void {
    this.#onEvent = onEvent
    this.#onConnection = onConnection
    return () => {
      this.#onEvent = undefined
      this.#onConnection = undefined
    }
  }

  loadPicture(path: string): Promise<LoadedPicture> {
    return Promise.resolve({ address: `picture:${path}`, release: () => undefined })
  }

  emit(event: AppEvent): void {
    this.#onEvent?.(copied(event))
  }

  connect(connection: Connection): void {
    this.#onConnection?.(connection)
  }
}

function copied(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}
