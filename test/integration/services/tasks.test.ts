import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { AppEvent } from '../../../src/shared/api.ts'
import { openCatalog } from '../../../src/main/catalog/catalog.ts'
import { Task } from '../../../src/shared/tasks.ts'
import { openTestApp, sampleFolder } from '../../support/test-app.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

const importInput = { source: sampleFolder, name: 'plate', format: 'labels' as const, maxImages: 4 }

test('a long request is a task, with its input in full, what it came to, and the name of what it made', async () => {
  const host = await openTestApp(await temporaryFolder())
  const { dataset } = await host.request('datasets.import', importInput)
  const { tasks } = await host.request('tasks.list', {})
  expect(tasks).toMatchObject([{ kind: 'import', name: 'plate', state: 'done', thing: dataset.id, input: importInput }])
  expect(tasks[0]?.summary).toMatch(/^4 images with \d+ cells$/)
  await host.app.close()
})

test('a task that was asked for by a page goes on by itself, and tells how', async () => {
  const host = await openTestApp(await temporaryFolder())
  const states: string[] = []
  host.app.onEvent((event: AppEvent) => {
    if (event.event === 'task.changed' && states.at(-1) !== event.task.state) states.push(event.task.state)
  })
  const { id } = await host.request('tasks.start', { kind: 'import', input: importInput })
  await expect.poll(async () => (await host.request('tasks.show', { id })).state, { timeout: 30_000 }).toBe('done')
  expect(states).toEqual(['waiting', 'running', 'done'])
  await host.app.close()
})

test('an input that a kind of task does not take is refused before there is a task', async () => {
  const host = await openTestApp(await temporaryFolder())
  await expect(host.request('tasks.start', { kind: 'prepare', input: { name: 'p' } })).rejects.toMatchObject({
    kind: 'usage'
  })
  expect((await host.request('tasks.list', {})).tasks).toEqual([])
  await host.app.close()
})

test('what ended begins anew with one answer changed and the others as they were; one that it does not take is refused', async () => {
  const host = await openTestApp(await temporaryFolder())
  await host.request('datasets.import', importInput)
  await host.request('datasets.import', importInput).catch(() => undefined)
  const failed = (await host.request('tasks.list', {})).tasks.find(({ state }) => state === 'failed')
  const { id = '' } = failed ?? {}
  const again = (changes: Record<string, unknown>) => host.request('tasks.again', { id, changes, follow: true })
  await expect(again({ colour: 'red' })).rejects.toMatchObject({ kind: 'usage' })
  await expect(again({ maxImages: 'many' })).rejects.toMatchObject({ kind: 'usage' })
  expect(await again({ name: 'plate 2' })).toMatchObject({ state: 'done', input: { ...importInput, name: 'plate 2' } })
  expect((await host.request('tasks.show', { id })).dismissed).toBe(true)
  await host.app.close()
})

test('a field that no request knows is refused; a task that an older version stored with it begins again', async () => {
  const workspace = await temporaryFolder()
  const host = await openTestApp(workspace)
  const input = { file: join(workspace, 'none.zip'), depth: 2 }
  const refused = { kind: 'usage', message: '"depth" cannot be chosen here.' }
  await expect(host.request('packages.verify', input)).rejects.toMatchObject(refused)
  await expect(host.request('tasks.start', { kind: 'verify', input })).rejects.toMatchObject(refused)
  expect((await host.request('tasks.list', {})).tasks).toEqual([])
  await host.app.close()

  const catalog = openCatalog(join(workspace, 'catalog.sqlite'))
  const old = { id: 't-old', kind: 'verify', name: 'none.zip', state: 'failed', rank: 1, input }
  catalog.tasks.insert(Task.parse({ created: '2025-01-01T00:00:00.000Z', ...old }), false)
  catalog.close()
  const later = await openTestApp(workspace)
  await expect(later.request('tasks.again', { id: 't-old', follow: true })).rejects.toMatchObject({ file: input.file })
  const { tasks } = await later.request('tasks.list', {})
  expect(tasks.map((task) => task.input)).toEqual([{ file: input.file }])
  await later.app.close()
})

test('an import that is cancelled leaves no folder and no name', async () => {
  const workspace = await temporaryFolder()
  const host = await openTestApp(workspace)
  const { id } = await host.request('tasks.start', { kind: 'import', input: { ...importInput, maxImages: 20 } })
  const cancelled = await host.request('tasks.cancel', { id, follow: true })
  expect(cancelled.state).toBe('cancelled')
  expect(readdirSync(join(workspace, 'datasets'))).toEqual([])
  await host.request('datasets.import', importInput)
  await host.app.close()
})

test('generating stops at once when it is cancelled, and leaves no folder', { timeout: 120_000 }, async () => {
  const workspace = await temporaryFolder()
  const host = await openTestApp(workspace)
  const input = { run: 'starter', name: 'many', count: 5000, engine: 'wasm' }
  const { id } = await host.request('tasks.start', { kind: 'generate', input })
  const done = async (): Promise<number> => (await host.request('tasks.show', { id })).done ?? 0
  await expect.poll(done, { timeout: 90_000 }).toBeGreaterThan(0)
  const cancelled = await host.request('tasks.cancel', { id, follow: true })
  expect(cancelled.state).toBe('cancelled')
  expect(readdirSync(join(workspace, 'synthetic'))).toEqual([])
  await host.app.close()
})

test('a task whose data set went to the trash while it waited fails alone, in a sentence', async () => {
  const host = await openTestApp(await temporaryFolder())
  await host.request('datasets.import', importInput)
  // Three at a time share the disk: the fourth waits.
  const looks = Array.from({ length: 3 }, () => ({ kind: 'look', input: { source: sampleFolder } }) as const)
  for (const look of looks) await host.request('tasks.start', look)
  const { id, state } = await host.request('tasks.start', {
    kind: 'prepare',
    input: { dataset: 'plate', name: 'p', tile: 32 }
  })
  expect(state).toBe('waiting')
  await host.request('things.trash', { things: ['plate'] })
  const task = async (): Promise<Task> => host.request('tasks.show', { id })
  await expect.poll(async () => (await task()).state, { timeout: 60_000 }).toBe('failed')
  expect((await task()).error).toMatchObject({ kind: 'input', message: expect.stringContaining('"plate"') as string })
  const { tasks } = await host.request('tasks.list', {})
  await expect
    .poll(
      async () =>
        (await host.request('tasks.list', {})).tasks.filter((each) => each.kind === 'look').map((each) => each.state),
      {
        timeout: 60_000
      }
    )
    .toEqual(['done', 'done', 'done'])
  expect(tasks).toHaveLength(5)
  await host.app.close()
})

test('the clock may jump back by a day: what was asked for last is still last', async () => {
  const workspace = await temporaryFolder()
  const host = await openTestApp(workspace)
  await host.request('datasets.import', importInput)
  await host.app.close()
  const back = await openTestApp(workspace, { now: () => new Date(Date.now() - 86_400_000) })
  await back.request('tasks.start', { kind: 'look', input: { source: sampleFolder } })
  const { tasks } = await back.request('tasks.list', { all: true })
  expect(tasks.map(({ kind }) => kind)).toEqual(['import', 'look'])
  await back.app.close()
})
