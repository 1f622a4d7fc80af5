import { join } from 'node:path'
import SQLite from 'better-sqlite3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Bridge } from '../../../src/renderer/bridge.ts'
import { addressOf } from '../../../src/renderer/router.ts'
import { Computer } from '../../../src/renderer/state/computer.svelte.ts'
import { Problems } from '../../../src/renderer/state/problems.svelte.ts'
import { remedyActions } from '../../../src/renderer/state/remedy-actions.ts'
import { TaskList } from '../../../src/renderer/state/tasks.svelte.ts'
import { Tending } from '../../../src/renderer/state/tending.svelte.ts'
import { WorkspaceContent } from '../../../src/renderer/state/workspace.svelte.ts'
import { AppError } from '../../../src/shared/errors.ts'
import { type Remedy } from '../../../src/shared/remedies.ts'
import { DispatchTransport } from '../../support/dispatch-transport.ts'
import { makeSyntheticSet } from '../../support/synthetic-set.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { everyRemedy } from '../../support/remedies.ts'
import { remedyWords } from '../../../src/renderer/text/remedies.ts'
import { addSampleTiles, openTestApp, type TestApp } from '../../support/test-app.ts'

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
  const tasks = new TaskList(bridge)
  const workspace = new WorkspaceContent(bridge, problems)
  await workspace.load()
  transport.onAsked = onAsked
  const places: string[] = []
  const actionOf = remedyActions({
    go: (place) => places.push(addressOf(place)),
    idOf: (kind, name) => workspace.idOf(kind, name),
    computer: new Computer(bridge, tasks),
    tasks,
    tending: new Tending(bridge),
    problems
  })
  return { actionOf, places, problems }
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

describe('Every remedy that errors can carry', () => {
  /** The page has no other workspace, no second computer and, where a field is wrong, shows that field itself. */
  const sentences = ['choose-name', 'choose-workspace', 'choose-engine', 'archive-engine', 'extend-run', 'set-option']

  test.each(everyRemedy.map((remedy) => [remedy.action, remedy] as const))(
    '“%s” is a button that leads somewhere or asks the app, or a sentence that says what to do',
    async (action, remedy) => {
      const asked: string[] = []
      const { actionOf, places, problems } = await openPage(host, (name) => asked.push(name))
      const act = actionOf(remedy)
      if (action === 'pause-run')
        expect(act).toBeUndefined() // nothing is at work here
      else if (sentences.includes(action)) expect(act).toBeUndefined()
      else {
        act?.()
        await expect.poll(() => places.length + asked.length).toBeGreaterThan(0)
        // What the app cannot do now (there is no such run) it says in a sentence beside the button.
        const kinds = ['page', 'packs'] as const
        for (const subject of kinds) expect(problems.of(subject)?.kind).not.toBe('defect')
      }
      expect(remedyWords(remedy).sentence).toMatch(/^[A-Z“].*\.$/)
    }
  )
})

/** As `openPage`, of a workspace that cannot be shown yet. */
function openPageOfDamaged(bridge: Bridge) {
  const problems = new Problems()
  const tasks = new TaskList(bridge)
  const tending = new Tending(bridge)
  const computer = new Computer(bridge, tasks)
  const actionOf = remedyActions({ go: () => undefined, idOf: () => undefined, computer, tasks, tending, problems })
  return { actionOf, problems }
}
