import { createContext } from 'svelte'
import { z } from 'zod'
import { AppEvent, type Input, type Output, type RequestName, requests } from '../shared/api.ts'
import { invariant } from '../shared/errors.ts'
import { Desk } from './transport/desk.ts'
import { DesktopTransport } from './transport/desktop.ts'
import { HttpTransport } from './transport/http.ts'
import { outputOf } from './transport/reply.ts'
import { type Connection, type LoadedPicture, type Manner, type Transport } from './transport/transport.ts'

// The page may not compile code from strings (its content security policy), so zod must not try.
z.config({ jitless: true })

export interface Picture {
  /** @param signal ends it where nobody wants to see the picture any more */
  load(signal?: AbortSignal): Promise<LoadedPicture>
}

/** The page's way to the app, typed by the request table and checked at the door, whatever carries it. */
export class Bridge {
  readonly #transport: Transport
  readonly #desk: Desk
  readonly #eventListeners = new Set<(event: AppEvent) => void>()
  readonly #pictures = new Map<string, Picture>() // one picture is one object, so that what shows it need not load it twice
  readonly #connectionListeners = new Set<(connection: Connection) => void>()

  constructor(transport: Transport) {
    this.#transport = transport
    this.#desk = new Desk(transport)
  }

  /** @throws AppError with the app's sentence if the request fails. */
  async call<N extends RequestName>(name: N, input: Input<N>, manner: Manner = {}): Promise<Output<N>> {
    const output = outputOf(await this.#transport.send(name, input, manner))
    // The schema of N was applied; TypeScript cannot follow the table's pairing through a variable name.
    return requests[name].output.parse(output) as Output<N>
  }

  onEvent(listener: (event: AppEvent) => void): () => void {
    this.#eventListeners.add(listener)
    return () => this.#eventListeners.delete(listener)
  }

  onConnection(listener: (connection: Connection) => void): () => void {
    this.#connectionListeners.add(listener)
    return () => this.#connectionListeners.delete(listener)
  }

  /** Starts the flow of events; call the result to end it. */
  connect(): () => void {
    return this.#transport.listen(
      (data) => {
        const event = AppEvent.parse(data)
        for (const listener of this.#eventListeners) listener(event)
      },
      (connection) => {
        for (const listener of this.#connectionListeners) listener(connection)
      }
    )
  }

  /** What only the system around the page can do. */
  get desk(): Desk {
    return this.#desk
  }

  /** Brings a dropped file to where the app can read it; see `Transport.upload`. */
  upload(batch: string, path: string, file: Blob): Promise<string> {
    const place = this.#transport.upload?.(batch, path, file)
    invariant(place !== undefined, 'only a page that does not know where files lie carries them')
    return place
  }

  /** A picture to show, given its path below the workspace (`PicturePath`). */
  picture(path: string): Picture {
    const picture = this.#pictures.get(path) ?? { load: (signal) => this.#transport.loadPicture(path, signal) }
    this.#pictures.set(path, picture)
    return picture
  }
}

/** Over the preload in the desktop window, over HTTP in a browser. */
export function openBridge(): Bridge {
  return new Bridge(window.cytoloom === undefined ? new HttpTransport() : new DesktopTransport(window.cytoloom))
}

export const [getBridge, setBridge] = createContext<Bridge>()
