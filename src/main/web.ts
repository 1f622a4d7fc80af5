import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { AppError } from '../shared/errors.ts'
import { type App } from './app.ts'
import { answerRequest } from './web/api.ts'
import { EventStreams } from './web/event-streams.ts'
import { enter, Guard } from './web/guard.ts'
import { hasPage, pageFolder, readPageFile } from './web/page.ts'
import { sendPicture } from './web/pictures.ts'
import { sendFile, sendText } from './web/reply.ts'

export interface WebHost {
  /** Where the page is, with the token of this start: whoever has it can use the app. */
  readonly address: string
  /** An address that lets in once, for where others can see it. */
  ticket(): string
  /** Ends open connections and stops listening. The app itself stays open. */
  close(): Promise<void>
}

export interface WebHostOptions {
  /** 0 (the default) takes any free port. */
  readonly port?: number
  /** Folder of the built page. */
  readonly page?: string
  readonly log?: (thrown: unknown) => void
}

/** What answering takes. */
interface Site {
  readonly app: App
  readonly page: string
  readonly guard: Guard
  readonly streams: EventStreams
  /** Aborted when the host closes. A page that goes away stops nothing. */
  readonly closing: AbortSignal
  readonly log: (thrown: unknown) => void
}

/**
 * Serves the app to browsers on this computer: the page, its requests, events and pictures, on 127.0.0.1 behind a random
 * token.
 *
 * @throws AppError if the page is not built or the port is taken.
 */
export async function startWebHost(app: App, options: WebHostOptions = {}): Promise<WebHost> {
  const page = options.page ?? pageFolder()
  if (!hasPage(page)) {
    throw new AppError('usage', 'The page is not built yet.', {
      next: 'Build it first: README.md says how.'
    })
  }

  const server = createServer()
  const port = await listen(server, options.port ?? 0)
  const token = newToken()
  const streams = new EventStreams()
  const unfollow = app.onEvent((event) => streams.send(event))
  const closing = new AbortController()
  const log = options.log ?? (() => undefined)
  const guard = new Guard(token, port)
  const site: Site = { app, page, guard, streams, closing: closing.signal, log }
  server.on('request', (request, response) => {
    answer(site, request, response).catch((thrown: unknown) => {
      log(thrown)
      if (response.headersSent) response.destroy()
      else sendText(response, 500, 'Something went wrong inside CytoLoom. Try again, or restart it.')
    })
  })

  const addressWith = (key: string) => `http://127.0.0.1:${port}/?token=${key}`
  return {
    address: addressWith(token),
    ticket: () => {
      const ticket = newToken()
      guard.sell(ticket)
      return addressWith(ticket)
    },
    close: async () => {
      unfollow()
      closing.abort()
      streams.end()
      await new Promise((resolve) => {
        server.close(resolve)
        server.closeAllConnections()
      })
    }
  }
}

function newToken(): string {
  return randomBytes(32).toString('base64url')
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(portProblem(error, port))
    })
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

function portProblem(error: NodeJS.ErrnoException, port: number): Error {
  const advice = {
    next: 'Choose another, or leave it out to get a free one.',
    remedies: [{ action: 'set-option', option: 'port' }]
  } as const
  if (error.code === 'EADDRINUSE') return new AppError('usage', `Port ${port} is used by another program.`, advice)
  if (error.code === 'EACCES') return new AppError('usage', `Port ${port} is reserved by the system.`, advice)
  return error
}

async function answer(site: Site, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const verdict = site.guard.judge(request)
  if (verdict.kind === 'deny') sendText(response, verdict.status, verdict.sentence)
  else if (verdict.kind === 'enter') enter(response, verdict.cookie)
  else await serve(site, new URL(request.url ?? '/', 'http://127.0.0.1').pathname, request, response)
}

async function serve(site: Site, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (path.startsWith('/api/')) await answerRequest(site, path.slice('/api/'.length), request, response)
  else if (request.method !== 'GET') sendText(response, 405, 'This address can only be read.')
  else if (path === '/events') site.streams.open(response)
  else if (path.startsWith('/picture/')) await sendPicture(site.app, path.slice('/picture/'.length), response)
  else await sendPageFile(site.page, path, response)
}

async function sendPageFile(page: string, path: string, response: ServerResponse): Promise<void> {
  const file = await readPageFile(page, path)
  if (file === undefined) sendText(response, 404, 'There is nothing at this address.')
  else sendFile(response, file)
}
