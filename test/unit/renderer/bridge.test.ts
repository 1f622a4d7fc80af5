import { describe, expect, test } from 'vitest'
import { Bridge } from '../../../src/renderer/bridge.ts'
import { type AppEvent } from '../../../src/shared/api.ts'
import { AppError } from '../../../src/shared/errors.ts'
import { fakeTask } from '../../support/fake-demo.ts'
import { FakeTransport } from '../../support/fake-transport.ts'

const sample = { kind: 'sample', input: { minutes: 2 } } as const

describe('Bridge', () => {
  test('gives back the output of a request', async () => {
    const task = fakeTask('t-1', 'sample')
    const transport = new FakeTransport({ 'tasks.start': () => task })
    expect(await new Bridge(transport).call('tasks.start', sample)).toEqual(task)
    expect(transport.sent).toEqual([{ name: 'tasks.start', input: sample }])
  })

  test('throws what went wrong as the sentence that the app wrote', async () => {
    const transport = new FakeTransport({
      'tasks.start': () => {
        throw new AppError('input', 'The sample is already running.', { next: 'Wait for it.', file: 'sample.zip' })
      }
    })
    await expect(new Bridge(transport).call('tasks.start', sample)).rejects.toMatchObject({
      name: 'AppError',
      kind: 'input',
      message: 'The sample is already running.',
      next: 'Wait for it.',
      file: 'sample.zip'
    })
  })

  test('lets no reply of another shape in', async () => {
    // A newer or broken app: the page must not show what it does not understand.
    const transport = new FakeTransport()
    transport.send = () => Promise.resolve({ output: { tasks: [{ state: 'dancing' }] } })
    await expect(new Bridge(transport).call('tasks.list', {})).rejects.toThrow()
  })

  test('tells every listener of events until it leaves', () => {
    const transport = new FakeTransport()
    const bridge = new Bridge(transport)
    const heard: AppEvent[] = []
    const leave = bridge.onEvent((event) => heard.push(event))
    const disconnect = bridge.connect()
    transport.emit({ event: 'workspace.changed' })
    leave()
    transport.emit({ event: 'workspace.changed' })
    disconnect()
    expect(heard).toEqual([{ event: 'workspace.changed' }])
  })

  test('tells how the connection is', () => {
    const transport = new FakeTransport()
    const bridge = new Bridge(transport)
    const heard: string[] = []
    bridge.onConnection((connection) => heard.push(connection))
    bridge.connect()
    transport.connect('open')
    transport.connect('lost')
    transport.connect('open')
    expect(heard).toEqual(['open', 'lost', 'open'])
  })
})
