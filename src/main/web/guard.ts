import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { type IncomingMessage } from 'node:http'
import { keyHeader } from '../../shared/web-entry.ts'

export interface Refusal {
  readonly status: number
  readonly sentence: string
}

/**
 * Decides who may speak to the app. A loopback port is in reach of every program and every web page on the computer, so:
 * the Host header must be ours (a foreign name pointing here is DNS rebinding), a browser's request must come from our own
 * page, and the caller must name the key of this start in a header. Nothing that a browser sends by itself opens anything:
 * cookies would, and they go to every port of a host.
 */
export class Guard {
  readonly #key = newSecret()
  readonly #hosts: readonly string[]
  /** What lets in once, and whom to tell. */
  readonly #tickets = new Map<string, () => void>()

  constructor(port: number) {
    this.#hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
  }

  /** A ticket that can be exchanged for the key, once. */
  newTicket(onUsed: () => void): string {
    const ticket = newSecret()
    this.#tickets.set(ticket, onUsed)
    return ticket
  }

  /** The key, for a ticket that was not used before. */
  exchange(ticket: string): string | undefined {
    const [sold, onUsed] = [...this.#tickets].find(([each]) => isSame(each, ticket)) ?? []
    if (sold === undefined) return undefined
    this.#tickets.delete(sold)
    onUsed?.()
    return this.#key
  }

  /** Why this request is not looked at at all, if so. */
  refusalOf(request: IncomingMessage): Refusal | undefined {
    const { host } = request.headers
    if (host === undefined || !this.#hosts.includes(host)) {
      return { status: 421, sentence: 'CytoLoom answers only at its own address.' }
    }
    if (!isFromOwnPage(request, host)) return { status: 403, sentence: 'Another web page may not use CytoLoom.' }
    return undefined
  }

  hasKey(request: IncomingMessage): boolean {
    const given = request.headers[keyHeader]
    return typeof given === 'string' && isSame(given, this.#key)
  }
}

/** Whatever changes something must say that it comes from our page; a plain visit has no origin. */
function isFromOwnPage(request: IncomingMessage, host: string): boolean {
  const { origin } = request.headers
  const isOwn = origin === `http://${host}`
  return request.method === 'GET' ? origin === undefined || isOwn : isOwn
}

function newSecret(): string {
  return randomBytes(32).toString('base64url')
}

function isSame(given: string, secret: string): boolean {
  return timingSafeEqual(digest(given), digest(secret))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
