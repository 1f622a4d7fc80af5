import { type ServerResponse } from 'node:http'
import { type AppEvent } from '../../shared/api.ts'
import { sendHeaders } from './reply.ts'

const heartbeatMilliseconds = 15_000
/** A page that has not read this much is asleep: it is cut off, and asks anew when it wakes. */
const maxUnreadBytes = 4_000_000

/** Server-sent events to every open page. A page that connects again asks for the present state itself. */
export class EventStreams {
  readonly #open = new Set<ServerResponse>()
  readonly #heartbeat: NodeJS.Timeout

  constructor() {
    this.#heartbeat = setInterval(() => {
      this.#write(': still here\n\n')
    }, heartbeatMilliseconds)
    this.#heartbeat.unref()
  }

  open(response: ServerResponse): void {
    sendHeaders(response, 200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    response.write('retry: 1000\n\n')
    this.#open.add(response)
    response.on('close', () => this.#open.delete(response))
  }

  send(event: AppEvent): void {
    this.#write(`data: ${JSON.stringify(event)}\n\n`)
  }

  end(): void {
    clearInterval(this.#heartbeat)
    for (const response of this.#open) response.end()
  }

  #write(text: string): void {
    for (const response of this.#open) {
      if (response.writableLength > maxUnreadBytes) response.destroy()
      else response.write(text)
    }
  }
}
