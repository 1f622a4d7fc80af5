import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type AppEvent } from '../../../src/shared/api.ts'
import { type Task } from '../../../src/shared/tasks.ts'
import { pageClient, pageOf, startDesktop } from '../../support/electron/desktop.ts'
import { type StandIn } from '../../support/electron/stand-in.ts'
import { placesOfFiles } from '../../support/electron/stand-in-page.ts'
import { FakeApp } from '../../support/fake-app.ts'
import { fakeTask } from '../../support/fake-demo.ts'
import { sampleFolder } from '../../support/test-app.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

let folder: string

beforeEach(async () => {
  folder = await temporaryFolder()
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.doUnmock('electron')
  vi.doUnmock('../../../src/main/app.ts')
})

const fakeApp = (answers: ConstructorParameters<typeof FakeApp>[1] = {}) =>
  new FakeApp(join(folder, 'workspace'), answers)

/** Quits as the menu does, and waits for the end. */
async function quit(system: StandIn): Promise<void> {
  system.quit()
  await expect.poll(() => system.exitCode, { timeout: 20_000 }).toBe(0)
}

function packageFile(name: string): string {
  const file = join(folder, name)
  writeFileSync(file, 'PK')
  return file
}

describe('The desktop app with the real engine room', () => {
  test('opens one window of the page, answers its requests, tells it of changes and ends in peace', async () => {
    const system = await startDesktop(folder)
    expect(system.windows).toHaveLength(1)
    expect(system.window.webContents.url).toBe('app://cytoloom/')
    const page = pageClient(system)
    expect((await page.call('workspace.show', {})).folder).toBe(join(folder, 'workspace'))
    await expect(page.call('datasets.show', { name: 'nothing' })).rejects.toMatchObject({ kind: 'input' })

    const task = await page.call('tasks.start', { kind: 'look', input: { source: join(folder, 'nowhere') } })
    await expect
      .poll(async () => (await page.call('tasks.show', { id: task.id })).state, { timeout: 20_000 })
      .toBe('failed')
    expect(page.events).toContainEqual(expect.objectContaining({ event: 'task.changed' }))
    await quit(system)
  })

  test('asks before an import is cut off, goes on when told to, and leaves nothing half made when it quits', async () => {
    const system = await startDesktop(folder)
    const page = pageClient(system)
    const input = { source: sampleFolder, name: 'sample', format: 'labels' }
    const { id } = await page.call('tasks.start', { kind: 'import', input })
    system.answers.push({ response: 0 })
    system.quit()
    await expect.poll(() => system.shown.length).toBe(1)
    expect(system.shown[0]?.options).toMatchObject({
      message: 'Quit while CytoLoom is working?',
      detail: '“sample” (import) would have to start again; nothing half-made is kept.',
      buttons: ['Keep working', 'Quit']
    })
    expect(system.exitCode).toBeUndefined()
    expect(system.windows).toHaveLength(1)

    system.answers.push({ response: 1 })
    expect(system.window.close()).toBe(false) // by its cross, this time
    await expect.poll(() => system.exitCode, { timeout: 20_000 }).toBe(0)
    const left = readdirSync(join(folder, 'workspace/datasets')).filter((name) => !name.startsWith('.'))
    expect(left).toEqual([])

    const again = await startDesktop(folder)
    expect((await pageClient(again).call('tasks.show', { id })).state).toBe('interrupted')
    await quit(again)
  })

  test('logs what went wrong into a file of its own, and copies it without paths', async () => {
    const system = await startDesktop(folder)
    await pageClient(system)
      .call('packages.verify', { file: '/home/ada/patients/plate 3.cytoloom' })
      .catch(() => undefined)
    const log = join(folder, 'user/logs/cytoloom.log')
    expect(readFileSync(log, 'utf8')).toContain('/home/ada/patients/plate 3.cytoloom')
    system.choose('Copy Details for a Report')
    expect(system.copied).toMatch(/^CytoLoom \d+\.\d+\.\d+, \w+ \w+\n/)
    expect(system.copied).toContain('‹path›.cytoloom')
    expect(system.copied).not.toContain('ada')
    system.choose('Show Log File')
    expect(system.inFolder).toEqual([log])
    await quit(system)
  })
})

