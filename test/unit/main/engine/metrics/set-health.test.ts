import { expect, test } from 'vitest'
import { CellTally } from '../../../../../src/main/engine/metrics/cell-tally.ts'
import { compareWithReal, healthFindings, overallMaskFit } from '../../../../../src/main/engine/metrics/set-health.ts'
import { type CellStatistics } from '../../../../../src/shared/set-report.ts'

const real: CellStatistics = { pictures: 100, empty: 0.2, cells: 4, medianArea: 30, maskFit: 0.8 }

function findings(generated: Partial<CellStatistics>): string[] {
  return healthFindings([{ class: 'nuclei', generated: { ...real, ...generated }, real }])
}

test('pictures without a cell are counted, and are no part of the mean fit', () => {
  const tally = new CellTally()
  tally.add({ cells: 2, areas: [10, 30], fit: 0.6 })
  tally.add({ cells: 0, areas: [], fit: undefined })
  tally.add({ cells: 1, areas: [50], fit: 0.8 })
  tally.add({ cells: 1, areas: [20], fit: undefined })
  expect(tally.statistics()).toEqual({
    pictures: 4,
    empty: 0.25,
    cells: 1,
    medianArea: 25,
    maskFit: expect.closeTo(0.7, 12) as number
  })
})

test('a class without a cell has neither areas nor a fit', () => {
  const tally = new CellTally()
  tally.add({ cells: 0, areas: [], fit: undefined })
  expect(tally.statistics()).toEqual({ pictures: 1, empty: 1, cells: 0 })
  expect(new CellTally().statistics()).toEqual({ pictures: 0, empty: 0, cells: 0 })
})

test('a set that is like real tiles gets no sentence', () => {
  expect(findings({ empty: 0.3, cells: 5, medianArea: 38, maskFit: 0.7 })).toEqual([])
})

test.each([
  [{ empty: 0.42 }, 'nuclei: 42 % of the pictures show no cell, of real tiles 20 %.'],
  [{ cells: 1.2 }, 'nuclei: a picture shows 1.2 cells on average, a real tile 4.0.'],
  [{ medianArea: 12 }, 'nuclei: the typical cell covers 12 pixels, a real one 30.'],
  [{ medianArea: 45 }, 'nuclei: the typical cell covers 45 pixels, a real one 30.'],
  [{ maskFit: 0.5 }, 'nuclei: masks fit their pictures less well than real ones do: 50 % against 80 %.']
])('what is off gets one plain sentence: %o', (generated, sentence) => {
  const [finding, ...others] = findings(generated)
  expect(others).toEqual([])
  expect(finding?.startsWith(sentence)).toBe(true)
})

test('few pictures, and classes without real tiles, get no sentence', () => {
  expect(findings({ pictures: 6, empty: 1, cells: 0 })).toEqual([])
  expect(healthFindings([{ class: 'nuclei', generated: { ...real, empty: 1 } }])).toEqual([])
})

test('the fit of a whole set is the mean over the classes that have both numbers', () => {
  const statistics = (maskFit?: number): CellStatistics => ({
    pictures: 20,
    empty: 0,
    cells: 3,
    ...(maskFit === undefined ? {} : { maskFit })
  })
  const health = compareWithReal(
    [
      { class: 'a', statistics: statistics(0.5) },
      { class: 'b', statistics: statistics(0.7) },
      { class: 'c', statistics: statistics() },
      { class: 'd', statistics: statistics(0.1) }
    ],
    ['a', 'b', 'c'].map((name) => ({ class: name, statistics: statistics(0.8) }))
  )
  expect(overallMaskFit(health)).toMatchObject({ generated: 0.6, real: 0.8 })
  expect(health.map((entry) => entry.real === undefined)).toEqual([false, false, false, true])
  expect(overallMaskFit([])).toBeUndefined()
})
