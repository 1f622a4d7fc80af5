import { describe, expect, test } from 'vitest'
import { type DemoState } from '../../../../../src/shared/demo.ts'
import { minutesOf } from '../../../../../src/renderer/screens/home/minutes.ts'
import { shownSteps } from '../../../../../src/renderer/screens/home/steps.ts'
import { announcement, curveSummary, demoHeading } from '../../../../../src/renderer/text/home.ts'

describe('minutesOf', () => {
  test.each([
    ['', 'usual'],
    ['  ', 'usual'],
    ['5', 5],
    ['0.5', 0.5],
    ['0,5', 0.5],
    ['600', 600],
    ['600.1', 'invalid'],
    ['0', 'invalid'],
    ['-3', 'invalid'],
    ['soon', 'invalid'],
    ['Infinity', 'invalid']
  ])('reads %j as %j', (text, minutes) => {
    expect(minutesOf(text)).toBe(minutes)
  })
})

describe('shownSteps', () => {
  test('says the time left of the running step and the outcome of finished ones', () => {
    const steps = shownSteps([
      { step: 'import', state: 'done', done: 1, total: 1, outcome: '60 images' },
      { step: 'train', state: 'running', done: 1, total: 4, secondsLeft: 170, outcome: 'of before' },
      { step: 'generate', state: 'waiting', done: 0, total: 1 }
    ])
    expect(steps.map(({ note }) => note)).toEqual(['60 images', 'about 3 minutes left', undefined])
    expect(steps.map(({ stateWord }) => stateWord)).toEqual(['done', 'in progress', 'waiting'])
  })
})

describe('Words about the sample', () => {
  const demo: DemoState = {
    state: 'running',
    steps: [
      { step: 'import', state: 'done', done: 1, total: 1 },
      { step: 'train', state: 'running', done: 0, total: 1 }
    ],
    notices: []
  }

  test('say where it is', () => {
    expect(demoHeading(demo, demo.steps[1])).toBe('Step 2 of 2: Learn how the cells look')
    expect(demoHeading({ ...demo, state: 'paused' }, demo.steps[1])).toBe('Paused')
    expect(announcement({ ...demo, state: 'idle' }, undefined)).toBe('')
    expect(announcement(demo, demo.steps[1])).toBe('Step 2 of 2: Learn how the cells look')
  })

  test('say the curve to those who do not see it', () => {
    const scores = [
      { iteration: 100, value: 200 },
      { iteration: 200, value: 90.04 },
      { iteration: 1300, value: 95 }
    ]
    expect(curveSummary(scores)).toBe(
      'Picture quality score over practice rounds: 200.0 at 100, 95.0 at 1,300; best 90.0 at 200. Lower is better.'
    )
  })
})
