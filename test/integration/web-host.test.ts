import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { type IncomingMessage, request, type RequestOptions } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { startWebHost, type WebHost } from '../../src/main/web.ts'
import { FakeApp } from '../support/fake-app.ts'
import { fakeTask } from '../support/fake-demo.ts'

let folder: string
let page: string
let app: FakeApp
let host: WebHost
let port: number
let token: string

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cytoloom-host-'))
  page = join(folder, 'page')
  mkdirSync(join(page, 'assets'), { recursive: true })
  writeFileSync(join(page, 'index.html'), '<!doctype html><title>CytoLoom</title>')
  writeFileSync(join(page, 'assets/index-abc.js'), 'export {}')
  writeFileSync(join(folder, 'secret.html'), 'secret')
  app = new FakeApp(join(folder, 'workspace'), { 'tasks.list': () => ({ tasks: [] }) })
  host = await startWebHost(app, { page })
  const address = new URL(host.address)
  port = Number(address.port)
  token = address.searchParams.get('token') ?? ''
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

function cookie(): string {
  return `cytoloom-${port}=${token}`
}

function post(name: string, body: string | Buffer, headers: Record<string, string> = {}): Promise<Answer> {
  const own = { cookie: cookie(), origin: `http://127.0.0.1:${port}`, 'content-type': 'application/json' }
  return send(`/api/${name}`, { method: 'POST', headers: { ...own, ...headers } }, body)
}

const visit = (path: string) => send(path, { headers: { cookie: cookie() } })

describe('The door', () => {
  test('listens on this computer alone, behind 32 random bytes', () => {
    expect(new URL(host.address).hostname).toBe('127.0.0.1')
    expect(Buffer.from(token, 'base64url')).toHaveLength(32)
  })

  test('takes the token of the address into a cookie that scripts and other sites cannot have', async () => {
    const answer = await send(`/?token=${token}`)
    expect(answer.status).toBe(303)
    expect(answer.headers.location).toBe('/')
    expect(answer.headers['set-cookie']).toEqual([`${cookie()}; HttpOnly; SameSite=Strict; Path=/`])
  })

  test('lets a ticket in once, with the same cookie', async () => {
    const { pathname, search } = new URL(host.ticket())
    expect(search).not.toContain(token)
    const answer = await send(pathname + search)
    expect(answer.status).toBe(303)
    expect(answer.headers['set-cookie']).toEqual([`${cookie()}; HttpOnly; SameSite=Strict; Path=/`])
    expect((await send(pathname + search)).status).toBe(403)
  })

  test.each(['/', '/events', '/picture/runs/a/samples/1.png', '/assets/index-abc.js', '/?token=guessed'])(
    'refuses %s without the token',
    async (path) => {
      const answer = await send(path)
      expect(answer.status).toBe(403)
      expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8')
    }
  )

  test('refuses a cookie of another start', async () => {
    const other = `${token.startsWith('-') ? '_' : '-'}${token.slice(1)}`
    const answer = await send('/', { headers: { cookie: `cytoloom-${port}=${other}` } })
    expect(answer.status).toBe(403)
  })

  test.each(['evil.example', 'evil.example:80', '127.0.0.1', 'localhost:1'])(
    'refuses the host name %s, whoever asks (DNS rebinding)',
    async (name) => {
      expect((await send('/', { headers: { cookie: cookie(), host: name } })).status).toBe(421)
      expect((await send(`/?token=${token}`, { headers: { host: name } })).status).toBe(421)
    }
  )

  test('refuses requests that another page sends, and posts that do not say where they come from', async () => {
    expect((await post('tasks.list', '{}', { origin: 'http://evil.example' })).status).toBe(403)
    expect((await post('tasks.list', '{}', { origin: 'null' })).status).toBe(403)
    expect((await post('tasks.list', '{}', { origin: `http://localhost:${port}` })).status).toBe(403)
    const nameless = { cookie: cookie(), 'content-type': 'application/json' }
    expect((await send('/api/tasks.list', { method: 'POST', headers: nameless }, '{}')).status).toBe(403)
    const foreign = { cookie: cookie(), origin: 'http://evil.example' }
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

describe('The page', () => {
  test('comes with the policy that forbids everything but itself', async () => {
    const { status, headers } = await visit('/')
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('text/html; charset=utf-8')
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self';/)
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
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
    const sent = request({ host: '127.0.0.1', port, path: '/events', headers: { cookie: cookie() } }, (response) => {
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
