import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { openCatalog } from '../../../src/main/catalog/catalog.ts'
import { Task } from '../../../src/shared/tasks.ts'
import { makeSyntheticSet } from '../../support/synthetic-set.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'
import { openTestApp, type TestApp } from '../../support/test-app.ts'

let folder: string
let workspace: string
let out: string

beforeEach(async () => {
  folder = await temporaryFolder()
  workspace = join(folder, 'workspace')
  out = join(folder, 'blocks.zip')
  await inApp(() => Promise.resolve()) // makes the workspace
})

async function inApp<Result>(work: (host: TestApp) => Promise<Result>): Promise<Result> {
  const host = await openTestApp(workspace)
  try {
    return await work(host)
  } finally {
    await host.app.close()
  }
}

function packAndDie(moment: 'announced' | 'named' | 'described'): void {
  const script = join(import.meta.dirname, '../../support/killed-packing.ts')
  const { signal, stderr } = spawnSync(process.execPath, [script, workspace, join(folder, 'set'), out, moment])
  expect([signal, stderr.toString()]).toEqual(['SIGKILL', ''])
}

const packages = () => inApp(async (host) => (await host.request('workspace.show', {})).packages)

/** Hidden files too. */
const leftovers = async (): Promise<string[]> =>
  [...(await readdir(folder)), ...(await readdir(join(workspace, 'packages')))].filter((name) => name.startsWith('.'))

test('a package that was killed before it had its name leaves nothing that the workspace speaks of', async () => {
  packAndDie('announced')
  expect(existsSync(out)).toBe(false)
  expect(await packages()).toEqual([])
  expect(await readdir(join(workspace, 'packages'))).toEqual([])
})

test.for(['named', 'described'] as const)(
  'a package that was killed when it was %s is known at the next start',
  async (moment) => {
    packAndDie(moment)
    const [stored, ...others] = await packages()
    expect(others).toEqual([])
    expect(stored).toMatchObject({ name: 'blocks', file: out, bytes: (await readFile(out)).length })
    expect(await readdir(join(workspace, 'packages'))).toEqual([stored?.id])
    expect(await leftovers()).toEqual([])
    await rm(join(workspace, 'catalog.sqlite'))
    expect(await packages()).toEqual([stored])
  }
)

test('another file of the name is not taken for the package that was killed, and stays', async () => {
  packAndDie('named')
  const bytes = (await readFile(out)).fill(0, 0, 1)
  await writeFile(out, bytes)
  expect(await packages()).toEqual([])
  expect((await readFile(out)).equals(bytes)).toBe(true)
  expect(await leftovers()).toEqual([])
})

test.runIf(process.platform !== 'win32')(
  'a stranger’s pipe in the place of what is laid ready holds up no start',
  async () => {
    const dead = spawnSync(process.execPath, ['-e', '']).pid
    const hidden = join(workspace, 'packages', `.k-1.partial-${dead}-00000000-0000-0000-0000-000000000000`)
    await mkdir(hidden)
    spawnSync('mkfifo', [join(hidden, 'about.json')])
    expect(await packages()).toEqual([])
    expect(await leftovers()).toEqual([])
  }
)

/** A task of a program that is gone. */
function insertTask(id: string, input: object, fields: object = {}): void {
  const catalog = openCatalog(join(workspace, 'catalog.sqlite'))
  const task = { id, kind: 'package', name: 'blocks.zip', state: 'running', worker: 'gone', rank: 1, input, ...fields }
  catalog.tasks.insert(Task.parse({ created: '2025-01-01T00:00:00.000Z', ...task }), false)
  catalog.close()
}

const input = () => ({ set: 'Block cells', out, formats: ['labels' as const] })

test('the task of a package that is whole is done; one that was cut off leaves nothing and can begin again', async () => {
  packAndDie('named')
  const [made] = await packages()
  await makeSyntheticSet(join(workspace, 'synthetic', 's-test'))
  await mkdir(join(folder, '.other.zip.partial-999999999-00000000-0000-0000-0000-000000000000'))
  insertTask('t-made', input(), { thing: made?.id })
  insertTask('t-cut', { ...input(), out: join(folder, 'other.zip') }, { thing: 'k-none' })

  await inApp(async (host) => {
    const { tasks } = await host.request('tasks.list', { all: true })
    expect(tasks.map(({ id, state }) => [id, state])).toEqual([
      ['t-made', 'done'],
      ['t-cut', 'interrupted']
    ])
    expect(await leftovers()).toEqual([])
    const again = await host.request('tasks.again', { id: 't-cut', follow: true })
    expect(again).toMatchObject({ state: 'done', outcome: { file: join(folder, 'other.zip') } })
    expect((await host.request('workspace.show', {})).packages).toHaveLength(2)
  })
})

test('what was cancelled when it was killed is gone, and so is its file unless it is another by now', async () => {
  for (const isAnother of [false, true]) {
    packAndDie('described')
    const [made] = await packages()
    if (isAnother) await writeFile(out, 'mine')
    insertTask(`t-${isAnother}`, input(), { thing: made?.id })
    const catalog = openCatalog(join(workspace, 'catalog.sqlite'))
    catalog.tasks.setWish(catalog.tasks.require(`t-${isAnother}`).id, 'cancel')
    catalog.close()

    expect(await packages()).toEqual([])
    expect(existsSync(out)).toBe(isAnother)
  }
})

test('a package made where another was takes its name, and nothing is left of the other', async () => {
  await makeSyntheticSet(join(workspace, 'synthetic', 's-test'))
  await inApp(async (host) => {
    for (const round of [1, 2]) {
      await host.request('packages.create', input())
      const [stored, ...others] = (await host.request('workspace.show', {})).packages
      expect([stored?.name, others, round]).toEqual(['blocks', [], round])
      expect(await readdir(join(workspace, 'packages'))).toEqual([stored?.id])
      await rm(out)
    }
  })
})
