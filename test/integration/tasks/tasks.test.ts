import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { AppError } from '../../../src/shared/errors.ts'
import { Task } from '../../../src/shared/tasks.ts'
import { openTaskHost, settled, type TaskHost } from '../../support/fake-works.ts'
import { temporaryFolder } from '../../support/temporary-folder.ts'

let file: string
let host: TaskHost
const opened: TaskHost[] = []

beforeEach(async () => {
  file = join(await temporaryFolder(), 'catalog.sqlite')
  host = another()
})

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close()
})

/** Another process on the same workspace. */
function another(): TaskHost {
  const next = openTaskHost(file)
  opened.push(next)
  return next
}

function start(kind: Task['kind'], name: string, on = host, beside = false): Task {
  return on.tasks.start({ kind, input: { name }, beside })
}

const states = (...ids: string[]): string[] => ids.map((id) => host.catalog.tasks.require(id).state)

describe('A task', () => {
  test('is written down with its input before it begins, and with what it came to at its end', async () => {
    const { id } = start('import', 'plate')
    expect(host.catalog.tasks.require(id)).toMatchObject({ kind: 'import', name: 'plate', state: 'running' })
    host.steered.finish('plate', { cells: 3 })
    await settled()
    expect(host.catalog.tasks.require(id)).toMatchObject({
      state: 'done',
      outcome: { cells: 3 },
      summary: '{"cells":3}'
    })
    expect(host.catalog.tasks.require(id).worker).toBeUndefined()
  })

  test('keeps the sentence of what went wrong, and hurts no other', async () => {
    const [bad, good] = [start('import', 'bad').id, start('import', 'good').id]
    host.steered.fail('bad', new AppError('input', 'This file is no picture.', { file: 'a.txt' }))
    await settled()
    expect(host.catalog.tasks.require(bad)).toMatchObject({
      state: 'failed',
      error: { kind: 'input', message: 'This file is no picture.', file: 'a.txt' }
    })
    expect(states(good)).toEqual(['running'])
  })

  test('stays in the usual list until a day after its end, unless it is dismissed; one that has not ended stays', () => {
    const [long, today] = ['2025-01-01T00:00:00.000Z', new Date().toISOString()]
    const rows: [string, Partial<Task>][] = [
      ['old and done', { state: 'done', ended: long }],
      ['old and paused', { state: 'paused' }],
      ['dismissed', { state: 'failed', ended: today, dismissed: true }],
      ['done today', { state: 'done', ended: today, thing: 'ds1' }]
    ]
    for (const [name, fields] of rows) {
      const task = { id: `t-${name}`, kind: 'import', name, input: {}, created: long, rank: 1, ...fields }
      host.catalog.tasks.insert(Task.parse(task), false)
    }
    const listed = (all: boolean): string[] => host.tasks.list({ all }).map(({ name }) => name)
    expect(listed(false)).toEqual(['old and paused', 'done today'])
    expect(listed(true)).toEqual(rows.map(([name]) => name))
    expect(host.catalog.tasks.ofThing('ds1').map(({ name }) => name)).toEqual(['done today'])
  })

  test('tells how far it is, from its first moment', () => {
    const { id } = start('import', 'plate')
    expect(host.tasks.show(id)).toMatchObject({ stage: 'start', done: 0, total: 1 })
    host.steered.contexts.get('plate')?.progress({ stage: 'import', done: 2, total: 8, secondsLeft: 4 })
    expect(host.tasks.show(id)).toMatchObject({ stage: 'import', done: 2, total: 8, secondsLeft: 4 })
    expect(host.catalog.tasks.require(id)).toMatchObject({ done: 2, total: 8 })
  })

  test('that cannot pause says so, and is cancelled without a trace', async () => {
    const { id } = start('import', 'plate')
    expect(() => host.tasks.pause(id)).toThrow('cannot be paused and resumed')
    await host.tasks.cancel(id)
    await settled()
    expect(states(id)).toEqual(['cancelled'])
    expect(host.steered.discarded).toEqual(['plate'])
  })

  test('that trains is stopping until it is at its safe point, then paused, and goes on from there', async () => {
    const { id } = start('train', 'first')
    expect(host.tasks.pause(id).state).toBe('stopping')
    await settled()
    expect(states(id)).toEqual(['paused'])
    host.tasks.resume(id)
    expect(host.catalog.tasks.require(id)).toMatchObject({ state: 'running', thing: 'r-first' })
    host.steered.finish('first')
    await settled()
    expect(states(id)).toEqual(['done'])
  })

  test('leaves off and keeps what there is, at work or paused', async () => {
    const atWork = start('train', 'first').id
    host.tasks.keep(atWork)
    await settled()
    expect(host.catalog.tasks.require(atWork)).toMatchObject({ state: 'done', outcome: 'stopped early' })
    const paused = start('train', 'second').id
    host.tasks.pause(paused)
    await settled()
    host.tasks.keep(paused)
    expect(host.catalog.tasks.require(paused)).toMatchObject({ state: 'done', outcome: 'kept' })
    expect(() => host.tasks.keep(start('import', 'plate').id)).toThrow('nothing to keep')
  })

  test('begins anew with the same answers, and the old one leaves the list', async () => {
    const { id } = start('import', 'plate')
    await host.tasks.cancel(id)
    await settled()
    const anew = host.tasks.again(id)
    expect(anew).toMatchObject({ kind: 'import', name: 'plate', state: 'running', input: { name: 'plate' } })
    expect(host.tasks.list({ all: false }).map((task) => task.id)).toEqual([anew.id])
    expect(host.tasks.list({ all: true })).toHaveLength(2)
  })
})

