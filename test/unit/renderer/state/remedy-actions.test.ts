import { expect, test } from 'vitest'
import { Bridge } from '../../../../src/renderer/bridge.ts'
import { Computer } from '../../../../src/renderer/state/computer.svelte.ts'
import { Problems } from '../../../../src/renderer/state/problems.svelte.ts'
import { remedyActions } from '../../../../src/renderer/state/remedy-actions.ts'
import { TaskList } from '../../../../src/renderer/state/tasks.svelte.ts'
import { Tending } from '../../../../src/renderer/state/tending.svelte.ts'
import { FakeTransport } from '../../../support/fake-transport.ts'
import { everyRemedy } from '../../../support/remedies.ts'

function page() {
  const transport = new FakeTransport()
  const bridge = new Bridge(transport)
  const tasks = new TaskList(bridge)
  const shown: string[] = []
  const problems = new Problems()
  const actionOf = remedyActions({
    show: (screen) => shown.push(screen),
    computer: new Computer(bridge, tasks),
    tasks,
    tending: new Tending(bridge),
    problems
  })
  return { transport, shown, actionOf, problems }
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
  expect(shown).toEqual(['settings'])
  expect(transport.sent).toEqual([
    { name: 'tasks.start', input: { kind: 'engine-build', input: { gpu: true, force: true } } }
  ])
})

test('what is in the trash is restored at once, and the trash is shown before it is emptied', () => {
  const { transport, shown, actionOf } = page()
  actionOf({ action: 'restore', name: 'my run' })?.()
  expect(transport.sent).toEqual([{ name: 'things.restore', input: { thing: 'my run' } }])
  actionOf({ action: 'empty-trash' })?.()
  expect([shown, transport.sent.length]).toEqual([['trash'], 1])
})

test('a remedy that fails says why', async () => {
  const { actionOf, problems } = page()
  actionOf({ action: 'open-package', file: '/x.zip' })?.()
  await expect.poll(() => problems.of('page')?.kind).toBe('defect') // this page answers nothing
})

test('what the page cannot do yet stays a sentence', () => {
  const { actionOf } = page()
  const buttons = everyRemedy.filter((remedy) => actionOf(remedy)).map(({ action }) => action)
  expect(buttons).toEqual([
    'install-engine',
    'install-engine-file',
    'remove-engine',
    'resume-run',
    'open-package',
    'empty-trash',
    'restore',
    'task-again'
  ])
})
