import { createServer, type Server } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, type BrowserContext, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startWebHost, type WebHost } from '../../src/main/web.ts'
import { launchChromium } from '../support/chromium.ts'
import { demoTasks, FakeDemo, idleDemo } from '../support/fake-demo.ts'

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
    expect(asked).toBe(0)
    expect(received.length).toBeGreaterThan(0)
    for (const request of received) expect(request).not.toContain(key)
  })
})

describe('The page', () => {
  test('stays in over a reload, in a tab opened from it, and at its bare address there', async () => {
    const page = await open(host.entry())
    await isIn(page)
    await page.reload()
    await isIn(page)
    const opened = context.waitForEvent('page')
    await page.evaluate('void window.open(location.href)')
    await isIn(await opened)
    await page.goto(`${host.origin}/`)
    await isIn(page)
  })

  test('says what to do where it has no key, and lets in with the next address', async () => {
    const used = host.entry()
    await isIn(await open(used))
    const late = await browser.newPage()
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
