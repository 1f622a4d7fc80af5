import { describe, expect, test } from 'vitest'
import { type Workspace } from '../../../../../src/shared/api.ts'
import { type DemoState } from '../../../../../src/shared/demo.ts'
import { PackageId } from '../../../../../src/shared/packages.ts'
import { holdings } from '../../../../../src/renderer/screens/home/holdings.ts'
import { minutesOf } from '../../../../../src/renderer/screens/home/minutes.ts'
import { shownSteps } from '../../../../../src/renderer/screens/home/steps.ts'
import { announcement, curveSummary, demoHeading } from '../../../../../src/renderer/text/home.ts'
import { fakeRun } from '../../../../support/fake-run.ts'

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

describe('holdings', () => {
  const nothing: Workspace = {
    folder: 'w',
    notices: [],
    datasets: [],
    prepared: [],
    runs: [],
    synthetic: [],
    builtIn: [],
    packages: []
  }

  test('lists only kinds of which there is something', () => {
    expect(holdings(nothing)).toEqual([])
    expect(holdings({ ...nothing, runs: [fakeRun] }).map(({ title }) => title)).toEqual(['Models'])
  })

  test('says of a model how far it is and how good', () => {
    const { best: _, ...unscored } = fakeRun
    const runs = [fakeRun, { ...unscored, state: 'running' as const }]
    const facts = holdings({ ...nothing, runs }).flatMap(({ items }) => items.map((item) => item.facts))
    expect(facts).toEqual(['ready, best score 96.4', 'learning, no score yet'])
  })

  test('says of a thing whose files were taken away that they are missing', () => {
    const items = holdings({ ...nothing, runs: [{ ...fakeRun, missing: true }] }).flatMap((group) => group.items)
    expect(items.map(({ facts }) => facts)).toEqual(['its files are missing'])
  })

  test('calls a package by its name and says how large it is', () => {
    const packages = [
      {
        id: PackageId.parse('k1'),
        name: 'for Ada',
        file: '/data/packages/a.zip',
        bytes: 412_345,
        sha256: 'a',
        entries: 3,
        created: '2026-11-24T10:15:00.000Z',
        synthetic: 'S'
      }
    ]
    const items = holdings({ ...nothing, packages }).flatMap((group) => group.items)
    expect(items).toMatchObject([{ key: 'k1', name: 'for Ada', facts: '412 kB' }])
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