describe('The queue', () => {
  test('gives the compute engine to one at a time, in order, and lets the rest go on beside it', async () => {
    const [first, second, other] = [start('train', 'first'), start('generate', 'second'), start('import', 'plate')]
    expect(states(first.id, second.id, other.id)).toEqual(['running', 'waiting', 'running'])
    host.steered.finish('first')
    await settled()
    expect(states(first.id, second.id)).toEqual(['done', 'running'])
  })

  test('is passed by what was told to start at once', () => {
    start('train', 'first')
    expect(start('generate', 'now', host, true).state).toBe('running')
  })

  test('can be put into another order', async () => {
    start('train', 'first')
    const [second, third] = [start('train', 'second').id, start('train', 'third').id]
    host.tasks.move(third, 0)
    host.steered.finish('first')
    await settled()
    expect(states(second, third)).toEqual(['waiting', 'running'])
  })

  test('counts places among those whose turn can come, not parts of a plan that has not come to them', () => {
    start('train', 'first')
    start('sample', 'plan') // its import is at work; its training waits, but in no queue yet
    const [second, third, fourth] = ['second', 'third', 'fourth'].map((name) => start('train', name).id)
    host.tasks.move(fourth ?? '', 1)
    expect(host.tasks.inFrontOf(third ?? '')?.id).toBe(fourth)
    expect(host.tasks.inFrontOf(fourth ?? '')?.id).toBe(second)
    expect(host.tasks.inFrontOf(second ?? '')?.name).toBe('first')
  })

  test('is one for all processes, and passes over those whose process is gone', async () => {
    const other = another()
    const theirs = start('train', 'theirs', other).id
    const mine = start('train', 'mine').id
    expect(states(theirs, mine)).toEqual(['running', 'waiting'])
    other.steered.finish('theirs')
    await expect.poll(() => states(mine)).toEqual(['running'])
    const lost = start('train', 'lost', other).id
    const last = start('train', 'last').id
    other.vanish()
    host.steered.finish('mine')
    await expect.poll(() => states(last)).toEqual(['running'])
    expect(states(lost)).toEqual(['waiting'])
  })

  test('leaves a waiting task that was paused or cancelled', async () => {
    start('train', 'first')
    const [second, third] = [start('train', 'second').id, start('train', 'third').id]
    expect(host.tasks.pause(second).state).toBe('paused')
    expect((await host.tasks.cancel(third)).state).toBe('cancelled')
    host.steered.finish('first')
    await settled()
    expect(host.steered.begun).toEqual(['first'])
    host.tasks.resume(second)
    expect(host.steered.begun).toEqual(['first', 'second'])
  })
})

describe('Another process', () => {
  test('pauses, resumes and cancels what it does not work on itself', async () => {
    const other = another()
    const { id } = start('train', 'first')
    other.tasks.pause(id)
    await expect.poll(() => states(id)).toEqual(['paused'])
    other.tasks.resume(id)
    expect(other.steered.begun).toEqual(['first'])
    await host.tasks.cancel(id)
    await expect.poll(() => states(id)).toEqual(['cancelled'])
    expect(other.steered.discarded).toEqual(['first'])
  })

  test('hears of every change within a second', async () => {
    const other = another()
    const { id } = start('import', 'plate')
    const heard = (): unknown =>
      other.events
        .flatMap((event) => (event.event === 'task.changed' && event.task.id === id ? [event.task.state] : []))
        .at(-1)
    await expect.poll(heard, { timeout: 1000 }).toBe('running')
    host.steered.finish('plate')
    await expect.poll(heard, { timeout: 1000 }).toBe('done')
  })

  test('that resumes the same task at the same time is refused', async () => {
    const other = another()
    const { id } = start('train', 'first')
    host.tasks.pause(id)
    await settled()
    host.tasks.resume(id)
    expect(() => other.tasks.resume(id)).toThrow('is running')
    expect(other.steered.begun).toEqual([])
  })
})

describe('A run', () => {
  test('is worked on by one task at a time, over all processes', async () => {
    const other = another()
    start('train', 'first')
    const { id } = start('train', 'first', other, true)
    await settled()
    expect(host.catalog.tasks.require(id)).toMatchObject({
      state: 'failed',
      error: { message: '“first” is being worked on by another window or terminal.' }
    })
  })
})

