import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request, type RequestOptions } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startWebHost, type WebHost } from '../../src/main/web.ts'
import { Entered, keyHeader } from '../../src/shared/web-entry.ts'
import { FakeApp } from '../support/fake-app.ts'
import { fakeTask } from '../support/fake-demo.ts'

let folder: string
let page: string
let app: FakeApp
let host: WebHost
let port: number
let key: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cytoloom-host-'))
  page = join(folder, 'page')
  mkdirSync(join(page, 'assets'), { recursive: true })
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>CytoLoom</title>')
  writeFileSync(join(page, 'assets/index-abc.js'), 'export {}')
  writeFileSync(join(folder, 'secret.html'), 'secret')
  app = new FakeApp(join(folder, 'workspace'), { 'tasks.list': () => ({ tasks: [] }) })
  host = await startWebHost(app, { page })
  port = Number(new URL(host.origin).port)
  key = Entered.parse(JSON.parse((await enter(ticketOf(host.entry()))).text)).key
})

afterEach(async () => {
  await host.close()
  rmSync(folder, { recursive: true, force: true })
})

interface Answer {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly text: string
}

/** Sends exactly this: no header is added, no path is tidied. */
function send(path: string, options: RequestOptions = {}, body?: string | Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path, ...options }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          text: Buffer.concat(chunks).toString('utf8')
        })
      })
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

function ticketOf(entry: string): string {
  return new URL(entry).searchParams.get('token') ?? ''
}

function enter(ticket: string, headers: Record<string, string> = {}): Promise<Answer> {
  const own = { origin: `http://127.0.0.1:${port}`, 'content-type': 'application/json' }
  return send('/enter', { method: 'POST', headers: { ...own, ...headers } }, JSON.stringify({ ticket }))
}

function post(name: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  const own = { [keyHeader]: key, origin: `http://127.0.0.1:${port}`, 'content-type': 'application/json' }
  return send(`/api/${name}`, { method: 'POST', headers: { ...own, ...headers } }, body)
}

const visit = (path: string) => send(path, { headers: { [keyHeader]: key } })

describe('The door', () => {
  test('listens on this computer alone, behind 32 random bytes', () => {
    expect(new URL(host.entry()).hostname).toBe('127.0.0.1')
    expect(Buffer.from(ticketOf(host.entry()), 'base64url')).toHaveLength(32)
    expect(Buffer.from(key, 'base64url')).toHaveLength(32)
  })

  test('gives the key for a ticket, once, and tells whoever sold it', async () => {
    let used = 0
    const ticket = ticketOf(host.entry(() => (used += 1)))
    expect(ticket).not.toBe(key)
    expect(JSON.parse((await enter(ticket)).text)).toEqual({ key })
    expect(used).toBe(1)
    expect((await enter(ticket)).status).toBe(403)
    expect((await enter(key)).status).toBe(403)
    expect((await enter('')).status).toBe(403)
    expect(used).toBe(1)
  })

  test('uses up no ticket for whoever only looks at its address, or sends it from another page', async () => {
    const entry = new URL(host.entry())
    await send(entry.pathname + entry.search)
    expect((await enter(ticketOf(entry.href), { origin: 'http://127.0.0.1:1' })).status).toBe(403)
    expect((await enter(ticketOf(entry.href))).status).toBe(200)
  })

  test('sets no cookie and asks for no password: a browser would send both by itself, to every port', async () => {
    const entry = new URL(host.entry())
    const answers = [
      await send(entry.pathname + entry.search),
      await enter(ticketOf(entry.href)),
      await visit('/events/')
    ]
    for (const { headers } of answers) {
      expect(headers['set-cookie']).toBeUndefined()
      expect(headers['www-authenticate']).toBeUndefined()
      expect(headers['access-control-allow-origin']).toBeUndefined()
    }
  })

  test('shows the page to everyone, which holds nothing of the workspace and no key', async () => {
    const answer = await send('/')
    expect(answer.status).toBe(200)
    expect(answer.text).not.toContain(key)
  })

  test.each(['/events', '/events/', '/picture/runs/a/samples/1.png', '/api/tasks.list'])(
    'refuses %s without the key in its header',
    async (path) => {
      for (const headers of [{}, { cookie: `cytoloom-${port}=${key}` }, { authorization: `Bearer ${key}` }]) {
        const answer = await send(`${path}?token=${key}`, { headers })
        expect(answer.status).toBe(403)
        expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
      }
    }
  )

  test('refuses the key of another start', async () => {
    const other = `${key.startsWith('-') ? '_' : '-'}${key.slice(1)}`
    expect((await post('tasks.list', '{}', { [keyHeader]: other })).status).toBe(403)
  })

  test('does not answer what a browser asks before another page’s request with a header', async () => {
    const asked = { origin: 'http://127.0.0.1:1', 'access-control-request-headers': keyHeader }
    const answer = await send('/api/tasks.list', { method: 'OPTIONS', headers: asked })
    expect(answer.status).toBe(403)
    expect(answer.headers['access-control-allow-headers']).toBeUndefined()
  })

  test.each(['evil.example', 'evil.example:80', '127.0.0.1', 'localhost:1'])(
    'refuses the host name %s, whoever asks (DNS rebinding)',
    async (name) => {
      expect((await send('/', { headers: { host: name } })).status).toBe(421)
      expect((await post('tasks.list', '{}', { host: name })).status).toBe(421)
      expect((await enter(ticketOf(host.entry()), { host: name })).status).toBe(421)
    }
  )

  test('refuses an address that cannot be read', async () => {
    expect((await send('//')).status).toBe(400)
    expect((await send('http://[', {})).status).toBe(400)
  })

  test('refuses requests that another page sends, and posts that do not say where they come from', async () => {
    expect((await post('tasks.list', '{}', { origin: 'http://evil.example' })).status).toBe(403)
    expect((await post('tasks.list', '{}', { origin: 'null' })).status).toBe(403)
    expect((await post('tasks.list', '{}', { origin: `http://localhost:${port}` })).status).toBe(403)
    const nameless = { [keyHeader]: key, 'content-type': 'application/json' }
    expect((await send('/api/tasks.list', { method: 'POST', headers: nameless }, '{}')).status).toBe(403)
    const foreign = { [keyHeader]: key, origin: 'http://evil.example' }
    expect((await send('/events', { headers: foreign })).status).toBe(403)
  })
})

