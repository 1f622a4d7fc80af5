import { AppError } from '../../shared/errors.ts'
import { type Connection, type Transport } from './transport.ts'
import { connectionWords } from '../text/common.ts'

/** Requests by POST, events by server-sent events, in the loopback page. */
export class HttpTransport implements Transport {
  async send(name: string, input: unknown): Promise<unknown> {
    const response = await fetch(`/api/${name}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(input)
    }).catch((cause: unknown) => {
      throw new AppError('stopped', connectionWords.noAnswer, { next: connectionWords.startAgain, cause })
    })
    if (!response.ok) {
      throw new AppError('stopped', (await response.text()).trim(), { next: connectionWords.startAgain })
    }
    return response.json()
  }

  listen(onEvent: (event: unknown) => void, onConnection: (connection: Connection) => void): () => void {
    const events = new EventSource('/events')
    events.onopen = () => {
      onConnection('open')
    }
    events.onmessage = ({ data }: MessageEvent<string>) => {
      onEvent(JSON.parse(data))
    }
    // The browser tries again by itself, unless the answer was a refusal: then the token is of an earlier start.
    events.onerror = () => {
      onConnection(events.readyState === EventSource.CLOSED ? 'closed' : 'lost')
    }
    return () => {
      events.close()
    }
  }

  pictureAddress(path: string): string {
    return `/picture/${path}`
  }
}