describe('After a process is gone', () => {
  test('what can go on is paused, what had not begun waits for a press, the rest is interrupted', async () => {
    const dead = another()
    const [training, importing, waiting] = [
      start('train', 'first', dead).id,
      start('import', 'plate', dead).id,
      start('train', 'second', dead).id
    ]
    dead.vanish()
    expect(host.workshop.hasLost()).toBe(true)
    await host.workshop.settleLost()
    expect(states(training, importing, waiting)).toEqual(['paused', 'interrupted', 'paused'])
    expect(host.tasks.resume(training).state).toBe('running')
    expect(host.tasks.again(importing).state).toBe('running')
    expect(host.steered.begun).toEqual(['first', 'plate'])
  })

  test('a task that was being cancelled is cancelled', async () => {
    const dead = another()
    const { id } = start('train', 'first', dead)
    host.catalog.tasks.setWish(id, 'cancel')
    dead.vanish()
    await host.workshop.settleLost()
    expect(states(id)).toEqual(['cancelled'])
    expect(host.steered.discarded).toEqual(['first'])
  })
})

describe('Closing', () => {
  test('says before what it does: pause, lose, leave to others', async () => {
    const other = another()
    start('import', 'theirs', other)
    start('train', 'first')
    start('train', 'second')
    start('import', 'plate')
    const { goesOn, pauses, lost } = host.tasks.whenQuitting()
    const names = (tasks: readonly Task[]): string[] => tasks.map(({ name }) => name)
    expect([names(goesOn), names(pauses), names(lost)]).toEqual([['theirs'], ['first', 'second'], ['plate']])
    await host.workshop.close()
    expect(host.catalog.tasks.list().map(({ name, state }) => [name, state])).toEqual([
      ['theirs', 'running'],
      ['first', 'paused'],
      ['second', 'paused'],
      ['plate', 'interrupted']
    ])
  })
})

describe('A plan', () => {
  const partStates = (id: Task['id']): string[] => host.catalog.tasks.parts(id).map(({ state }) => state)

  test('works through its parts in order, and gives each what the ones before came to', async () => {
    const { id } = start('sample', 'tour')
    expect(partStates(id)).toEqual(['running', 'waiting'])
    host.steered.finish('first', { made: 'second' })
    await settled()
    expect(host.steered.begun).toEqual(['first', 'second'])
    host.steered.finish('second', 'trained')
    await settled()
    expect(partStates(id)).toEqual(['done', 'done'])
    expect(host.catalog.tasks.require(id)).toMatchObject({ state: 'done', outcome: [{ made: 'second' }, 'trained'] })
  })

  test('pauses as a whole, when what cannot pause is done, and goes on in another process', async () => {
    const { id } = start('sample', 'tour')
    host.tasks.pause(id)
    await settled()
    expect([states(id), partStates(id)]).toEqual([['stopping'], ['running', 'waiting']])
    host.steered.finish('first', { made: 'second' })
    await settled()
    expect([states(id), partStates(id)]).toEqual([['paused'], ['done', 'waiting']])
    const other = another()
    other.tasks.resume(id)
    await settled()
    expect(other.steered.begun).toEqual(['second'])
    other.steered.finish('second')
    await expect.poll(() => states(id)).toEqual(['done'])
  })

  test('pauses in the middle of a part that can, also when that part is asked', async () => {
    const { id } = start('sample', 'tour')
    host.steered.finish('first', { made: 'second' })
    await settled()
    host.tasks.pause(host.catalog.tasks.parts(id)[1]?.id ?? '')
    await settled()
    expect([states(id), partStates(id)]).toEqual([['paused'], ['done', 'paused']])
  })

  test('goes on after its process was killed, with the part that was cut off', async () => {
    const dead = another()
    const { id } = start('sample', 'tour', dead)
    dead.vanish()
    await host.workshop.settleLost()
    expect([states(id), partStates(id)]).toEqual([['paused'], ['interrupted', 'waiting']])
    host.tasks.resume(id)
    await settled()
    expect(host.steered.begun).toEqual(['first'])
  })

  test('fails with its part, and is cancelled with all of its parts', async () => {
    const failing = start('sample', 'tour').id
    host.steered.fail('first', new AppError('resources', 'The disk is full.'))
    await settled()
    expect(host.catalog.tasks.require(failing)).toMatchObject({
      state: 'failed',
      error: { message: 'The disk is full.' }
    })
    const cancelled = start('sample', 'tour').id
    await host.tasks.cancel(cancelled)
    await settled()
    expect([states(cancelled), partStates(cancelled)]).toEqual([['cancelled'], ['cancelled', 'cancelled']])
  })

  test('keeps what its training has and goes on with that', async () => {
    const { id } = start('sample', 'tour')
    host.steered.finish('first', { made: 'second' })
    await settled()
    host.tasks.keep(id)
    await settled()
    expect(host.catalog.tasks.require(id)).toMatchObject({
      state: 'done',
      outcome: [{ made: 'second' }, 'stopped early']
    })
  })
})
