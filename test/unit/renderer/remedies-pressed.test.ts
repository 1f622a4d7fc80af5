import { join } from 'node:path'
import SQLite from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeZip } from '../../../src/main/files/zip/writer.ts'
import { Bridge } from '../../../src/renderer/bridge.ts'
import { addressOf } from '../../../src/renderer/router.ts'
import { Computer } from '../../../src/renderer/state/computer.svelte.ts'
import { Problems } from '../../../src/renderer/state/problems.svelte.ts'
import { Questions } from '../../../src/renderer/state/questions.svelte.ts'
import { remedyActions } from '../../../src/renderer/state/remedy-actions.ts'
import { renaming } from '../../../src/renderer/state/renaming.ts'
import { TaskList } from '../../../src/renderer/state/tasks.svelte.ts'
import { Tending } from '../../../src/renderer/state/tending.svelte.ts'
import { WorkspaceContent } from '../../../src/renderer/state/workspace.svelte.ts'
import { AppError } from '../../../src/shared/errors.ts'
import { type Remedy } from '../../../src/shared/remedies.ts'
import { hasEnded, type Task, type TaskKind } from '../../../src/shared/tasks.ts'
import { DispatchTransport } from '../../support/dispatch-transport.ts'
import { fakeTask } from '../../support/fake-demo.ts'
import { makeSyntheticSet } from '../../support/synthetic-set.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { everyRemedy } from '../../support/remedies.ts'
import { remedyWords } from '../../../src/renderer/text/remedies.ts'
import { addSampleTiles, openTestApp, sampleFolder, type TestApp } from '../../support/test-app.ts'

let folder: string
let host: TestApp

beforeAll(async () => {
  folder = await temporaryFolder(afterAll)
  await makeSyntheticSet(join(folder, 'synthetic/s-test'), 4)
  host = await openTestApp(folder)
  await addSampleTiles(host)
})
afterAll(() => host.app.close())

/** What a page on this app does for a remedy. */
async function openPage(app: TestApp, onAsked: (name: string) => void = () => undefined) {
  const transport = new DispatchTransport(app)
  const bridge = new Bridge(transport)
  const problems = new Problems()
  const questions = new Questions(problems)
  const tasks = new TaskList(bridge)
  const workspace = new WorkspaceContent(bridge, problems)
  await workspace.load()
  transport.onAsked = onAsked
  const places: string[] = []
  const actionOf = remedyActions({
    go: (place) => places.push(addressOf(place)),
    idOf: (kind, name) => workspace.idOf(kind, name),
    runOf: (name) => workspace.runOf(name),
    preparedOf: (name) => workspace.preparedOf(name),
    freeName: (wanted) => workspace.freeName(wanted),
    chooseWorkspace: undefined, // as in a browser
    computer: new Computer(bridge, tasks),
    tasks,
    tending: new Tending(bridge),
    problems,
    questions
  })
  return { actionOf, places, problems, questions, tasks }
}

/** The remedies of what a request is refused for. */
async function remediesOf(asking: Promise<unknown>): Promise<readonly Remedy[]> {
  const error: unknown = await asking.then(
    () => undefined,
    (thrown: unknown) => thrown
  )
  if (!(error instanceof AppError)) throw new Error('the request is refused', { cause: error })
  return error.remedies
}

describe('A remedy of a real trouble, pressed in the page', () => {
  test('makes a damaged catalogue anew', async () => {
    const catalog = new SQLite(join(folder, 'catalog.sqlite'))
    catalog.prepare(`UPDATE datasets SET classes = '"none"'`).run()
    catalog.close()
    const ask = () => host.request('datasets.show', { name: 'sample' })
    const remedies = await remediesOf(ask())
    expect(remedies).toEqual([{ action: 'rebuild-catalogue' }])
    const bridge = new Bridge(new DispatchTransport(host))
    const { actionOf, problems } = openPageOfDamaged(bridge)
    for (const remedy of remedies) actionOf(remedy)?.()
    await expect.poll(async () => (await ask().catch(() => undefined))?.images.length).toBe(16)
    expect(problems.of('page')).toBeUndefined()
  })

  test('opens as a package what is none of the images that were asked for', async () => {
    const file = join(folder, 'for a colleague.zip')
    await host.request('packages.create', { set: 's-test', out: file })
    const colleague = await openTestApp(join(folder, 'colleague'))
    const remedies = await remediesOf(colleague.request('datasets.import', { source: file, name: 'taken' }))
    expect(remedies).toEqual([{ action: 'open-package', file }])
    const { actionOf } = await openPage(colleague)
    for (const remedy of remedies) actionOf(remedy)?.()
    const sets = async () => (await colleague.request('workspace.show', {})).synthetic.map(({ name }) => name)
    await expect.poll(sets, { timeout: 30_000 }).toEqual(['Block cells'])
    await colleague.app.close()
  })

  test('leads to where a name that is not there can be looked up or made', async () => {
    const { actionOf, places } = await openPage(host)
    const askings = [
      () => host.request('datasets.show', { name: 'no such images' }),
      () => host.request('synthetic.show', { name: 'no such set' }),
      () => host.request('runs.show', { name: 'no such run' }),
      () => host.request('masks.graph', { dataset: 'sample', image: 'no such image' })
    ]
    for (const ask of askings) {
      for (const remedy of await remediesOf(ask())) actionOf(remedy)?.()
    }
    const [dataset] = (await host.request('workspace.show', {})).datasets
    expect(places).toEqual(['#/images', '#/sets/new', '#/models', `#/images/${dataset?.id ?? ''}`])
  })

  test('restores what is in the trash, and then it can be looked at', async () => {
    await host.request('things.trash', { things: ['s-test'], needing: 'leave' })
    const ask = () => host.request('synthetic.show', { name: 'Block cells' })
    const remedies = await remediesOf(ask())
    expect(remedies).toEqual([{ action: 'restore', name: 'Block cells' }])
    const { actionOf } = await openPage(host)
    for (const remedy of remedies) actionOf(remedy)?.()
    await expect.poll(async () => (await ask().catch(() => undefined))?.images.length).toBe(4)
  })
})

