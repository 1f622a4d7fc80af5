import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Draft, DraftId } from '../../../../src/shared/drafts.ts'
import { type StudyResult } from '../../../../src/shared/studies.ts'
import { PreviewStudyRequest } from '../../../../src/shared/study-look.ts'
import { Bridge } from '../../../../src/renderer/bridge.ts'
import {
  canHaveMore,
  chosenArms,
  givenAnswers,
  isWrongList,
  isWrongNumber,
  mended,
  numbersIn,
  planOf,
  smallestOf
} from '../../../../src/renderer/wizards/study/study-answers.ts'
import { StudyFlow } from '../../../../src/renderer/wizards/study/study-flow.svelte.ts'
import { isHeldUp, stepOfProblem } from '../../../../src/renderer/wizards/study/study-steps.ts'
import { fakeTask } from '../../../support/fake-demo.ts'
import { FakeTransport } from '../../../support/fake-transport.ts'

const planned: StudyResult = {
  study: {
    ...{ id: 'y-1', name: 'plate 3 study', kind: 'few-images', arms: ['real'], repeats: 1 },
    ...{ state: 'planned', done: 0, tasks: 4, question: 'Does it help?' }
  },
  table: { metric: 'AP', rows: [], columns: [], cells: [] },
  sentences: [],
  notes: [],
  seed: 0
}

const at = '2026-11-29T00:00:00.000Z'
const draft: Draft = {
  id: DraftId.parse('w-1'),
  wizard: 'study',
  ...{ title: '', step: '', answers: {}, created: at, changed: at }
}

describe('numbers', () => {
  test('are taken as people type lists', () => {
    expect(numbersIn('1, 5;20  40')).toEqual([1, 5, 20, 40])
    expect(numbersIn('25 % 50%')).toEqual([25, 50])
    expect(numbersIn(' ')).toEqual([])
  })

  test('that cannot be meant are named: fractions of images, shares beyond all, words', () => {
    expect(isWrongList('shares', '12.5, 100')).toBe(false)
    expect(isWrongList('shares', '50, 120')).toBe(true)
    expect(isWrongList('sizes', '2.5')).toBe(true)
    expect(isWrongList('counts', 'many')).toBe(true)
    expect(isWrongNumber('draws', '3')).toBe(false)
    for (const text of ['0', '1.5', 'five', '51']) expect(isWrongNumber('draws', text)).toBe(true)
    expect(smallestOf({ smallest: '0,5' })).toBe(0.005)
    expect(smallestOf({ smallest: '0' })).toBeNaN()
    expect(smallestOf({})).toBeUndefined()
  })
})

describe('the plan', () => {
  test('takes what was answered, and leaves to the program what was not', () => {
    const plan = planOf({
      design: 'table3',
      preset: 'small',
      data: 'd-1',
      synthetic: '',
      shares: '50 % 100 %',
      sizes: '3',
      counts: '8',
      arms: ['synthetic'],
      repeats: '2',
      draws: 'two',
      smallest: '2',
      leaveOut: ['HeLa'],
      question: '  '
    })
    expect(plan).toEqual({
      design: 'table3',
      preset: 'small',
      data: 'd-1',
      shares: [50, 100],
      counts: [8],
      arms: ['real', 'synthetic'],
      repeats: 2,
      smallestEffect: 0.02,
      leaveOut: ['HeLa']
    })
    expect(PreviewStudyRequest.safeParse(plan).success).toBe(true)
  })

  test('has a rival and a control that must harm unless others are chosen, and no more images where all are used', () => {
    expect(chosenArms({})).toEqual(['copy-paste', 'synthetic', 'synthetic-shuffled-masks'])
    const arms = ['synthetic', 'more-real'] as const
    expect(chosenArms({ design: 'few-images', arms: [...arms] })).toEqual(arms)
    expect(chosenArms({ design: 'table2', arms: [...arms] })).toEqual(['synthetic'])
    expect(canHaveMore({ design: 'table4' })).toBe(false)
  })

  test('begins with the set and the images of the page that asked', () => {
    expect(givenAnswers({ set: 's-1', data: 'd-1', draft: 'w-1' })).toEqual({ synthetic: 's-1', data: 'd-1' })
  })
})

describe('what stands in the way', () => {
  const tooFew = { remedies: [{ action: 'set-option' as const, option: 'sizes' as const, value: '1,2' }] }

  test('is told where it can be mended, and holds up every step from there on', () => {
    expect(stepOfProblem(tooFew)).toBe('question')
    expect(stepOfProblem({ remedies: [] })).toBe('data')
    expect(isHeldUp('question', { remedies: [] })).toBe(false)
    expect(isHeldUp('arms', { remedies: [] })).toBe(true)
    expect(isHeldUp('question', tooFew)).toBe(true)
    expect(isHeldUp('summary', undefined)).toBe(false)
  })

  test('is mended with a value, and never without one', () => {
    const [remedy] = tooFew.remedies
    expect(remedy && mended(remedy, {})).toEqual({ sizes: '1,2' })
    expect(mended({ action: 'set-option', option: 'sizes' }, {})).toBeUndefined()
    expect(mended({ action: 'set-option', option: 'tile', value: 64 }, {})).toBeUndefined()
    const without = { action: 'set-option' as const, option: 'leaveOut' as const, value: ['HeLa', 'U2OS'] }
    expect(mended(without, { leaveOut: ['HeLa'] })).toEqual({ leaveOut: ['HeLa', 'U2OS'] })
  })
})

describe('a study that is planned step by step', () => {
  beforeAll(
    () => void vi.stubGlobal('sessionStorage', { getItem: () => null, setItem: () => null, removeItem: () => null })
  )
  afterAll(() => void vi.unstubAllGlobals())

  function flowOn(transport: FakeTransport): StudyFlow {
    return new StudyFlow(new Bridge(transport), { draft: 'w-1', data: 'd-1' })
  }

  test('is tried once for each plan, also when what would matter changes', async () => {
    const transport = new FakeTransport({
      'drafts.list': () => ({ drafts: [] }),
      'drafts.save': () => draft,
      'tasks.start': () => fakeTask('t-1', 'estimate', { state: 'running' }),
      'tasks.show': () => fakeTask('t-1', 'estimate', { state: 'running' })
    })
    const flow = flowOn(transport)
    await flow.load()
    await flow.tryPlan()
    flow.answer({ smallest: '2', question: 'Is it worth it?' })
    await flow.tryPlan()
    const tried = () => transport.sent.filter(({ name }) => name === 'tasks.start')
    expect(tried()).toHaveLength(1)
    flow.answer({ repeats: '2' })
    await flow.tryPlan()
    expect(tried()).toHaveLength(2)
  })

  test('is frozen once, however often its start is pressed, and anew when an answer changes', async () => {
    const plan = vi.fn(() => planned)
    let starts = 0
    const transport = new FakeTransport({
      'drafts.list': () => ({ drafts: [] }),
      'drafts.save': () => draft,
      'study.plan': plan,
      'tasks.start': () => {
        if (starts++ === 0) throw new Error('The host is gone.')
        return fakeTask('t-1', 'study', { state: 'running' })
      }
    })
    const flow = flowOn(transport)
    await flow.load()
    await expect(flow.start('plate 3 study')).rejects.toThrow()
    await flow.start('plate 3 study')
    expect(flow.begun).toBe('y-1')
    expect(plan).toHaveBeenCalledTimes(1)
    flow.answer({ repeats: '2' })
    await flow.start('plate 3 study, twice')
    expect(plan).toHaveBeenCalledTimes(2)
  })
})