describe('Requests', () => {
  test('are answered with the output, or with the error as data', async () => {
    expect(JSON.parse((await post('tasks.list', '{}')).text)).toEqual({ output: { tasks: [] } })
    const refused = await post('tasks.move', '{"id": "t-1", "place": -1}')
    expect(refused.status).toBe(200)
    expect(JSON.parse(refused.text)).toMatchObject({ error: { kind: 'usage' } })
    expect(JSON.parse((await post('no.such', '{}')).text)).toMatchObject({
      error: { kind: 'usage', message: 'There is no request called "no.such".' }
    })
  })

  test('must be posted as JSON', async () => {
    expect((await visit('/api/tasks.list')).status).toBe(405)
    expect((await post('tasks.list', '{}', { 'content-type': 'text/plain' })).status).toBe(415)
    expect((await post('tasks.list', '{')).status).toBe(400)
  })

  test('are refused beyond a million bytes, with and without a stated length', async () => {
    const large = Buffer.alloc(1_000_100, ' ')
    expect((await post('tasks.list', large)).status).toBe(413)
    expect((await post('tasks.list', large, { 'transfer-encoding': 'chunked' })).status).toBe(413)
    expect((await post('tasks.list', '{}')).status).toBe(200)
  })
})

describe('What only a window has', () => {
  test('is refused with what the page can do instead; a place is told and not shown', async () => {
    app = new FakeApp(join(folder, 'workspace'), { 'things.place': ({ thing }) => ({ path: `/labs/${thing}` }) })
    await host.close()
    host = await startWebHost(app, { page })
    port = Number(new URL(host.origin).port)
    key = Entered.parse(JSON.parse((await enter(ticketOf(host.entry()))).text)).key
    const asked = async (name: string, body: string) => JSON.parse((await post(name, body)).text) as unknown

    const refused = { error: { kind: 'usage', message: "A page in a browser cannot open the system's dialogs." } }
    expect(await asked('desk.choose', '{"kind": "folder"}')).toMatchObject(refused)
    expect(await asked('desk.chooseNew', '{"kind": "package", "name": "a.cytoloom"}')).toMatchObject(refused)
    expect(await asked('desk.showInFolder', '{"thing": "d-1"}')).toEqual({
      output: { path: '/labs/d-1', shown: false }
    })
    for (const body of [
      '{"thing": "d-1", "file": "../../etc/passwd"}',
      '{"thing": 7}',
      '{"path": "/etc"}',
      '[]',
      '7'
    ]) {
      expect(await asked('desk.showInFolder', body)).toMatchObject({ error: { kind: 'usage' } })
    }
  })
})

