import { describe, expect, test } from 'vitest'
import { Bridge } from '../../../../src/renderer/bridge.ts'
import { TaskList } from '../../../../src/renderer/state/tasks.svelte.ts'
import { type Task } from '../../../../src/shared/tasks.ts'
import { fakeTask } from '../../../support/fake-demo.ts'
import { FakeTransport } from '../../../support/fake-transport.ts'

function follow(answers: ConstructorParameters<typeof FakeTransport>[0]) {
  const transport = new FakeTransport(answers)
  const bridge = new Bridge(transport)
  const tasks = new TaskList(bridge)
  tasks.follow()
  bridge.connect()
  const tell = (task: Task): void => transport.emit({ event: 'task.changed', task })
  return { transport, tasks, tell }
}

describe('TaskList', () => {
  test('shows what is not part of another and was not dismissed, newest first', async () => {
    const { tasks, tell } = follow({
      'tasks.list': () => ({
        tasks: [fakeTask('a', 'import'), fakeTask('b', 'sample'), fakeTask('b-1', 'train', { plan: id('b') })]
      })
    })
    await tasks.load()
    expect(tasks.shown.map((task) => task.id)).toEqual(['b', 'a'])
    expect(tasks.parts('b').map((task) => task.id)).toEqual(['b-1'])
    tell(fakeTask('a', 'import', { state: 'done', dismissed: true }))
    expect(tasks.shown.map((task) => task.id)).toEqual(['b'])
  })

  test('does not let an answer that comes late undo what events told meanwhile', async () => {
    const reply = Promise.withResolvers<Task>()
    const { tasks, tell } = follow({ 'tasks.start': () => reply.promise })
    const starting = tasks.start('import', {})
    tell(fakeTask('a', 'import', { state: 'done' }))
    reply.resolve(fakeTask('a', 'import', { state: 'waiting' }))
    await starting
    expect(tasks.shown[0]?.state).toBe('done')
  })

  test('does not let a list that comes late undo them either', async () => {
    const list = Promise.withResolvers<{ tasks: Task[] }>()
    const { tasks, tell } = follow({ 'tasks.list': () => list.promise })
    const loading = tasks.load()
    tell(fakeTask('a', 'import', { state: 'done' }))
    list.resolve({ tasks: [fakeTask('a', 'import')] })
    await loading
    expect(tasks.shown[0]?.state).toBe('done')
  })

  test('takes an answer where no event has come', async () => {
    const { tasks } = follow({
      'tasks.list': () => ({ tasks: [fakeTask('a', 'train')] }),
      'tasks.pause': () => fakeTask('a', 'train', { state: 'stopping' })
    })
    await tasks.load()
    await tasks.ask('pause', 'a')
    expect(tasks.shown[0]?.state).toBe('stopping')
  })

  test('knows who waits for the compute engine, in the order of turns', async () => {
    const waits = { state: 'waiting', worker: 'w' } as const
    const { tasks } = follow({
      'tasks.list': () => ({
        tasks: [
          fakeTask('at-work', 'train', { worker: 'w' }),
          fakeTask('later', 'train', { ...waits, rank: 3 }),
          fakeTask('sooner', 'generate', { ...waits, rank: 2 }),
          fakeTask('no-engine', 'import', { ...waits, rank: 4 }),
          fakeTask('not-begun', 'train', { state: 'waiting', plan: id('p'), rank: 1 })
        ]
      })
    })
    await tasks.load()
    expect(tasks.queue.map((task) => task.id)).toEqual(['sooner', 'later'])
  })
})

function id(text: string): Task['id'] {
  return fakeTask(text, 'sample').id
}
