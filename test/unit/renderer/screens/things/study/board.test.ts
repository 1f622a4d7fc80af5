import { describe, expect, test } from 'vitest'
import { type StudyBoard } from '../../../../../../src/shared/study-look.ts'
import { Task } from '../../../../../../src/shared/tasks.ts'
import { countStates, layOutBoard } from '../../../../../../src/renderer/screens/things/study/board.ts'
import { madeBoard } from '../../../../../support/made-board.ts'

function task(name: string, state: Task['state'], more: object = {}): Task {
  const about = { id: `t-${name}`, kind: 'study-task', name, state, input: {}, created: '2026-01-01', rank: 0 }
  return Task.parse({ ...about, ...more })
}

function statesIn(board: StudyBoard, tasks: readonly Task[]) {
  return layOutBoard(board, tasks).map(({ title, rows }) => [
    title,
    ...rows.map(({ key, draws }) => [key, draws.map((cells) => cells.map(({ state }) => state).join(' '))])
  ])
}

describe('the board of a study', () => {
  test('has a group for each number of images, generators first, and each draw in a column of its own', () => {
    expect(statesIn(madeBoard(['generator.c0.d0.g0', 'real.c0.d0.g0.s0']), [])).toEqual([
      [
        '2 images',
        ['generators', ['done', 'waiting']],
        ['real', ['done waiting', 'waiting waiting']],
        ['synthetic', ['waiting waiting', 'waiting waiting']]
      ]
    ])
  })

  test('shows what is at work, with how far it is, and what did not work', () => {
    const tasks = [
      task('real.c0.d0.g0.s0', 'running', { done: 30, total: 120 }),
      task('real.c0.d0.g0.s1', 'failed'),
      task('real.c0.d1.g0.s0', 'interrupted'),
      task('real.c0.d1.g0.s1', 'cancelled')
    ]
    const [group] = layOutBoard(madeBoard([]), tasks)
    const [, real] = group?.rows ?? []
    expect(real?.draws.flat().map(({ state, share }) => [state, share])).toEqual([
      ['running', 0.25],
      ['failed', undefined],
      ['paused', undefined],
      ['waiting', undefined]
    ])
  })

  test('counts what is there on the disk as done, whatever a task says of it', () => {
    const groups = layOutBoard(madeBoard(['real.c0.d0.g0.s0']), [task('real.c0.d0.g0.s0', 'cancelled')])
    expect(countStates(groups)).toEqual({ waiting: 9, running: 0, paused: 0, failed: 0, done: 1 })
  })
})
