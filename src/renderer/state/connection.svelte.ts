import { type Bridge } from '../bridge.ts'
import { type Connection } from '../transport/transport.ts'

/** Whether the app is heard, so that a page never shows old news as new. */
export class ConnectionState {
  readonly #bridge: Bridge
  #connection = $state<Connection>()

  constructor(bridge: Bridge) {
    this.#bridge = bridge
  }

  /** Undefined until the first sign of life. */
  get connection(): Connection | undefined {
    return this.#connection
  }

  /** Starts following, and calls `onOpen` at each (new) connection: then everything shown must be asked again. */
  follow(onOpen: () => void): () => void {
    return this.#bridge.onConnection((connection) => {
      this.#connection = connection
      if (connection === 'open') onOpen()
    })
  }
}
