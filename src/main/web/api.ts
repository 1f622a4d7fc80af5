import { type IncomingMessage, type ServerResponse } from 'node:http'
import { type App } from '../app.ts'
import { answerDesk, isOfDesk } from '../services/desk.ts'
import { dispatch } from '../services/dispatch.ts'
import { browserDesk } from './desk.ts'
import { sendJson, sendText } from './reply.ts'

/** The largest request is a form, not a file. */
const maxBodyBytes = 1_000_000

interface Host {
  readonly app: App
  readonly closing: AbortSignal
  readonly log: (thrown: unknown) => void
}

/** Answers `POST /api/<request>` with the app's reply; what went wrong inside is in the reply. */
export async function answerRequest(
  host: Host,
  name: string,
  request: IncomingMessage,
  response: ServerResponse
): Promise<void> {
  const asked = await readInput(request)
  if ('refusal' in asked) {
    sendText(response, asked.status, asked.refusal)
    return
  }
  // How far a thing is, the page learns from events: they also reach a page that was opened later.
  const context = { signal: host.closing, progress: () => undefined }
  const { app, log } = host
  const reply = isOfDesk(name)
    ? answerDesk(browserDesk(app, context), name, asked.input, log)
    : dispatch(app.handlers, name, asked.input, context, log)
  sendJson(response, await reply)
}

type Asked = { readonly input: unknown } | { readonly refusal: string; readonly status: number }

/** The JSON that was posted, or why it is not taken. */
export async function readInput(request: IncomingMessage): Promise<Asked> {
  if (request.method !== 'POST') return { status: 405, refusal: 'Requests are posted.' }
  if (!/^application\/json\b/.test(request.headers['content-type'] ?? '')) {
    return { status: 415, refusal: 'Requests are JSON.' }
  }
  const body = await readBody(request)
  if (body === undefined) return { status: 413, refusal: 'This request is too large.' }
  try {
    return { input: JSON.parse(body) }
  } catch {
    return { status: 400, refusal: 'This request is not JSON.' }
  }
}

/** The body as text, or undefined once it exceeds the limit: the rest is left unread, so that a reply can still be sent. */
function readBody(request: IncomingMessage): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      chunks.push(chunk)
      if (size <= maxBodyBytes) return
      request.pause()
      resolve(undefined)
    })
    request.on('end', () => {
      resolve(Buffer.concat(chunks).toString('utf8'))
    })
    request.on('error', reject)
  })
}
