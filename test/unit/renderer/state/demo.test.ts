import { describe, expect, test } from 'vitest'
import { Bridge } from '../../../../src/renderer/bridge.ts'
import { Demo } from '../../../../src/renderer/state/demo.svelte.ts'
import { type DemoState, type StepState } from '../../../../src/shared/demo.ts'
import { AppError } from '../../../../src/shared/errors.ts'
import { FakeTransport } from '../../../support/fake-transport.ts'

function stateOf(state: DemoState['state'], training: StepState['state'] = 'running'): DemoState {
  return {
    state,
    steps: [
      { step: 'import', state: 'done', done: 1, total: 1 },
      { step: 'train', state: training, done: 3, total: 10 },
      { step: 'generate', state: 'waiting', done: 0, total: 1 }
    ],
    notices: []
  }
}

function follow(answers: ConstructorParameters<typeof FakeTransport>[0]) {
  const transport = new FakeTransport(answers)
  const bridge = new Bridge(transport)
  const demo = new Demo(bridge)
  demo.follow()
  bridge.connect()
  return { transport, demo }
}

describe('Demo', () => {
  test('knows nothing until the app has answered', async () => {
    const { demo } = follow({ 'demo.state': () => stateOf('running') })
    expect(demo.state).toBeUndefined()
    await demo.load()
    expect(demo.state?.state).toBe('running')
  })

  test('names the step that is worked on, or was when work stopped', async () => {
    const { demo, transport } = follow({ 'demo.state': () => stateOf('running') })
    await demo.load()
    expect(demo.current?.step).toBe('train')
    transport.emit({ event: 'demo.changed', demo: stateOf('failed', 'failed') })
    expect(demo.current?.step).toBe('train')
    transport.emit({ event: 'demo.changed', demo: stateOf('running', 'done') })
    expect(demo.current?.step).toBe('generate') // between two steps, the next
  })

  test('sends minutes only where some were given', async () => {
    const { demo, transport } = follow({ 'demo.start': () => stateOf('running') })
    await demo.start(undefined)
    await demo.start(2.5)
    expect(transport.sent.map(({ input }) => input)).toEqual([{}, { minutes: 2.5 }])
  })

  test('wishes for a pause until the work has stopped, and takes no second wish meanwhile', async () => {
    const { demo, transport } = follow({
      'demo.pause': () => stateOf('running'),
      'demo.cancel': () => stateOf('running')
    })
    await demo.pause()
    expect(demo.wish).toBe('pause')
    await demo.cancel()
    expect(transport.sent).toHaveLength(1)
    transport.emit({ event: 'demo.changed', demo: stateOf('paused', 'paused') })
    expect(demo.wish).toBeUndefined()
  })

  test('is free to wish again after a refusal', async () => {
    const { demo } = follow({
      'demo.resume': () => {
        throw new AppError('resources', 'The engine is busy.')
      }
    })
    await expect(demo.resume()).rejects.toThrow('The engine is busy.')
    expect(demo.wish).toBeUndefined()
  })

  test('leaves a reply aside that an event has overtaken', async () => {
    const reply = Promise.withResolvers<DemoState>()
    const { demo, transport } = follow({ 'demo.pause': () => reply.promise })
    const pausing = demo.pause()
    transport.emit({ event: 'demo.changed', demo: stateOf('paused', 'paused') })
    reply.resolve(stateOf('running'))
    await pausing
    expect(demo.state?.state).toBe('paused')
  })
})
