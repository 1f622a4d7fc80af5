import { describe, expect, test } from 'vitest'
import { layOutDifferences } from '../../../../src/renderer/charts/difference-chart.ts'
import { layOutLearning } from '../../../../src/renderer/charts/learning-chart.ts'
import { ticksWithin } from '../../../../src/renderer/charts/linear.ts'
import { type StudyCell } from '../../../../src/shared/studies.ts'
import { madeBoard } from '../../../support/made-board.ts'

const frame = { width: 400, height: 300, margin: { top: 20, right: 20, bottom: 40, left: 40 } }

function cell(arm: StudyCell['arm'], column: string, [baseline, score]: readonly [number, number]): StudyCell {
  const compared = {
    difference: score - baseline,
    interval: [score - baseline - 0.1, score - baseline + 0.1] as [number, number]
  }
  return {
    row: arm,
    column,
    arm,
    ap: score,
    baseline,
    score,
    n: 2,
    images: 3,
    cells: 9,
    ...(arm === 'real' ? {} : compared)
  }
}

describe('differences', () => {
  test('stand around a zero in the middle, with their intervals to both sides', () => {
    const layout = layOutDifferences([cell('real', 'a', [0.4, 0.4]), cell('synthetic', 'a', [0.4, 0.5])], 0.01)
    const [row, ...others] = layout?.rows ?? []
    expect(others).toEqual([])
    expect(layout?.zero).toBe(0.5)
    expect(row?.from).toBeCloseTo(0.5)
    expect((row?.at ?? 0) - (row?.from ?? 0)).toBeCloseTo((row?.to ?? 0) - (row?.at ?? 0))
    expect((layout?.band[1] ?? 0) - 0.5).toBeCloseTo(0.5 - (layout?.band[0] ?? 0))
    expect(layout?.ticks.find(({ value }) => value === 0)?.at).toBe(0.5)
  })

  test('are not drawn where nothing was compared', () => {
    expect(layOutDifferences([cell('real', 'a', [0.4, 0.4])], 0.01)).toBeUndefined()
  })
})

describe('learning curves', () => {
  const { plan } = madeBoard([])
  const columns = [1, 4, 16].map((images) => ({
    name: `${images}`,
    images,
    synthetic: 8,
    arms: plan.columns[0]?.arms ?? []
  }))
  const cells = [1, 4, 16].flatMap((images, i) => [
    cell('real', `${images}`, [0.3 + 0.1 * i, 0.3 + 0.1 * i]),
    cell('synthetic', `${images}`, [0.3 + 0.1 * i, 0.35 + 0.1 * i])
  ])

  test('go by the logarithm of the number of images, real ones first, and each with its intervals', () => {
    const layout = layOutLearning({ ...plan, columns }, cells, frame)
    const [first = 0, second = 0, third = 0] = layout?.xTicks.map(({ at }) => at) ?? []
    expect(second - first).toBeCloseTo(third - second, 0)
    expect(layout?.curves.map(({ arm }) => arm)).toEqual(['real', 'synthetic'])
    const [real, synthetic] = layout?.curves ?? []
    expect(real?.points.every(({ low }) => low === undefined)).toBe(true)
    for (const { y, low = 0, high = 0 } of synthetic?.points ?? []) {
      expect(low).toBeGreaterThan(y)
      expect(high).toBeLessThan(y)
    }
    expect(real?.points[2]?.y).toBeLessThan(real?.points[0]?.y ?? 0)
  })

  test('are not drawn for one number of images, nor where all are used', () => {
    expect(layOutLearning({ ...plan, columns: columns.slice(0, 1) }, cells, frame)).toBeUndefined()
    expect(layOutLearning({ ...plan, columns, design: 'table2' }, cells, frame)).toBeUndefined()
  })
})

test('ticks are round and stay within', () => {
  expect(ticksWithin(-13, 13, 5)).toEqual([-10, 0, 10])
  expect(ticksWithin(3, 3, 5)).toEqual([3])
})
