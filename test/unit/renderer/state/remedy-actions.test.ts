import { expect, test } from 'vitest'
import { Bridge } from '../../../../src/renderer/bridge.ts'
import { addressOf } from '../../../../src/renderer/router.ts'
import { Computer } from '../../../../src/renderer/state/computer.svelte.ts'
import { Problems } from '../../../../src/renderer/state/problems.svelte.ts'
import { remedyActions } from '../../../../src/renderer/state/remedy-actions.ts'
import { TaskList } from '../../../../src/renderer/state/tasks.svelte.ts'
import { Tending } from '../../../../src/renderer/state/tending.svelte.ts'
import { type Remedy } from '../../../../src/shared/remedies.ts'
import { fakeTask } from '../../../support/fake-demo.ts'
import { FakeTransport } from '../../../support/fake-transport.ts'
import { everyRemedy } from '../../../support/remedies.ts'

function page() {
  const transport = new FakeTransport()
  const bridge = new Bridge(transport)
  const tasks = new TaskList(bridge)
  const shown: string[] = []
  const problems = new Problems()
  const actionOf = remedyActions({
    go: (place) => shown.push(addressOf(place)),
    idOf: (kind, name) => (name === undefined ? undefined : `${kind}-1`),
    computer: new Computer(bridge, tasks),
    tasks,
    tending: new Tending(bridge),
    problems
  })
  return { transport, shown, actionOf, problems, tasks }
}

test('resuming with fewer samples at a time starts that task', () => {
  const { transport, actionOf } = page()
  actionOf({ action: 'resume-run', run: 'my run', microBatch: 2 })?.()
  expect(transport.sent).toEqual([
    { name: 'tasks.start', input: { kind: 'resume', input: { run: 'my run', microBatch: 2 } } }
  ])
})

test('a damaged pack is fetched again where packs are shown', () => {
  const { transport, shown, actionOf } = page()
  actionOf({ action: 'install-engine', engine: 'native-gpu', again: true })?.()
  expect(shown).toEqual(['#/settings'])
  expect(transport.sent).toEqual([
    { name: 'tasks.start', input: { kind: 'engine-build', input: { gpu: true, force: true } } }
  ])
})

test('what is in the trash is restored at once, and the trash is shown before it is emptied', () => {
  const { transport, shown, actionOf } = page()
  actionOf({ action: 'restore', name: 'my run' })?.()
  expect(transport.sent).toEqual([{ name: 'things.restore', input: { thing: 'my run' } }])
  actionOf({ action: 'empty-trash' })?.()
  expect([shown, transport.sent.length]).toEqual([['#/trash'], 1])
})

test('a remedy that fails says why', async () => {
  const { actionOf, problems } = page()
  actionOf({ action: 'open-package', file: '/x.zip' })?.()
  await expect.poll(() => problems.of('page')?.kind).toBe('defect') // this page answers nothing
})

test.each<[Remedy, string]>([
  [{ action: 'list', kind: 'run' }, '#/models'],
  [{ action: 'show', kind: 'dataset', name: 'my cells' }, '#/images/dataset-1'],
  [{ action: 'make', kind: 'dataset' }, '#/images/new'],
  [{ action: 'make', kind: 'prepared' }, '#/images/new'],
  [{ action: 'make', kind: 'run' }, '#/models/new'],
  [{ action: 'make', kind: 'synthetic' }, '#/sets/new'],
  [{ action: 'import-again' }, '#/images/new'],
  [{ action: 'prepare-again', dataset: 'my cells' }, '#/images/new?dataset=dataset-1'],
  [{ action: 'generate-again', run: 'my run' }, '#/sets/new?run=run-1'],
  [{ action: 'train-from', run: 'my run', prepared: 'my tiles' }, '#/models/new?version=prepared-1&from=run-1'],
  [{ action: 'show-storage' }, '#/settings']
])('a remedy that needs answers leads to where they are asked (%j)', (remedy, address) => {
  const { transport, shown, actionOf } = page()
  actionOf(remedy)?.()
  expect([shown, transport.sent]).toEqual([[address], []])
})

test('a run is paused where it is at work, and else there is no button', async () => {
  const { transport, actionOf, tasks } = page()
  expect(actionOf({ action: 'pause-run', run: 'my run' })).toBeUndefined()
  transport.answers['tasks.list'] = () => ({
    tasks: [{ ...fakeTask('t-1', 'train'), name: 'my run', state: 'running' }]
  })
  await tasks.load()
  actionOf({ action: 'pause-run', run: 'my run' })?.()
  expect(transport.sent.at(-1)).toMatchObject({ name: 'tasks.pause', input: { id: 't-1' } })
})

test('what the page cannot do stays a sentence', () => {
  const { actionOf } = page()
  const sentences = everyRemedy.filter((remedy) => actionOf(remedy) === undefined).map(({ action }) => action)
  expect(sentences).toEqual([
    'choose-name',
    'choose-workspace',
    'choose-engine',
    'archive-engine',
    'pause-run',
    'extend-run',
    'set-option'
  ])
})
