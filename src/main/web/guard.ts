import { createHash, timingSafeEqual } from 'node:crypto'
import { type IncomingMessage, type ServerResponse } from 'node:http'
import { sendHeaders } from './reply.ts'

export type Verdict =
  | { readonly kind: 'admit' }
  | { readonly kind: 'enter'; readonly cookie: string }
  | { readonly kind: 'deny'; readonly status: number; readonly sentence: string }

/**
 * Decides who may speak to the app. A loopback port is in reach of every program and every web page on the computer, so:
 * the Host header must be ours (a foreign name pointing here is DNS rebinding), a browser's request must come from our own
 * page, and the caller must hold the token of this start, first in the address and then in a cookie.
 */
export class Guard {
  readonly #token: string
  readonly #hosts: readonly string[]
  readonly #cookieName: string
  /** Tokens that let in once. */
  readonly #tickets: string[] = []

  constructor(token: string, port: number) {
    this.#token = token
    this.#hosts = [`127.0.0.1:${port}`, `localhost:${port}`]
    this.#cookieName = `cytoloom-${port}` // cookies are shared by all ports of a host
  }

  /** From now on the ticket opens the door, once. */
  sell(ticket: string): void {
    this.#tickets.push(ticket)
  }

  judge(request: IncomingMessage): Verdict {
    const { host } = request.headers
    if (host === undefined || !this.#hosts.includes(host)) return deny('CytoLoom answers only at its own address.', 421)
    if (!isFromOwnPage(request, host)) return deny('Another web page may not use CytoLoom.')

    const { pathname, searchParams } = new URL(request.url ?? '/', `http://${host}`)
    const given = searchParams.get('token')
    if (request.method === 'GET' && pathname === '/' && given !== null) return this.#letIn(given)
    if (this.#isToken(cookie(request, this.#cookieName))) return { kind: 'admit' }
    return deny('Open CytoLoom with the whole address that it printed when it started: it ends in a token.')
  }

  #letIn(given: string): Verdict {
    if (!this.#isToken(given) && !this.#takeTicket(given)) {
      return deny(
        'This address was used before, or is from an earlier start of CytoLoom. Open the one that it printed.'
      )
    }
    return { kind: 'enter', cookie: `${this.#cookieName}=${this.#token}; HttpOnly; SameSite=Strict; Path=/` }
  }

  #isToken(given: string | undefined): boolean {
    return given !== undefined && isSame(given, this.#token)
  }

  #takeTicket(given: string): boolean {
    const place = this.#tickets.findIndex((ticket) => isSame(given, ticket))
    if (place >= 0) this.#tickets.splice(place, 1)
    return place >= 0
  }
}

/** Keeps the token in a cookie and takes it out of the address bar and the history. */
export function enter(response: ServerResponse, cookie: string): void {
  sendHeaders(response, 303, { 'Set-Cookie': cookie, Location: '/', 'Cache-Control': 'no-store' })
  response.end()
}

function deny(sentence: string, status = 403): Verdict {
  return { kind: 'deny', status, sentence }
}

/** Whatever changes something must say that it comes from our page; a plain visit has no origin. */
function isFromOwnPage(request: IncomingMessage, host: string): boolean {
  const { origin } = request.headers
  const isOwn = origin === `http://${host}`
  return request.method === 'GET' ? origin === undefined || isOwn : isOwn
}

function cookie(request: IncomingMessage, name: string): string | undefined {
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim())
  return pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1)
}

function isSame(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token))
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
