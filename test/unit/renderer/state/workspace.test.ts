import { describe, expect, test } from 'vitest'
import { Bridge } from '../../../../src/renderer/bridge.ts'
import { Problems } from '../../../../src/renderer/state/problems.svelte.ts'
import { WorkspaceContent } from '../../../../src/renderer/state/workspace.svelte.ts'
import { type Workspace } from '../../../../src/shared/api.ts'
import { AppError } from '../../../../src/shared/errors.ts'
import { RunId } from '../../../../src/shared/runs.ts'
import { fakeRun } from '../../../support/fake-run.ts'
import { FakeTransport } from '../../../support/fake-transport.ts'

const content: Workspace = {
  folder: 'w',
  notices: [],
  datasets: [],
  prepared: [],
  runs: [fakeRun],
  segmenters: [],
  synthetic: [],
  studies: [],
  builtIn: [],
  packages: []
}

function follow(answer: () => Workspace | Promise<Workspace>) {
  const transport = new FakeTransport({ 'workspace.show': answer })
  const bridge = new Bridge(transport)
  const problems = new Problems()
  const workspace = new WorkspaceContent(bridge, problems)
  workspace.follow()
  bridge.connect()
  return { transport, workspace, problems }
}

describe('WorkspaceContent', () => {
  test('asks again when the app says that something changed', async () => {
    const { transport, workspace } = follow(() => content)
    transport.emit({ event: 'workspace.changed' })
    await expect.poll(() => workspace.content?.folder).toBe('w')
  })

  test('answers many changes that come together with one more question', async () => {
    const gate = Promise.withResolvers<Workspace>()
    const { transport, workspace } = follow(() => gate.promise)
    const loading = workspace.load()
    for (let i = 0; i < 10; i++) transport.emit({ event: 'workspace.changed' })
    gate.resolve(content)
    await loading
    expect(transport.sent).toHaveLength(2)
  })

  test('shows a run as it is now without asking', async () => {
    const { transport, workspace } = follow(() => content)
    await workspace.load()
    transport.emit({ event: 'run.changed', run: { ...fakeRun, iteration: 77 } })
    expect(workspace.content?.runs[0]?.iteration).toBe(77)
    expect(transport.sent).toHaveLength(1)
  })

  test('asks when a run is new', async () => {
    const { transport, workspace } = follow(() => content)
    await workspace.load()
    transport.emit({ event: 'run.changed', run: { ...fakeRun, id: RunId.parse('run-2') } })
    await expect.poll(() => transport.sent).toHaveLength(2)
  })

  test('reports a question that failed', async () => {
    const { transport, problems } = follow(() => {
      throw new AppError('resources', 'The disk is gone.')
    })
    transport.emit({ event: 'workspace.changed' })
    await expect.poll(() => problems.of('page')?.message).toBe('The disk is gone.')
  })
})
