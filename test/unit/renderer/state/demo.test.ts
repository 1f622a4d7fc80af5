import { describe, expect, test } from 'vitest'
import { Bridge } from '../../../../src/renderer/bridge.ts'
import { Demo } from '../../../../src/renderer/state/demo.svelte.ts'
import { TaskList } from '../../../../src/renderer/state/tasks.svelte.ts'
import { type DemoState } from '../../../../src/shared/demo.ts'
import { AppError } from '../../../../src/shared/errors.ts'
import { type Task } from '../../../../src/shared/tasks.ts'
import { demoSteps, demoTasks, trainingDemo } from '../../../support/fake-demo.ts'
import { FakeTransport } from '../../../support/fake-transport.ts'

function planOf(state: DemoState): Task {
  return demoTasks(state)[0] ?? expect.fail('there is a plan')
}

async function follow(answers: ConstructorParameters<typeof FakeTransport>[0], state: DemoState = trainingDemo) {
  const transport = new FakeTransport({ 'tasks.list': () => ({ tasks: demoTasks(state) }), ...answers })
  const bridge = new Bridge(transport)
  const tasks = new TaskList(bridge)
  const demo = new Demo(tasks)
  tasks.follow()
  bridge.connect()
  expect(demo.state).toBeUndefined() // nothing is known until the app has answered
  await tasks.load()
  const tell = (told: DemoState): void =>
    demoTasks(told).forEach((task) => transport.emit({ event: 'task.changed', task }))
  return { transport, demo, tell }
}

describe('Demo', () => {
  test('shows the newest sample that was not dismissed, with its steps and its run', async () => {
    const { demo } = await follow({})
    expect(demo.state?.state).toBe('running')
    expect(demo.state?.run).toBe('run-1')
    expect(demo.state?.steps.map(({ state }) => state)).toEqual(trainingDemo.steps.map(({ state }) => state))
  })

  test('is idle where there is none', async () => {
    const { demo } = await follow({ 'tasks.list': () => ({ tasks: [] }) })
    expect(demo.state?.state).toBe('idle')
    expect(demo.state?.steps).toHaveLength(7)
  })

  test('takes the first pictures that are there for its first step', async () => {
    const { demo } = await follow({
      'tasks.list': () => ({ tasks: [{ ...planOf(trainingDemo), input: { first: 's-1' } }] })
    })
    expect(demo.state?.first).toBe('s-1')
    expect(demo.state?.steps[0]).toMatchObject({ step: 'first', state: 'done' })
    expect(demo.current?.step).toBe('import')
  })

  test('names the step that is worked on, or was when work stopped', async () => {
    const { demo, tell } = await follow({})
    expect(demo.current?.step).toBe('train')
    tell({ ...trainingDemo, state: 'failed', steps: demoSteps('train', 'failed') })
    expect(demo.current?.step).toBe('train')
    tell({ ...trainingDemo, steps: demoSteps('evaluate', 'waiting') })
    expect(demo.current?.step).toBe('evaluate') // between two steps, the next
  })

  test('sends minutes only where some were given', async () => {
    const { demo, transport } = await follow({ 'tasks.start': () => planOf(trainingDemo) })
    await demo.start(undefined)
    await demo.start(2.5)
    const started = transport.sent.filter(({ name }) => name === 'tasks.start')
    expect(started.map(({ input }) => input)).toEqual([
      { kind: 'sample', input: {} },
      { kind: 'sample', input: { minutes: 2.5 } }
    ])
  })

  test('is stopping until it has stopped, and takes no second wish while the first is not answered', async () => {
    const reply = Promise.withResolvers<Task>()
    const { demo, transport, tell } = await follow({ 'tasks.pause': () => reply.promise })
    const pausing = demo.pause()
    expect(demo.wish).toBe('pause')
    await demo.cancel()
    expect(transport.sent.filter(({ name }) => name !== 'tasks.list')).toHaveLength(1)
    reply.resolve(planOf({ ...trainingDemo, state: 'stopping' }))
    await pausing
    expect(demo.state?.state).toBe('stopping')
    tell({ ...trainingDemo, state: 'paused', steps: demoSteps('train', 'paused') })
    expect(demo.state?.state).toBe('paused')
  })

  test('is free to wish again after a refusal', async () => {
    const { demo } = await follow({
      'tasks.resume': () => {
        throw new AppError('resources', 'The engine is busy.')
      }
    })
    await expect(demo.resume()).rejects.toThrow('The engine is busy.')
    expect(demo.wish).toBeUndefined()
  })
})
