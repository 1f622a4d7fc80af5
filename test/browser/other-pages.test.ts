import { createServer, type Server } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startWebHost, type WebHost } from '../../src/main/web.ts'
import { launchChromium } from '../support/chromium.ts'
import { demoTasks, FakeDemo, idleDemo } from '../support/fake-demo.ts'

const patience = 120_000

let browser: Browser
let context: BrowserContext
let folder: string
let host: WebHost
let stranger: Server
let strangerOrigin: string
let received: string[]
let asked: number

beforeAll(async () => {
  browser = await launchChromium()
  folder = mkdtempSync(join(tmpdir(), 'cytoloom-pages-'))
})

beforeEach(async () => {
  const demo = new FakeDemo(folder, idleDemo, {
    'tasks.list': () => {
      asked += 1
      return { tasks: demoTasks(idleDemo) }
    }
  })
  host = await startWebHost(demo.app)
  context = await browser.newContext()
  context.setDefaultTimeout(patience)
  received = []
  stranger = createServer((request, response) => {
    received.push(JSON.stringify(request.rawHeaders) + (request.url ?? ''))
    response.setHeader('Content-Type', 'text/html')
    response.end('<!doctype html><title>A page on another port</title>')
  })
  await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve))
  const address = stranger.address()
  strangerOrigin = `http://127.0.0.1:${typeof address === 'object' ? String(address?.port) : ''}`
})

afterEach(async () => {
  await context.close()
  await host.close()
  stranger.closeAllConnections()
  stranger.close()
})

afterAll(async () => {
  await browser.close()
  rmSync(folder, { recursive: true, force: true })
})

async function isIn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Try the sample' }).waitFor()
}

async function open(address: string): Promise<Page> {
  const page = await context.newPage()
  await page.goto(address)
  return page
}

function keyOf(page: Page): Promise<string> {
  return page.evaluate('Object.values(sessionStorage).join("")')
}

/** All ways in which a page can ask another origin something: what each of them learns. */
const attempts = (target: string) => `(async (target) => {
  const tried = {}
  const asking = async (name, ask) => {
    tried[name] = await ask().then((answer) => 'learned ' + answer, () => 'nothing')
  }
  const loaded = (element, address) => new Promise((resolve, reject) => {
    element.onload = () => resolve('loaded')
    element.onerror = reject
    element.src = address
    document.head.append(element)
  })
  const headers = { 'Content-Type': 'application/json' }
  await asking('fetch', () => fetch(target + '/api/tasks.list', { method: 'POST', body: '{}', headers, credentials: 'include' }).then((a) => a.text()))
  await asking('simple', () => fetch(target + '/api/tasks.list', { method: 'POST', body: '{}', mode: 'no-cors', credentials: 'include' }).then((a) => a.text().then((text) => text || Promise.reject())))
  await asking('picture', () => loaded(new Image(), target + '/picture/runs/a/samples/000001.png'))
  await asking('script', () => loaded(document.createElement('script'), target + '/events'))
  await asking('page', () => fetch(target + '/').then((a) => a.text()))
  await asking('window', async () => {
    const other = window.open(target + '/')
    await new Promise((resolve) => setTimeout(resolve, 1000))
    return Object.values(other.sessionStorage).join('')
  })
  return tried
})('${target}')`

