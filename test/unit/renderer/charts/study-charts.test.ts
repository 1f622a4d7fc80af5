import { describe, expect, test } from 'vitest'
import { type DifferenceLayout, layOutDifferences } from '../../../../src/renderer/charts/difference-chart.ts'
import { type CurvePoint, layOutLearning } from '../../../../src/renderer/charts/learning-chart.ts'
import { ticksWithin } from '../../../../src/renderer/charts/linear.ts'
import { type ArmCell } from '../../../../src/shared/studies.ts'
import { madeBoard } from '../../../support/made-board.ts'

const frame = { width: 400, height: 300, margin: { top: 20, right: 20, bottom: 40, left: 40 } }

function cell(arm: ArmCell['arm'], column: string, [baseline, score]: readonly [number, number]): ArmCell {
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

function to(layout: DifferenceLayout | undefined): number {
  return layout?.rows[0]?.to ?? NaN
}

/** On a screen, more is above. */
function isWithin({ y, low = NaN, high = NaN }: CurvePoint): boolean {
  return low > y && high < y
}

describe('differences', () => {
  test('stand around a zero in the middle, with their intervals to both sides', () => {
    const layout = layOutDifferences([cell('real', 'a', [0.4, 0.4]), cell('synthetic', 'a', [0.4, 0.5])], 0.01)
    expect(layout).toMatchObject({ zero: 0.5, rows: [{ key: 'synthetic\na' }] })
    expect(layout?.ticks).toContainEqual({ value: 0, at: 0.5 })
    expect(layout?.rows.map(({ at, from, to }) => [from, 2 * at - 0.5, to])).toEqual([
      [expect.closeTo(0.5), expect.closeTo(to(layout)), expect.closeTo(to(layout))]
    ])
    const [low = 0, high = 0] = layout?.band ?? []
    expect(high - 0.5).toBeCloseTo(0.5 - low)
  })

  test.each([0.004, 0.02, 0.07, 0.1, 0.3])('have few numbers below them, some on both sides (%f)', (gain) => {
    const compared = { ...cell('synthetic', 'a', [0.4, 0.4]), difference: gain, interval: undefined }
    const values = layOutDifferences([compared], 0.001)?.ticks.map(({ value }) => value) ?? []
    expect(values.length).toBeLessThanOrEqual(5)
    expect(values.filter((value) => value > 0)).toHaveLength((values.length - 1) / 2)
    expect(values.at(-1)).toBeGreaterThan(0)
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
    expect(layout?.curves.map(({ arm }) => arm)).toEqual(['real', 'synthetic'])
    expect(layout?.xTicks.map(({ at }) => at)).toEqual([
      expect.closeTo(63.5, 0),
      expect.closeTo(210, 0),
      expect.closeTo(356.5, 0)
    ])
    const [real = [], synthetic = []] = layout?.curves.map(({ points }) => points) ?? []
    expect(real.map(({ low }) => low)).toEqual([undefined, undefined, undefined])
    expect(synthetic.every(isWithin)).toBe(true)
    expect(real.map(({ y }) => y)).toEqual(real.map(({ y }) => y).toSorted((a, b) => b - a))
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
