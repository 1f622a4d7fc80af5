import { z } from 'zod'
import { AppError } from '../../shared/errors.ts'
import { keyHeader } from '../../shared/web-entry.ts'
import { connectionWords } from '../text/common.ts'
import { followEvents } from './event-stream.ts'
import { takeKey } from './key.ts'
import { type Connection, type LoadedPicture, type Manner, type Transport } from './transport.ts'

interface KeylessRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Blob
  readonly keepalive?: boolean
  readonly priority?: RequestPriority
  readonly signal?: AbortSignal | null
}

const Uploaded = z.object({ folder: z.string() })

/** Requests, events and pictures by `fetch` in the loopback page, each with the key of this start in a header. */
export class HttpTransport implements Transport {
  readonly #key = takeKey()

  async send(name: string, input: unknown, { outlivesPage = false }: Manner = {}): Promise<unknown> {
    const response = await this.#fetch(`/api/${name}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(input),
      keepalive: outlivesPage
    })
    return response.json()
  }

  listen(onEvent: (event: unknown) => void, onConnection: (connection: Connection) => void): () => void {
    return followEvents(async (signal) => fetch('/events', { headers: await this.#headers(), signal }), {
      onOpen: () => {
        onConnection('open')
      },
      onMessage: (data) => {
        onEvent(JSON.parse(data))
      },
      onLost: () => {
        onConnection('lost')
      },
      onRefused: () => {
        onConnection('closed')
      }
    })
  }

  /**
   * As data of this page: an image element would ask by itself, and without the key. Whatever else is asked goes first:
   * a browser keeps six connections, and a gallery wants hundreds of pictures.
   */
  async loadPicture(path: string, signal?: AbortSignal): Promise<LoadedPicture> {
    const response = await this.#fetch(`/picture/${path}`, { priority: 'low', signal: signal ?? null })
    if (response.status === 204) throw new AppError('input', connectionWords.noPicture)
    const address = URL.createObjectURL(await response.blob())
    return {
      address,
      release: () => {
        URL.revokeObjectURL(address)
      }
    }
  }

  async upload(batch: string, path: string, file: Blob): Promise<string> {
    const place = [batch, ...path.split('/')].map(encodeURIComponent).join('/')
    const response = await this.#fetch(`/drop/${place}`, { method: 'PUT', body: file })
    return Uploaded.parse(await response.json()).folder
  }

  async #fetch(address: string, init: KeylessRequest): Promise<Response> {
    const response = await fetch(address, { ...init, headers: { ...init.headers, ...(await this.#headers()) } }).catch(
      (cause: unknown) => {
        throw new AppError('stopped', connectionWords.noAnswer, { next: connectionWords.startAgain, cause })
      }
    )
    if (response.ok) return response
    throw new AppError('stopped', (await response.text()).trim(), { next: connectionWords.startAgain })
  }

  async #headers(): Promise<Record<string, string>> {
    return { [keyHeader]: await this.#key }
  }
}