describe('The page', () => {
  test('comes with the policy that forbids everything but itself', async () => {
    const { status, headers } = await visit('/')
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/)
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['content-security-policy']).toMatch(
      /; sandbox allow-scripts allow-same-origin allow-forms allow-modals allow-downloads$/
    )
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['cache-control']).toBe('no-store')
  })

  test('may be kept where the name holds a hash', async () => {
    const { headers } = await visit('/assets/index-abc.js')
    expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect(headers['cache-control']).toContain('immutable')
  })

  test.each([
    '/../secret.html',
    '/assets/../../secret.html',
    '/%2e%2e/secret.html',
    '/..%2fsecret.html',
    '/assets/%2e%2e%5c..%5csecret.html',
    '/link.html',
    '/index.html%00.js',
    '/%E0%A4%A',
    '/nothing.html',
    '/assets'
  ])('gives out no file outside itself: %s', async (path) => {
    symlinkSync(join(folder, 'secret.html'), join(page, 'link.html'))
    const answer = await visit(path)
    expect(answer.status).toBe(404)
    expect(answer.text).not.toContain('secret')
  })

  test('is missed in a sentence when it was not built', async () => {
    await expect(startWebHost(app, { page: join(folder, 'empty') })).rejects.toMatchObject({
      kind: 'usage',
      message: 'The page is not built yet.'
    })
  })

  test('says in a sentence when the port is taken', async () => {
    await expect(startWebHost(app, { page, port })).rejects.toMatchObject({
      kind: 'usage',
      message: `Port ${port} is used by another program.`
    })
  })
})

describe('Pictures', () => {
  test('are sent from the workspace, and nothing else is', async () => {
    const samples = join(app.workspace, 'runs/run-1/samples')
    mkdirSync(samples, { recursive: true })
    writeFileSync(join(samples, '250.png'), 'picture')
    writeFileSync(join(app.workspace, 'catalog.sqlite'), 'rows')
    symlinkSync(join(folder, 'secret.html'), join(samples, 'link.png'))

    const answer = await visit('/picture/runs/run-1/samples/250.png')
    expect(answer).toMatchObject({ status: 200, text: 'picture', headers: { 'content-type': 'image/png' } })
    for (const path of [
      'catalog.sqlite',
      'runs/run-1/samples/link.png',
      'runs/run-1/samples/9.png',
      '../secret.html'
    ]) {
      expect((await visit(`/picture/${path}`)).status).toBe(404)
    }
  })
})

describe('Events', () => {
  test('reach every open page, and a page that leaves is forgotten', async () => {
    const first = await openEvents()
    const second = await openEvents()
    app.emit({ event: 'workspace.changed' })
    await expect.poll(() => first.heard()).toContain('data: {"event":"workspace.changed"}\n\n')
    await expect.poll(() => second.heard()).toContain('data: {"event":"workspace.changed"}\n\n')

    first.leave()
    app.emit({ event: 'task.changed', task: fakeTask('t-1', 'import') })
    await expect.poll(() => second.heard()).toContain('"task.changed"')
    expect(first.heard()).not.toContain('"task.changed"')
  })

  test('end when the host closes, which leaves the app open', async () => {
    const { ended } = await openEvents()
    expect(app.listeners).toBe(1)
    await host.close()
    await ended
    expect(app.listeners).toBe(0)
  })
})

interface Listening {
  heard(): string
  leave(): void
  readonly ended: Promise<void>
}

function openEvents(): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port, path: '/events', headers: { [keyHeader]: key } }, (response) => {
      let text = ''
      const ended = new Promise<void>((end) => {
        response.on('close', end)
      })
      response.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
      response.on('error', () => undefined) // leaving in the middle is the point
      resolve({ heard: () => text, leave: () => sent.destroy(), ended })
    })
    sent.on('error', reject)
    sent.end()
  })
}
