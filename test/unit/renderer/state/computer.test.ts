import { describe, expect, test } from 'vitest'
import { Bridge } from '../../../../src/renderer/bridge.ts'
import { Computer } from '../../../../src/renderer/state/computer.svelte.ts'
import { TaskList } from '../../../../src/renderer/state/tasks.svelte.ts'
import { type Doctor } from '../../../../src/shared/api.ts'
import { type InstalledPack } from '../../../../src/shared/engine-packs.ts'
import { AppError } from '../../../../src/shared/errors.ts'
import { fakeTask } from '../../../support/fake-demo.ts'
import { FakeTransport } from '../../../support/fake-transport.ts'

const pack: InstalledPack = {
  name: 'native-cpu-2.21.0',
  kind: 'native-cpu',
  library: 'TensorFlow',
  version: '2.21.0',
  bytes: 6e8,
  folder: '/packs/native-cpu-2.21.0',
  origin: 'pack'
}

const report: Doctor = {
  version: '0.1.0',
  workspace: '/w',
  engine: { name: 'wasm', library: 'TensorFlow.js', device: 'processor', threads: 2 },
  reason: 'It is the fastest.',
  engines: [],
  packs: [],
  cores: 2,
  memoryBytes: 8e9,
  diskFreeBytes: 1e9,
  speed: { convGflops: 40, trainGflops: 20 }
}

function follow(answers: ConstructorParameters<typeof FakeTransport>[0]) {
  const transport = new FakeTransport(answers)
  const bridge = new Bridge(transport)
  const tasks = new TaskList(bridge)
  const computer = new Computer(bridge, tasks)
  tasks.follow()
  computer.follow()
  bridge.connect()
  return { transport, computer }
}

describe('Computer', () => {
  test('forgets what was measured when a task has brought a pack, whoever started it', async () => {
    const { transport, computer } = follow({ 'app.doctor': () => report, 'engine.list': () => ({ packs: [pack] }) })
    await computer.examine()
    expect(computer.report?.speed.trainGflops).toBe(20)
    transport.emit({ event: 'task.changed', task: fakeTask('t-1', 'engine-build') })
    expect(computer.isBusy).toBe(true)
    transport.emit({ event: 'task.changed', task: fakeTask('t-1', 'engine-build', { state: 'done' }) })
    await expect.poll(() => computer.packs).toEqual([pack])
    expect(computer.report).toBeUndefined()
    expect(computer.isBusy).toBe(false)
  })

  test('fetches and installs packs as tasks', async () => {
    const { transport, computer } = follow({ 'tasks.start': () => fakeTask('t-1', 'engine-install') })
    await computer.build(true)
    await computer.install('x.zip', ['a1'])
    expect(transport.sent.map(({ input }) => input)).toEqual([
      { kind: 'engine-build', input: { gpu: true, force: false } },
      { kind: 'engine-install', input: { files: ['x.zip'], trust: ['a1'] } }
    ])
    expect(computer.packTasks).toHaveLength(1)
  })

  test('does one thing at a time', async () => {
    const gate = Promise.withResolvers<Doctor>()
    const { transport, computer } = follow({ 'app.doctor': () => gate.promise })
    const examining = computer.examine()
    expect(computer.work).toBe('examine')
    await computer.remove(pack.name)
    expect(transport.sent.map(({ name }) => name)).toEqual(['app.doctor'])
    gate.resolve(report)
    await examining
    expect(computer.work).toBeUndefined()
  })

  test('is free again after something failed', async () => {
    const { computer } = follow({
      'engine.remove': () => {
        throw new AppError('input', 'It is in use.')
      }
    })
    await expect(computer.remove('x')).rejects.toThrow('It is in use.')
    expect(computer.isBusy).toBe(false)
  })
})