/** All ways in which our own page could reach beyond its host, if a text of a stranger became a script in it. */
const outside = (target: string) => `(async (target) => {
  const tried = { require: typeof require, process: typeof process, module: typeof module }
  const asking = async (name, ask) => {
    const patience = new Promise((_, reject) => setTimeout(reject, 1500))
    tried[name] = await Promise.race([Promise.resolve().then(ask), patience]).then(() => 'done', () => 'refused')
  }
  const loaded = (element, address) => new Promise((resolve, reject) => {
    element.onload = () => resolve()
    element.onerror = reject
    element.src = address
    document.body.append(element)
  })
  const framed = (address) => {
    const frame = document.createElement('iframe')
    return loaded(frame, address).then(() => (frame.contentDocument === null ? Promise.reject() : undefined))
  }
  const opened = (address) => (window.open(address) === null ? Promise.reject() : undefined)
  await asking('fetch', () => fetch(target + '/'))
  await asking('simpleFetch', () => fetch(target + '/', { mode: 'no-cors', method: 'POST', body: 'a' }))
  await asking('beacon', () => new Promise((resolve, reject) => {
    addEventListener('securitypolicyviolation', reject, { once: true })
    navigator.sendBeacon(target + '/', 'a')
  }))
  await asking('socket', () => new Promise((resolve, reject) => {
    const socket = new WebSocket(target.replace('http', 'ws'))
    socket.onopen = resolve
    socket.onerror = reject
  }))
  await asking('events', () => new Promise((resolve, reject) => {
    const events = new EventSource(target)
    events.onopen = resolve
    events.onerror = reject
  }))
  await asking('picture', () => loaded(new Image(), target + '/a.png'))
  await asking('script', () => loaded(document.createElement('script'), target + '/a.js'))
  await asking('frame', () => framed(target + '/'))
  await asking('file', () => fetch('file:///etc/passwd'))
  await asking('fileFrame', () => framed('file:///etc/passwd'))
  await asking('window', () => opened(target + '/'))
  await asking('ownWindow', () => opened(location.href))
  await asking('worker', () => new Promise((resolve, reject) => {
    const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])))
    worker.onmessage = resolve
    worker.onerror = reject
  }))
  return tried
})('${target}')`

describe('A page on another port of this computer', () => {
  test('is sent no key when it is visited, and learns and moves nothing', async () => {
    const page = await open(host.entry())
    await isIn(page)
    const key = await keyOf(page)
    expect(key).toHaveLength(43)
    expect(await context.cookies()).toEqual([])
    asked = 0

    const other = await open(strangerOrigin)
    expect(await other.evaluate(attempts(host.origin))).toEqual({
      fetch: 'nothing',
      simple: 'nothing',
      picture: 'nothing',
      script: 'nothing',
      page: 'nothing',
      window: 'nothing'
    })
    expect(asked).toBeLessThanOrEqual(1) // our own page, in a window that nobody else can look into or move
    expect(received.length).toBeGreaterThan(0)
    for (const request of received) expect(request).not.toContain(key)
  })
})

describe('The page', () => {
  test('stays in over a reload, at its bare address, and in another tab while there is one', async () => {
    const page = await open(host.entry())
    await isIn(page)
    await page.reload()
    await isIn(page)
    await page.goto(`${host.origin}/`)
    await isIn(page)
    await isIn(await open(`${host.origin}/`))
  })

  test('has no Node, no network, no files and no windows', async () => {
    const page = await open(host.entry())
    await isIn(page)
    const violations: string[] = []
    page.on('console', (message) => violations.push(message.text()))
    expect(await page.evaluate(outside(strangerOrigin))).toEqual({
      require: 'undefined',
      process: 'undefined',
      module: 'undefined',
      fetch: 'refused',
      simpleFetch: 'refused',
      beacon: 'refused',
      socket: 'refused',
      events: 'refused',
      picture: 'refused',
      script: 'refused',
      frame: 'refused',
      file: 'refused',
      fileFrame: 'refused',
      window: 'refused',
      ownWindow: 'refused',
      worker: 'refused'
    })
    expect(received).toEqual([])
    expect(context.pages()).toHaveLength(1)
    await expect.poll(() => violations.length).toBeGreaterThan(5) // the policy says so of each

    await page.evaluate(`location.href = 'file:///etc/passwd'`)
    await page.waitForTimeout(300)
    expect(page.url()).toMatch(/^http:\/\/127\.0\.0\.1:/)
  })

  test('says what to do where it has no key, and lets in with the next address', async () => {
    const used = host.entry()
    await isIn(await open(used))
    const late = await browser.newPage()
    late.setDefaultTimeout(patience)
    await late.goto(used)
    await late.getByText('does not know this page').waitFor()
    await late.goto(host.entry())
    await isIn(late)
    await late.context().close()
  })

  test.each([{ modifiers: ['Control' as const] }, { button: 'middle' as const }])(
    'can be opened in another tab by its links (%o)',
    async (click) => {
      const page = await open(host.entry())
      await isIn(page)
      const opened = context.waitForEvent('page')
      await page.getByRole('link', { name: /^Work/ }).click(click)
      const other = await opened
      await other.getByRole('heading', { name: 'Work', exact: true }).waitFor()
      expect(await keyOf(other)).toBe(await keyOf(page))
      expect(await other.getByText('does not know this page').count()).toBe(0)
    }
  )
})