/** A task of these answers when it has ended. */
async function ended(kind: TaskKind, input: unknown): Promise<Task> {
  return settled((await host.request('tasks.start', { kind, input })).id)
}

async function settled(id: string): Promise<Task> {
  const show = () => host.request('tasks.show', { id })
  await expect.poll(async () => hasEnded(await show()), { timeout: 200_000 }).toBe(true)
  return show()
}

/** The newest task of its kind, when it has come to its end. */
async function newest(kind: TaskKind): Promise<Task> {
  const { tasks } = await host.request('tasks.list', { all: true })
  return settled(tasks.filter((task) => task.kind === kind).at(-1)?.id ?? '')
}

describe('A remedy of a task that failed, pressed beside it', () => {
  /** Presses the remedy of this action and, where something is asked then, answers. */
  async function press(failed: Task, action: Remedy['action'], answer?: string) {
    expect(failed.state).toBe('failed')
    const remedy = failed.error?.remedies?.find((each) => each.action === action)
    if (remedy === undefined) throw new Error(`There is no such remedy: ${JSON.stringify(failed.error)}`)
    const page = await openPage(host)
    const act = page.actionOf(remedy, failed)
    expect(act).toBeDefined()
    act?.()
    const { open } = page.questions
    if (answer !== undefined) await page.questions.answer(answer)
    await expect.poll(async () => (await settled(failed.id)).dismissed).toBe(true)
    for (const subject of ['page', 'form question'] as const) expect(page.problems.of(subject)).toBeUndefined()
    return { asked: open, label: remedyWords(remedy, failed).button, again: await newest(failed.kind) }
  }

  test('does it again with the value that the app knows to help', async () => {
    const failed = await ended('prepare', { dataset: 'sample', name: 'large', tile: 2048 })
    const { label, again } = await press(failed, 'set-option')
    expect(label).toMatch(/^Set “Tile size” to \d+, and try again$/)
    expect(again).toMatchObject({ state: 'done', name: 'large' })
  })

  test('asks for what only the person knows, and keeps all other answers', async () => {
    const failed = await ended('import', {
      source: sampleFolder,
      name: 'by rule',
      format: 'labels',
      classFrom: 'colour'
    })
    const { asked, again } = await press(failed, 'set-option', 'folder')
    expect(asked).toMatchObject({ choice: 'classFrom', before: 'colour' })
    expect(again).toMatchObject({
      state: 'done',
      name: 'by rule',
      input: { source: sampleFolder, classFrom: 'folder' }
    })
  })

  test('asks for another name where it is taken, and proposes one that is free', async () => {
    const failed = await ended('import', { source: sampleFolder, name: 'sample', format: 'labels' })
    const { asked, again } = await press(failed, 'choose-name', 'sample of today')
    expect(asked).toMatchObject({ choice: 'name', before: 'sample 2' })
    expect(again).toMatchObject({ state: 'done', name: 'sample of today' })
  })

  test('takes an engine that is there', async () => {
    const failed = await ended('generate', { run: 'starter', name: 'fast', count: 1, engine: 'native-cpu' })
    const { again } = await press(failed, 'choose-engine')
    expect(again).toMatchObject({ state: 'done', input: { engine: 'auto', count: 1 } })
  })
})

