import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync
} from 'node:fs'
import { request, type RequestOptions } from 'node:http'
import { tmpdir } from 'node:os'
import { join, sep } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { startWebHost, type WebHost } from '../../src/main/web.ts'
import { sweepUploads } from '../../src/main/web/uploads.ts'
import { Entered, entryPath, keyHeader, ticketParameter } from '../../src/shared/web-entry.ts'
import { FakeApp } from '../support/fake-app.ts'

const batch = 'abcdef0123456789'

let folder: string
let app: FakeApp
let host: WebHost
let key: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cytoloom-drops-'))
  mkdirSync(join(folder, 'page'))
  writeFileSync(join(folder, 'page/index.html'), '<!doctype html><title>CytoLoom</title>')
  app = new FakeApp(join(folder, 'workspace'), {})
  host = await startWebHost(app, { page: join(folder, 'page') })
  const ticket = new URL(host.entry()).searchParams.get(ticketParameter)
  const headers = { origin: host.origin, 'content-type': 'application/json' }
  const entered = await send(entryPath, { method: 'POST', headers }, JSON.stringify({ ticket }))
  key = Entered.parse(JSON.parse(entered.text)).key
})

afterEach(async () => {
  await host.close()
  rmSync(folder, { recursive: true, force: true })
})

/** No path is tidied. */
function send(path: string, options: RequestOptions, body?: string): Promise<{ status: number; text: string }> {
  const { port } = new URL(host.origin)
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, ...options }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }))
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

function drop(path: string, body: string, headers: Record<string, string> = {}) {
  return send(path, { method: 'PUT', headers: { origin: host.origin, [keyHeader]: key, ...headers } }, body)
}

describe('what is dropped on a page in a browser', () => {
  test('is written below the workspace, with a name that leads nowhere else', async () => {
    const { status, text } = await drop(`/drop/${batch}/plate%203/..%2F..%2Fcell%3A1.png`, 'pixels')
    expect(status).toBe(200)
    const { folder: place, file } = z.object({ folder: z.string(), file: z.string() }).parse(JSON.parse(text))
    expect(place).toBe(join(app.workspace, '.dropped', batch))
    expect(file.startsWith(place + sep)).toBe(true)
    expect(file.split(sep)).not.toContain('..')
    expect(readFileSync(file, 'utf8')).toBe('pixels')
  })

  test('is taken from our own page alone, and only to a place of its own', async () => {
    expect((await drop(`/drop/${batch}/a.png`, 'x', { origin: 'http://evil.example' })).status).toBe(403)
    expect((await drop(`/drop/${batch}/a.png`, 'x', { [keyHeader]: 'wrong' })).status).toBe(403)
    expect((await drop('/drop/short/a.png', 'x')).status).toBe(405)
    expect((await drop(`/drop/${batch}`, 'x')).status).toBe(405)
    const looked = await send(`/drop/${batch}/a.png`, { headers: { [keyHeader]: key } })
    expect(looked.status).toBe(405)
    expect(existsSync(join(app.workspace, '.dropped'))).toBe(false)
  })

  test('is refused where a link would lead it out of the workspace', async () => {
    mkdirSync(join(folder, 'elsewhere'))
    symlinkSync(join(folder, 'elsewhere'), join(app.workspace, '.dropped'))
    expect((await drop(`/drop/${batch}/a.png`, 'x')).status).toBe(403)
    expect(readdirSync(join(folder, 'elsewhere'))).toEqual([])
  })

  test('is kept for a week', async () => {
    await drop(`/drop/${batch}/a.png`, 'x')
    await sweepUploads(app.workspace, Date.now() + 6 * 86_400_000)
    expect(existsSync(join(app.workspace, '.dropped', batch))).toBe(true)
    await sweepUploads(app.workspace, Date.now() + 8 * 86_400_000)
    expect(existsSync(join(app.workspace, '.dropped', batch))).toBe(false)
  })
})