describe('Windows', () => {
  test('have the colour of the page before it is painted, in light and in dark', async () => {
    const tokens = readFileSync(join(import.meta.dirname, '../../../src/renderer/styles/tokens.css'), 'utf8')
    const [light, dark] = [...tokens.matchAll(/--page: (#[0-9a-f]{6});/g)].map((found) => found[1])
    const system = await startDesktop(folder, { app: fakeApp() })
    expect(system.window.options).toMatchObject({ show: false, backgroundColor: light })
    expect(system.window.states).toEqual(['shown'])
    const night = await startDesktop(folder, { app: fakeApp(), isDark: true })
    expect(night.window.options['backgroundColor']).toBe(dark)
  })

  test('open where the last one was closed, but not where no screen is any more', async () => {
    const system = await startDesktop(folder, { app: fakeApp() })
    expect(system.window.options).toMatchObject({ width: 1280, height: 900 })
    system.window.setBounds({ x: 200, y: 100, width: 1000, height: 700 })
    system.window.maximize()
    await quit(system)
    const second = await startDesktop(folder, { app: fakeApp() })
    expect(second.window.options).toMatchObject({ x: 200, y: 100, width: 1000, height: 700 })
    expect(second.window.states).toContain('maximized')

    second.window.setBounds({ x: 5000, y: 100, width: 1000, height: 700 })
    await quit(second)
    const third = await startDesktop(folder, { app: fakeApp() })
    expect(third.window.options).toMatchObject({ width: 1000, height: 700 })
    expect(third.window.options).not.toHaveProperty('x')

    writeFileSync(join(folder, 'user/window.json'), '{"width": -1}')
    expect((await startDesktop(folder, { app: fakeApp() })).window.options).toMatchObject({ width: 1280 })
  })

  test('can be several, each answered, all told; only the last one ends the program', async () => {
    const app = fakeApp({ 'tasks.list': () => ({ tasks: [] }) })
    const system = await startDesktop(folder, { app })
    const first = pageClient(system)
    system.choose('New Window')
    await expect.poll(() => system.windows[1]?.webContents.isProcessAlive()).toBe(true)
    const second = pageClient(system)
    for (const page of [first, second]) {
      expect(await page.call('tasks.list', {})).toEqual({ tasks: [] })
    }
    app.emit({ event: 'workspace.changed' })
    expect([...first.events, ...second.events]).toHaveLength(2)
    expect(system.windows[0]?.close()).toBe(true)
    expect(system.exitCode).toBeUndefined()
    system.window.close()
    await expect.poll(() => system.exitCode).toBe(0)
  })

  test('say that the page has ended and bring it back', async () => {
    const system = await startDesktop(folder, { app: fakeApp() })
    const { webContents } = system.window
    system.answers.push({ response: 0 })
    webContents.endProcess('oom')
    await expect.poll(() => webContents.isProcessAlive()).toBe(true)
    expect(system.shown[0]?.options).toMatchObject({
      message: 'The page ran out of memory.',
      detail: 'What is being worked on continues, and your answers are kept.'
    })
    webContents.endProcess('clean-exit')
    expect(system.shown).toHaveLength(1)
  })

  test('say that the page does not answer; it is loaded again only when that is wanted', async () => {
    const system = await startDesktop(folder, { app: fakeApp() })
    const { webContents } = system.window
    system.answers.push({ response: 0 })
    webContents.emit('unresponsive')
    await expect.poll(() => system.shown.length).toBe(1)
    expect(webContents.loads).toBe(1)

    system.answers.push({ response: 1 })
    webContents.emit('unresponsive')
    await expect.poll(() => webContents.loads).toBe(2)
    expect(system.shown).toHaveLength(2) // and no word of an end that was wanted
    await expect.poll(() => webContents.isProcessAlive()).toBe(true)
  })

  test('take the question back when the page answers again', async () => {
    const system = await startDesktop(folder, { app: fakeApp() })
    const { webContents } = system.window
    webContents.emit('unresponsive')
    webContents.emit('responsive')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(webContents.loads).toBe(1)
    webContents.emit('unresponsive')
    expect(system.shown).toHaveLength(2)
  })
})

describe('A package that is double-clicked', () => {
  const address = (file: string) => `app://cytoloom/#/packages/new?${new URLSearchParams({ open: file }).toString()}`

  test('is shown in the first window where the program is not running yet', async () => {
    const file = packageFile('plate 3.cytoloom')
    const words = ['--hidden', file, join(folder, 'gone.cytoloom'), sampleFolder]
    const system = await startDesktop(folder, { app: fakeApp(), words })
    expect(system.windows.map(({ webContents }) => webContents.url)).toEqual([address(file)])
  })

  test('is shown by the running program, which comes to the front; a second one ends at once', async () => {
    const first = await startDesktop(folder, { app: fakeApp() })
    const page = pageClient(first)
    first.window.minimize()
    const file = packageFile('b.CytoLoom')
    const second = await startDesktop(folder, { app: fakeApp(), words: [file], first })
    expect(second.exitCode).toBe(0)
    expect(second.windows).toEqual([])
    await expect.poll(() => page.visited).toEqual([address(file).slice('app://cytoloom/'.length)])
    expect(first.window.states.slice(-2)).toEqual(['restored', 'shown'])
    await startDesktop(folder, { app: fakeApp(), first })
    await expect.poll(() => first.focused).toBe(first.window)
  })

  test('comes as an event on a Mac, before there is a window and after', async () => {
    const file = packageFile('c.cytoloom')
    const system = await startDesktop(folder, { app: fakeApp() })
    const page = pageClient(system)
    expect(system.app.ask('open-file', {}, file)).toBe(true)
    system.app.ask('open-file', {}, join(folder, 'a.exe'))
    expect(page.visited).toEqual([expect.stringContaining('c.cytoloom')])
  })
})

describe('The system around the page', () => {
  test('lets a person choose, save, and look into folders that the app owns', async () => {
    const app = fakeApp({ 'things.place': ({ thing }) => ({ path: `/labs/${thing}` }) })
    const system = await startDesktop(folder, { app })
    const page = pageClient(system)
    system.answers.push({ canceled: false, filePaths: ['/data/a', '/data/b'] })
    expect(await page.ask('desk.choose', { kind: 'folder', many: true })).toEqual({ paths: ['/data/a', '/data/b'] })
    expect(system.shown[0]).toMatchObject({
      kind: 'open',
      options: { properties: ['openDirectory', 'multiSelections'] }
    })
    system.answers.push({ canceled: true, filePaths: [] })
    expect(await page.ask('desk.choose', { kind: 'package' })).toEqual({ paths: [] })
    expect(system.shown[1]?.options).toMatchObject({
      filters: [{ extensions: ['cytoloom', 'zip'] }, { extensions: ['*'] }]
    })
    system.answers.push({ canceled: false, filePath: '/usb/a.cytoloom' }, { canceled: true, filePath: '' })
    expect(await page.ask('desk.chooseNew', { kind: 'package', name: 'a.cytoloom' })).toEqual({
      path: '/usb/a.cytoloom'
    })
    expect(system.shown[2]).toMatchObject({ kind: 'save', options: { defaultPath: 'a.cytoloom' } })
    expect(await page.ask('desk.chooseNew', { kind: 'package', name: 'a.cytoloom' })).toEqual({})
    expect(await page.ask('desk.showInFolder', { thing: 'ds1' })).toEqual({ path: '/labs/ds1', shown: true })
    expect(system.inFolder).toEqual(['/labs/ds1'])
  })

  test('tells where a dropped file lies, and of one that a script made that it lies nowhere', async () => {
    const system = await startDesktop(folder, { app: fakeApp() })
    const { api } = pageOf(system)
    const dropped = new File([], 'plate.tif')
    placesOfFiles.set(dropped, '/data/plate.tif')
    expect(api.pathOf(dropped)).toBe('/data/plate.tif')
    expect(api.pathOf(new File([], 'plate.tif'))).toBe('')
    expect(() => api.pathOf({ name: '/etc/passwd' })).toThrow()
  })

  test('has a menu that leads to places of the page and opens packages and the workspace', async () => {
    const app = fakeApp()
    const system = await startDesktop(folder, { app })
    const page = pageClient(system)
    system.choose('Import Images…')
    system.choose('What Is Being Worked On')
    system.answers.push({ canceled: false, filePaths: ['/usb/a.cytoloom'] })
    system.choose('Open Package…')
    const opened = '#/packages/new?open=%2Fusb%2Fa.cytoloom'
    await expect.poll(() => page.visited).toEqual(['#/images/new', '#/work', opened])
    system.choose('Show Workspace Folder')
    expect(system.openedPaths).toEqual([app.workspace])
  })

  test('keeps crash dumps here, and does not start with the computer', async () => {
    const system = await startDesktop(folder, { app: fakeApp() })
    expect(system.crashReporter).toEqual([{ uploadToServer: false }])
    expect(system.calls).toEqual(['enableSandbox'])
  })
})

describe('Work', () => {
  const changed = (task: Task): AppEvent => ({ event: 'task.changed', task })

  test('keeps the computer awake and shows in the taskbar how far it is', async () => {
    const app = fakeApp()
    const system = await startDesktop(folder, { app })
    const task = fakeTask('t-1', 'train')
    app.emit(changed({ ...task, state: 'waiting' }))
    expect(system.awake.size).toBe(1)
    app.emit(changed({ ...task, state: 'running', done: 30, total: 120 }))
    app.emit(changed({ ...task, state: 'running' }))
    app.emit(changed({ ...task, state: 'done' }))
    expect(system.window.progress.map(({ value, mode }) => [value, mode])).toEqual([
      [-1, undefined],
      [0.25, 'normal'],
      [2, 'indeterminate'],
      [-1, undefined]
    ])
    expect(system.awake.size).toBe(0)
  })

  test('tells of its end to whoever looks elsewhere, and a press leads there', async () => {
    const app = fakeApp()
    const system = await startDesktop(folder, { app })
    const page = pageClient(system)
    const task = { ...fakeTask('t-1', 'train'), name: 'plate 3', seconds: 600 }
    const run = (state: Task['state'], more: Partial<Task> = {}) => {
      app.emit(changed({ ...task, state: 'running' }))
      app.emit(changed({ ...task, state, ...more }))
    }
    run('done') // the window is in front
    expect(system.notifications).toEqual([])
    system.focused = undefined
    run('done', { summary: '1,200 iterations' })
    run('paused', { error: { kind: 'resources', message: 'The disk is full.' } })
    run('paused') // by the person
    run('cancelled')
    run('done', { seconds: 3 })
    expect(system.notifications).toMatchObject([
      { options: { title: '“plate 3” is done', body: '1,200 iterations' } },
      { options: { title: '“plate 3” needs you', body: 'The disk is full.' } }
    ])
    system.notifications[1]?.emit('click')
    expect(system.focused).toBe(system.window)
    expect(page.visited).toEqual(['#/work'])
  })

  test('of every kind is asked about before quitting, once, in sentences; what others work on is not', async () => {
    const app = fakeApp()
    const train = { ...fakeTask('t-1', 'train'), name: 'a' }
    const other = { ...fakeTask('t-2', 'generate'), name: 'b' }
    vi.spyOn(app, 'whenQuitting').mockReturnValue({ goesOn: [other], pauses: [train], lost: [{ ...other, name: 'c' }] })
    const close = vi.spyOn(app, 'close')
    const system = await startDesktop(folder, { app })
    system.quit()
    system.quit()
    system.window.close()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(system.shown.map(({ options }) => options['detail'])).toEqual([
      [
        '“a” (train) will stop at a safe point and can be resumed.',
        '“c” (generate) would have to start again; nothing half-made is kept.',
        '“b” (generate) is run by another program and continues.'
      ].join('\n')
    ])
    expect(close).not.toHaveBeenCalled()
    expect(system.windows).toHaveLength(1)

    vi.spyOn(app, 'whenQuitting').mockReturnValue({ goesOn: [other], pauses: [], lost: [] })
    const quiet = await startDesktop(join(folder, 'second'), { app })
    await quit(quiet)
    expect(quiet.shown).toEqual([])
    expect(close).toHaveBeenCalledOnce()
  })

  test('stops at a safe point before the program ends, however long that takes, with the window saying so', async () => {
    const app = fakeApp()
    vi.spyOn(app, 'whenQuitting').mockReturnValue({ goesOn: [], pauses: [fakeTask('t-1', 'train')], lost: [] })
    let finish = (): void => undefined
    vi.spyOn(app, 'close').mockReturnValue(new Promise<void>((resolve) => (finish = resolve)))
    const system = await startDesktop(folder, { app })
    system.answers.push({ response: 1 })
    system.quit()
    await expect.poll(() => system.window.title).toBe('CytoLoom is closing at a safe point …')
    expect(system.window.progress.at(-1)).toEqual({ value: 2, mode: 'indeterminate' })
    expect(system.window.close()).toBe(false)
    expect(system.exitCode).toBeUndefined()
    finish()
    await expect.poll(() => system.exitCode).toBe(0)
  })
})
