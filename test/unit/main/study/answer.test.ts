import { expect, test } from 'vitest'
import { answerSentences } from '../../../../src/main/study/answer.ts'
import type { Field } from '../../../../src/main/study/study-table.ts'
import type { StudyCell } from '../../../../src/shared/studies.ts'
import { makeStudy } from '../../../support/made-study.ts'
import { temporaryFolder } from '../../../support/temporary-folder.ts'

const place = { arm: 'copy-paste', column: 0 } as const

function field(changes: Partial<StudyCell>): Field {
  const cell: StudyCell = {
    row: 'Copy-paste of real cells',
    column: '2 images',
    arm: 'copy-paste',
    ap: 0.6,
    baseline: 0.5,
    score: 0.6,
    difference: 0.1,
    interval: [0.05, 0.15],
    p: 0.25,
    leastP: 0.25,
    adjusted: 1,
    verdict: 'helps',
    basis: 'interval',
    n: 3,
    images: 12,
    cells: 100,
    ...changes
  }
  const baseline = { arm: 'real', column: 0 } as const
  const comparison = { row: cell.row, column: cell.column, arm: place, baseline, isWhole: true, counts: () => true }
  return { comparison, cell, difference: undefined }
}

function withoutInterval({ cell, ...rest }: Field): Field {
  const { interval: _, ...left } = cell
  return { ...rest, cell: left }
}

async function sentences(...fields: Field[]): Promise<string[]> {
  const { study } = await makeStudy(await temporaryFolder(), { sizes: [2] })
  return answerSentences(study, fields, new Set())
}

test('a verdict that rests on the interval alone says so, and what its test could have reached', async () => {
  const [one, two] = await sentences(field({}), field({ verdict: 'harms', difference: -0.1, interval: [-0.15, -0.05] }))
  expect(one).toContain('helps.')
  expect(one).toContain(
    'this rests on the interval alone: so few independent repeats allow no p below 0.500 over the 2 comparisons of the table, and of 2 such comparisons one in twenty errs'
  )
  expect(one).not.toMatch(/p = /)
  expect(two).toContain('harms.')
})

test('one comparison alone says nothing of a table', async () => {
  const [one] = await sentences(field({}))
  expect(one).toContain('so few independent repeats allow no p below 0.250;')
  expect(one).not.toContain('table')
})

test('comparisons of single classes count among those of the table, and none is told that it reaches no p below 1', async () => {
  const ofClass = ({ comparison, ...rest }: Field): Field => ({
    ...rest,
    comparison: { ...comparison, isWhole: false }
  })
  const told = await sentences(field({}), ofClass(field({})), ofClass(field({})))
  expect(told).toHaveLength(1)
  expect(told[0]).toContain('no p below 0.750 over the 3 comparisons of the table, and of 3 such comparisons')
  const [one] = await sentences(...Array.from({ length: 4 }, () => field({ verdict: 'cannot-tell' })))
  expect(one).toContain(
    'so few independent repeats allow no p below 0.250 for one comparison, and say nothing over the 4 comparisons of the table'
  )
})

test('without an interval it says what there was only one of', async () => {
  const told = await sentences(...[{ n: 1 }, { images: 1 }, {}].map((changes) => withoutInterval(field(changes))))
  expect(told.map((sentence) => /from one (\w+( image)?),/.exec(sentence)?.[1])).toEqual([
    'repeat',
    'test image',
    'well'
  ])
})

test('where the test can speak, its p-value stands in the sentence', async () => {
  const [one] = await sentences(field({ p: 0.01, adjusted: 0.03, leastP: 0.004, basis: 'both' }))
  expect(one).toContain('p = 0.010, 0.030 over the whole table')
})
