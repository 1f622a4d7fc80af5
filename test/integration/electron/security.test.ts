import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { pageClient, pageOf, startDesktop } from '../../support/electron/desktop.ts'
import { type StandIn } from '../../support/electron/stand-in.ts'
import { FakeApp } from '../../support/fake-app.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const root = join(import.meta.dirname, '../../..')
const Preferences = z.record(z.string(), z.unknown())

let folder: string
let app: FakeApp
let system: StandIn

beforeEach(async () => {
  folder = await temporaryFolder()
  app = new FakeApp(join(folder, 'workspace'), { 'tasks.list': () => ({ tasks: [] }) })
  system = await startDesktop(folder, { app })
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.doUnmock('electron')
})

function preferences(): Readonly<Record<string, unknown>> {
  return Preferences.parse(system.window.options['webPreferences'])
}

function sourcesOfHost(): string {
  const host = join(root, 'src/main/electron')
  const files = readdirSync(host).map((name) => join(host, name))
  return [...files, join(root, 'src/main/index.ts'), join(root, 'src/preload/index.ts')]
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
}

// Electron's list "Security recommendations", by its numbers.
describe("Electron's security checklist", () => {
  test('1: only what comes with the program is loaded; the network is closed', async () => {
    expect(system.window.webContents.url).toMatch(/^app:\/\/cytoloom\//)
    for (const url of [
      'http://example.com/a.js',
      'https://example.com/',
      'ws://example.com/',
      'wss://example.com/',
      'ftp://example.com/',
      'file:///etc/passwd',
      'chrome://settings',
      'blob:https://example.com/1'
    ]) {
      await expect(system.session.fetch(url)).rejects.toThrow('ERR_BLOCKED_BY_CLIENT')
    }
    expect(system.session.network).toEqual([])
    expect(system.session.isSpellCheckerOn()).toBe(false) // it would fetch dictionaries
  })

  test('2: pages have no Node', () => {
    expect(preferences()).toMatchObject({
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false
    })
  })

  test('3 and 4: pages are isolated from the preload and sandboxed, all of them', () => {
    expect(preferences()).toMatchObject({ contextIsolation: true, sandbox: true })
    expect(system.calls).toContain('enableSandbox')
  })

  test('5: every permission is refused but copying text by a button of ours', async () => {
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'fileSystem',
      'openExternal'
    ]) {
      expect(await system.session.permissionFor(permission)).toBe(false)
      expect(system.session.checks(permission)).toBe(false)
    }
    expect(await system.session.permissionFor('clipboard-sanitized-write')).toBe(true)
    expect(system.session.givesDevices()).toBe(false)
  })

  test('6, 8, 9 and 10: nothing of the web’s own protection is turned off, nothing experimental on', () => {
    expect(preferences()).toMatchObject({
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false
    })
    expect(preferences()).not.toHaveProperty('enableBlinkFeatures')
  })

  test('7: whatever the page is made of comes with the policy', async () => {
    const answer = await system.session.fetch('app://cytoloom/index.html')
    const policy = answer.headers.get('content-security-policy') ?? ''
    expect(policy).toMatch(/^default-src 'none'; script-src 'self'; style-src 'self';/)
    expect(policy).not.toMatch(/unsafe-eval|https?:|\*/)
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  })

  test('11 and 12: there are no webviews', () => {
    expect(preferences()).toMatchObject({ webviewTag: false })
    expect(system.window.webContents.attachesWebview()).toBe(false)
  })

  test('13: a page goes nowhere but within itself, its frames and its server’s redirects nowhere at all', async () => {
    const { webContents } = system.window
    for (const url of [
      'https://example.com/',
      'file:///etc/passwd',
      'asset://workspace/a.png',
      'app://other/',
      'app://cytoloom.example.com/',
      'javascript:alert(1)'
    ]) {
      expect(await webContents.navigate(url)).toBe(false)
    }
    expect(await webContents.navigate('app://cytoloom/', true)).toBe(false)
    expect(webContents.redirect('app://cytoloom/')).toBe(false)
    expect(webContents.loads).toBe(1)
    expect(await webContents.navigate('app://cytoloom/#/models')).toBe(true)
    expect(preferences()).toMatchObject({ navigateOnDragDrop: false })
  })

  test('14: a page opens no window, not even of itself', () => {
    for (const url of ['https://example.com/', 'app://cytoloom/', 'about:blank']) {
      expect(system.window.webContents.opensWindow(url)).toBe(false)
    }
  })

  test('15: nothing is opened outside; the file manager is shown only what the app owns', async () => {
    expect(sourcesOfHost()).not.toContain('openExternal')
    const page = pageClient(system)
    await expect(page.ask('desk.showInFolder', { thing: '/etc' })).rejects.toMatchObject({ kind: 'usage' })
    expect(system.inFolder).toEqual([])
  })

  test('16: the version of Electron is exact, and of the major release that this was written for', () => {
    const { devDependencies } = z
      .object({ devDependencies: z.record(z.string(), z.string()) })
      .parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
    expect(devDependencies['electron']).toMatch(/^4[5-9]\.\d+\.\d+$/)
  })

  test('17: only the page in the main frame of a window of ours is answered', async () => {
    const page = pageOf(system)
    const refused = { error: { kind: 'usage', message: 'Only the page of this window may ask.' } }
    expect(await page.api.send('tasks.list', {})).toEqual({ output: { tasks: [] } })
    expect(await page.invokeFrom({ url: page.frame.url }, 'request', 'tasks.list', {})).toEqual(refused) // a frame in it
    expect(await page.invokeFrom(null, 'request', 'tasks.list', {})).toEqual(refused) // one that is gone
    system.window.webContents.page = Object.assign(page, { frame: { url: 'https://example.com/' } })
    expect(await page.invokeFrom(page.frame, 'request', 'tasks.list', {})).toEqual(refused) // another page
    for (const url of ['app://cytoloom.example.com/', 'file:///app/index.html', 'app://other/', '']) {
      Object.assign(page, { frame: { url } })
      expect(await page.invokeFrom(page.frame, 'request', 'tasks.list', {})).toEqual(refused)
    }
    await expect(page.invokeFrom(page.frame, 'shell.openExternal', 'https://example.com/')).rejects.toThrow(
      'No handler'
    )
  })

  test('18: own schemes with an origin instead of file:, which is blocked; only pictures and page files lead out', async () => {
    expect(system.session.schemes).toEqual([
      { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } },
      { scheme: 'asset', privileges: { standard: true, secure: true } }
    ])
    const samples = join(app.workspace, 'runs/r-1/samples')
    mkdirSync(samples, { recursive: true })
    writeFileSync(join(samples, '250.png'), 'picture')
    writeFileSync(join(folder, 'secret.png'), 'secret')
    symlinkSync(join(folder, 'secret.png'), join(samples, 'link.png'))
    const picture = await system.session.fetch('asset://workspace/runs/r-1/samples/250.png')
    expect(await picture.text()).toBe('picture')
    for (const url of [
      'asset://workspace/runs/r-1/samples/link.png',
      'asset://workspace/../secret.png',
      'asset://workspace/%2e%2e/secret.png',
      'asset://workspace/catalog.sqlite',
      'asset://elsewhere/runs/r-1/samples/250.png',
      'app://cytoloom/../../package.json',
      'app://cytoloom/%2e%2e%2fsecret.png',
      'app://other/index.html'
    ]) {
      expect((await system.session.fetch(url)).status).toBe(404)
    }
  })

  test('19: every fuse is stated', () => {
    const { electronFuses, asar } = z
      .object({ electronFuses: z.record(z.string(), z.boolean()), asar: z.boolean() })
      .parse(parse(readFileSync(join(root, 'build/electron-builder.yml'), 'utf8')))
    expect(electronFuses).toEqual({
      runAsNode: false,
      enableCookieEncryption: false, // there are no cookies
      enableNodeOptionsEnvironmentVariable: false,
      enableNodeCliInspectArguments: false,
      // These two need an archive; the engine runs in the Node that comes along, which cannot read inside one.
      enableEmbeddedAsarIntegrityValidation: asar,
      onlyLoadAppFromAsar: asar,
      loadBrowserProcessSpecificV8Snapshot: false,
      grantFileProtocolExtraPrivileges: false
    })
  })

  test('20: the page gets four functions and nothing of Electron', () => {
    const { world, api } = pageOf(system)
    expect(Object.keys(world)).toEqual(['cytoloom'])
    expect(Object.keys(api).sort()).toEqual(['listen', 'onGoTo', 'pathOf', 'send'])
    expect(Object.isFrozen(api)).toBe(true)
    for (const name of ['require', 'process', 'module', 'global', 'Buffer', 'ipcRenderer']) {
      expect(world).not.toHaveProperty(name)
    }
  })
})

test('what is asked is plain data and no more than a form', async () => {
  const { api } = pageOf(system)
  const circle: { self?: object } = {}
  circle.self = circle
  for (const input of [circle, { big: 1n }, { text: 'a'.repeat(1_000_001) }]) {
    expect(await api.send('tasks.list', input)).toMatchObject({ error: { kind: 'usage' } })
  }
  expect(await pageOf(system).invokeFrom(pageOf(system).frame, 'request', { name: 'tasks.list' })).toEqual({
    error: { kind: 'usage', message: 'A request has a name.' }
  })
})
