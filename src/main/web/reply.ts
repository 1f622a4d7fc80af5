import { type OutgoingHttpHeaders, type ServerResponse } from 'node:http'
import { contentSecurityPolicy, type PageFile } from './page.ts'

/** What the page needs of what `sandbox` takes away. */
const allowed = ['allow-scripts', 'allow-same-origin', 'allow-forms', 'allow-modals', 'allow-downloads']

const always: OutgoingHttpHeaders = {
  // No window may be opened: one could go anywhere. In the desktop window the host sees to that.
  'Content-Security-Policy': `${contentSecurityPolicy}; sandbox ${allowed.join(' ')}`,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff'
}

export function sendHeaders(response: ServerResponse, status: number, headers: OutgoingHttpHeaders): void {
  response.writeHead(status, { ...always, ...headers })
}

export function sendText(response: ServerResponse, status: number, sentence: string): void {
  // What is left of the request's body is not worth reading.
  sendHeaders(response, status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Cache-Control': 'no-store',
    ...(status === 413 ? { Connection: 'close' } : {})
  })
  response.end(`${sentence}\n`)
}

export function sendJson(response: ServerResponse, value: unknown): void {
  sendHeaders(response, 200, { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' })
  response.end(JSON.stringify(value))
}

export function sendFile(response: ServerResponse, file: PageFile): void {
  sendHeaders(response, 200, {
    'Content-Type': file.type,
    'Content-Length': file.bytes.length,
    'Cache-Control': file.isLasting ? 'private, max-age=31536000, immutable' : 'no-store'
  })
  response.end(file.bytes)
}
