import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { AppError } from '../shared/errors.ts'
import { entryPath, ticketParameter } from '../shared/web-entry.ts'
import { type App } from './app.ts'
import { answerRequest } from './web/api.ts'
import { letIn } from './web/entry.ts'
import { EventStreams } from './web/event-streams.ts'
import { Guard } from './web/guard.ts'
import { hasPage, pageFolder, readPageFile } from './web/page.ts'
import { sendPicture } from './web/pictures.ts'
import { sendFile, sendText } from './web/reply.ts'
import { sweepUploads, takeUpload } from './web/uploads.ts'

export interface WebHost {
  /** Where the page is, for those who hold a key already. */
  readonly origin: string
  /** An address that lets a page in, once. */
  entry(onUsed?: () => void): string
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
 * Serves the app to browsers on this computer, on 127.0.0.1. The page itself anyone may read; its requests, events and
 * pictures are behind a random key, which a page gets for the ticket in its address (docs/security.md).
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

  await sweepUploads(app.workspace)
  const server = createServer()
  const port = await listen(server, options.port ?? 0)
  const streams = new EventStreams()
  const unfollow = app.onEvent((event) => streams.send(event))
  const closing = new AbortController()
  const log = options.log ?? (() => undefined)
  const guard = new Guard(port)
  const site: Site = { app, page, guard, streams, closing: closing.signal, log }
  server.on('request', (request, response) => {
    answer(site, request, response).catch((thrown: unknown) => {
      log(thrown)
      if (response.headersSent) response.destroy()
      else sendText(response, 500, 'Something went wrong inside CytoLoom. Try again, or restart it.')
    })
  })

  const origin = `http://127.0.0.1:${port}`
  return {
    origin,
    entry: (onUsed = () => undefined) => `${origin}/?${ticketParameter}=${guard.newTicket(onUsed)}`,
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
  const path = pathOf(request)
  const refusal = site.guard.refusalOf(request)
  if (refusal !== undefined) sendText(response, refusal.status, refusal.sentence)
  else if (path === undefined) sendText(response, 400, 'This address cannot be read.')
  else if (path === entryPath) await letIn(site.guard, request, response)
  else if (!isOfApp(path)) await servePage(site, path, request, response)
  else if (!site.guard.hasKey(request))
    sendText(response, 403, 'This page has no key. Open the newest address that CytoLoom printed.')
  else await serveApp(site, path, request, response)
}

function pathOf(request: IncomingMessage): string | undefined {
  return URL.parse(request.url ?? '/', 'http://127.0.0.1')?.pathname
}

/** All but the page's own files, which are the same everywhere and tell nothing. */
function isOfApp(path: string): boolean {
  return (
    path.startsWith('/api/') || path.startsWith('/events') || path.startsWith('/picture/') || path.startsWith('/drop/')
  )
}

async function serveApp(site: Site, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (path.startsWith('/api/')) await answerRequest(site, path.slice('/api/'.length), request, response)
  else if (path.startsWith('/drop/'))
    await takeUpload(site.app.workspace, path.slice('/drop/'.length), request, response)
  else if (request.method !== 'GET') sendText(response, 405, 'This address can only be read.')
  else if (path === '/events') site.streams.open(response)
  else await sendPicture(site.app, path.slice('/picture/'.length), response)
}

async function servePage(site: Site, path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method === 'GET') await sendPageFile(site.page, path, response)
  else sendText(response, 405, 'This address can only be read.')
}

async function sendPageFile(page: string, path: string, response: ServerResponse): Promise<void> {
  const file = await readPageFile(page, path)
  if (file === undefined) sendText(response, 404, 'There is nothing at this address.')
  else sendFile(response, file)
}