const packElsewhere = {
  format: 1,
  name: 'native-cpu-2.21.0',
  kind: 'native-cpu',
  platform: 'beos',
  arch: process.arch,
  library: 'TensorFlow',
  version: '2.21.0',
  licence: 'LICENSE',
  files: [{ path: 'LICENSE', bytes: 1, sha256: '0'.repeat(64) }],
  sources: []
}

describe('A remedy of a real trouble that leads on', () => {
  test('trains a finished model further, as long as the person says', { timeout: 300_000 }, async () => {
    const tiny = { prepared: 'tiles', preset: 'demo', batch: 4, engine: 'wasm', evaluateEvery: 100 } as const
    await host.request('runs.train', { ...tiny, name: 'short', iterations: 1 })
    const failed = await ended('resume', { run: 'short' })
    const remedy = failed.error?.remedies?.find(({ action }) => action === 'extend-run')
    const { actionOf, questions, places } = await openPage(host)
    if (remedy) actionOf(remedy, failed)?.()
    expect(questions.open).toMatchObject({ choice: 'iterations', before: '2' })
    await questions.answer('2')
    const { run } = await host.request('runs.show', { name: 'short' })
    expect(places).toEqual([`#/models/${run.id}/live`])
    expect(await newest('resume')).toMatchObject({ state: 'done' })
    expect((await host.request('runs.show', { name: 'short' })).run).toMatchObject({ iteration: 2, state: 'finished' })
  })

  test('renames a thing otherwise where the name is taken', async () => {
    const rename = (name: string) => host.request('things.rename', { thing: 'sample', name })
    await host.request('datasets.import', { source: sampleFolder, name: 'other', format: 'labels', maxImages: 1 })
    const [remedy] = await remediesOf(rename('other'))
    const { actionOf, questions } = await openPage(host)
    if (remedy) actionOf(remedy, renaming('other', rename))?.()
    expect(questions.open).toMatchObject({ choice: 'name', before: 'other 2' })
    await questions.answer('sample of mine')
    expect((await host.request('datasets.show', { name: 'sample of mine' })).images).toHaveLength(16)
    await rename('sample of mine').catch(() => undefined)
    await host.request('things.rename', { thing: 'sample of mine', name: 'sample' })
  })

  test('leads to where a pack is made for another computer', async () => {
    const archive = join(folder, 'pack.zip')
    await writeZip(archive, [{ name: 'pack.json', bytes: Buffer.from(JSON.stringify(packElsewhere)) }])
    const { strangers } = await host.request('engine.look', { files: [archive] })
    const trust = strangers.map(({ sha256 }) => sha256)
    const failed = await ended('engine-install', { files: [archive], trust })
    const { actionOf, places } = await openPage(host)
    for (const remedy of failed.error?.remedies ?? []) actionOf(remedy, failed)?.()
    expect([failed.error?.message, places]).toEqual([
      expect.stringContaining('is for another kind of computer'),
      ['#/settings?at=archive']
    ])
  })
})

describe('Every remedy that errors can carry', () => {
  /** A host in a browser's service opens one workspace: only whoever starts it can choose another (the window can). */
  const sentences: readonly Remedy['action'][] = ['choose-workspace']

  test.each(everyRemedy.map((remedy) => [remedy.action, remedy] as const))(
    '“%s” is a button that leads somewhere, asks the person or asks the app',
    async (action, remedy) => {
      const asked: string[] = []
      const { actionOf, places, problems, questions } = await openPage(host, (name) => asked.push(name))
      const failed = { ...fakeTask('t-1', 'train'), input: {}, state: 'failed' as const }
      const act = actionOf(remedy, failed)
      if (action === 'pause-run')
        expect(act).toBeUndefined() // nothing is at work here
      else if (sentences.includes(action)) expect(act).toBeUndefined()
      else {
        act?.()
        await expect.poll(() => places.length + asked.length + (questions.open ? 1 : 0)).toBeGreaterThan(0)
        // What the app cannot do now (there is no such run) it says in a sentence beside the button.
        const kinds = ['page', 'packs'] as const
        for (const subject of kinds) expect(problems.of(subject)?.kind).not.toBe('defect')
      }
      expect(remedyWords(remedy, failed).sentence).toMatch(/^[A-Z“].*\.$/)
    }
  )
})

/** As `openPage`, of a workspace that cannot be shown yet. */
function openPageOfDamaged(bridge: Bridge) {
  const problems = new Problems()
  const tasks = new TaskList(bridge)
  const tending = new Tending(bridge)
  const computer = new Computer(bridge, tasks)
  const nothing = {
    go: () => undefined,
    idOf: () => undefined,
    runOf: () => undefined,
    preparedOf: () => undefined,
    chooseWorkspace: undefined
  }
  const questions = new Questions(problems)
  const freeName = (wanted: string) => wanted
  const actionOf = remedyActions({ ...nothing, freeName, computer, tasks, tending, problems, questions })
  return { actionOf, problems }
}
