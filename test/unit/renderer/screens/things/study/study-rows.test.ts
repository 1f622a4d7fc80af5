import { describe, expect, test } from 'vitest'
import { type ArmName, type StudyCell, type StudyTable } from '../../../../../../src/shared/studies.ts'
import { rowNameOf, studyRows, wholeCells } from '../../../../../../src/renderer/screens/things/study/study-rows.ts'
import {
  headline,
  intervalText,
  signedPoints,
  studyProgress,
  weaknessesOf
} from '../../../../../../src/renderer/text/study.ts'

function cell(row: string, column: string, ap: number, more: Partial<StudyCell> = {}): StudyCell {
  return { row, column, arm: 'synthetic', ap, baseline: 0.4, score: ap, n: 2, images: 3, cells: 9, ...more }
}

describe("a study's table in the page", () => {
  test('has a row for each row and its columns in order, with a gap where nothing is done yet', () => {
    const table: StudyTable = {
      metric: 'AP',
      rows: ['Full', 'A172'],
      columns: ['25%', '100%'],
      cells: [cell('A172', '25%', 0.3), cell('Full', '100%', 0.5), cell('Full', '25%', 0.45)]
    }
    expect(studyRows(table).map(({ title, cells }) => [title, ...cells.map((each) => each?.ap)])).toEqual([
      ['Full', 0.45, 0.5],
      ['A172', 0.3, undefined]
    ])
  })

  test('is drawn by the scores over all test images, not by those of single classes', () => {
    const cells = [cell('Synthetic images', '5 images', 0.5), cell('Synthetic images, A172', '5 images', 0.1)]
    expect(wholeCells({ metric: 'AP', rows: [], columns: [], cells })).toEqual(cells.slice(0, 1))
  })

  test('calls a row of other predictions by their file, on any system, as far as a name may go', () => {
    expect(rowNameOf('/home/a.b/Cellpose-SAM.json')).toBe('Cellpose-SAM')
    expect(rowNameOf('C:\\data\\stardist.v2.json')).toBe('stardist.v2')
    expect(rowNameOf('/home/.json')).toBe('.json')
    expect(rowNameOf(`/home/${'a'.repeat(120)}.json`)).toHaveLength(100)
  })

  test('gives differences and intervals in points with their signs', () => {
    expect([0.0123, -0.004, 0.00001].map(signedPoints)).toEqual(['+1.23', '−0.40', '±0.00'])
    expect(intervalText([-0.004, 0.012])).toBe('−0.40 to +1.20')
    expect(intervalText(undefined)).toBe('no interval')
  })

  test('tells how far the study is, and how long it takes while that is known', () => {
    expect(studyProgress(3, 12, 1200)).toBe('3 of 12 trainings done, about 20 minutes left.')
    expect(studyProgress(3, 12, undefined)).toBe('3 of 12 trainings done.')
    expect(studyProgress(12, 12, 60)).toBe('12 of 12 trainings done.')
  })
})

describe("a study's answer in a line", () => {
  const at = (column: string, verdict: 'helps' | 'harms' | 'cannot-tell', arm: StudyCell['arm'] = 'synthetic') =>
    cell('row', column, 0.5, { arm, verdict, difference: 0.1 })

  test('is of synthetic images, whatever else was compared', () => {
    const cells = [at('1 image', 'helps'), at('1 image', 'harms', 'synthetic-shuffled-masks')]
    expect(headline('few-images', cells)).toEqual({ verdict: 'helps', text: 'Synthetic images: they help.' })
  })

  test('says where they help and where nobody can tell', () => {
    const cells = [at('1 image', 'helps'), at('5 images', 'helps'), at('20 images', 'cannot-tell')]
    expect(headline('few-images', cells)).toEqual({
      verdict: undefined,
      text: 'Synthetic images: help with 1 image and 5 images; cannot be told from chance with 20 images.'
    })
  })

  test('is not there before anything was compared', () => {
    expect(headline('few-images', [cell('row', '1 image', 0.5)])).toBeUndefined()
  })
})

describe("what weakens a study's answer", () => {
  const column = { name: '1 image', images: 1, synthetic: 4 }
  const weaknesses = (arms: ArmName[], cells: readonly StudyCell[], notes: string[] = []) =>
    weaknessesOf({ notes, columns: [{ ...column, arms }] }, cells)
  const interval: [number, number] = [0.01, 0.2]
  const honest = cell('row', '1 image', 0.5, { difference: 0.1, interval, basis: 'both' })

  test('is nothing where repeats, control and images are sound', () => {
    expect(weaknesses(['real', 'synthetic', 'synthetic-shuffled-masks'], [honest])).toEqual([])
  })

  test('is what it was planned with, verdicts by intervals alone, single repeats and a missing control', () => {
    const alone = { ...honest, basis: 'interval' as const }
    const once = cell('row', '5 images', 0.5, { difference: 0.1 })
    const told = weaknesses(['real', 'synthetic'], [alone, once], ['Its model saw more.', 'Its model saw more.'])
    expect(told).toHaveLength(4)
    expect(told[0]).toBe('Its model saw more.')
    expect(told[1]).toMatch(/^1 of 2 comparisons rests on its interval alone/)
    expect(told[2]).toMatch(/^1 of 2 comparisons was done once only/)
    expect(told[3]).toMatch(/^No control that must harm/)
    expect(weaknesses(['real', 'copy-paste', 'synthetic-shuffled-masks'], [alone])[0]).toMatch(
      /^The one comparison rests/
    )
  })
})
