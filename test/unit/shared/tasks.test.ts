import { describe, expect, test } from 'vitest'
import { askable, inShort } from '../../../src/shared/tasks.ts'
import { fakeTask } from '../../support/fake-demo.ts'

describe('askable', () => {
  test.each([
    ['import', 'running', ['cancel']],
    ['import', 'interrupted', ['again', 'dismiss']],
    ['train', 'waiting', ['pause', 'cancel']],
    ['train', 'running', ['pause', 'keep', 'cancel']],
    ['train', 'stopping', ['cancel']],
    ['train', 'failed', ['again', 'dismiss']],
    ['train', 'cancelled', ['again', 'dismiss']],
    ['train', 'done', ['dismiss']]
  ] as const)('of a task “%s” that is %s: %j', (kind, state, asked) => {
    expect(askable(fakeTask('t-1', kind, { state }))).toEqual(asked)
  })

  test('a paused training can be kept once it has said how far it is', () => {
    expect(askable(fakeTask('t-1', 'train', { state: 'paused', outcome: {} }))).toEqual(['resume', 'keep', 'cancel'])
    expect(askable(fakeTask('t-1', 'train', { state: 'paused' }))).toEqual(['resume', 'cancel'])
  })

  test('a plan is kept where its part at work can be', () => {
    const plan = fakeTask('t-1', 'sample')
    const done = fakeTask('t-2', 'import', { state: 'done' })
    expect(askable(plan, [done, fakeTask('t-3', 'train')])).toEqual(['pause', 'keep', 'cancel'])
    expect(askable(plan, [done, fakeTask('t-3', 'generate')])).toEqual(['pause', 'cancel'])
  })
})

describe('inShort', () => {
  test('leaves out what names single files, and keeps what is short', () => {
    expect(inShort(fakeTask('t-1', 'look', { outcome: { files: [] } }))).not.toHaveProperty('outcome')
    expect(inShort(fakeTask('t-1', 'package', { outcome: { bytes: 1 } }))).toHaveProperty('outcome')
  })
})
