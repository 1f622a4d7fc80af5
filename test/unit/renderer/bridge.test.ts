import { describe, expect, test } from 'vitest'
import { Bridge } from '../../../src/renderer/bridge.ts'
import { type AppEvent } from '../../../src/shared/api.ts'
import { type DemoState } from '../../../src/shared/demo.ts'
import { AppError } from '../../../src/shared/errors.ts'
import { FakeTransport } from '../../support/fake-transport.ts'

const idle: DemoState = { state: 'idle', steps: [], notices: [] }

describe('Bridge', () => {
  test('gives back the output of a request', async () => {
    const transport = new FakeTransport({ 'demo.start': () => idle })
    expect(await new Bridge(transport).call('demo.start', { minutes: 2 })).toEqual(idle)
    expect(transport.sent).toEqual([{ name: 'demo.start', input: { minutes: 2 } }])
  })

  test('throws what went wrong as the sentence that the app wrote', async () => {
    const transport = new FakeTransport({
      'demo.start': () => {
        throw new AppError('input', 'The sample is already running.', { next: 'Wait for it.', file: 'sample.zip' })
      }
    })
    await expect(new Bridge(transport).call('demo.start', {})).rejects.toMatchObject({
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
    transport.send = () => Promise.resolve({ output: { state: 'dancing', steps: [], notices: [] } })
    await expect(new Bridge(transport).call('demo.state', {})).rejects.toThrow()
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
