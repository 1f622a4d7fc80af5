import { describe, expect, test } from 'vitest'
import { layOutCurve, ticks } from '../../../../src/renderer/charts/quality-curve.ts'

const frame = { width: 420, height: 220, margin: { top: 20, right: 20, bottom: 40, left: 50 } }

describe('layOutCurve', () => {
  test('puts iterations from left to right and better (lower) scores further down', () => {
    const { dots, line } = layOutCurve(
      [
        { iteration: 100, value: 200 },
        { iteration: 200, value: 100 }
      ],
      frame
    )
    expect(dots.map(({ x, y }) => [x, y])).toEqual([
      [225, 20],
      [400, 180]
    ])
    expect(line).toBe('M225 20L400 180')
  })

  test('marks the lowest score, the first of equals', () => {
    const values = [5, 3, 4, 3]
    const { dots } = layOutCurve(
      values.map((value, iteration) => ({ iteration, value })),
      frame
    )
    expect(dots.map(({ isBest }) => isBest)).toEqual([false, true, false, false])
  })

  test.each([[[120]], [[80, 80, 80]], [[0]]])('draws %j inside the frame', (values) => {
    const { dots } = layOutCurve(
      values.map((value, index) => ({ iteration: index * 50, value })),
      frame
    )
    for (const { x, y } of dots) {
      expect(x).toBeGreaterThanOrEqual(50)
      expect(x).toBeLessThanOrEqual(400)
      expect(y).toBeGreaterThanOrEqual(20)
      expect(y).toBeLessThanOrEqual(180)
    }
  })

  test('gives a single small score an axis of its size', () => {
    const { yTicks } = layOutCurve([{ iteration: 0, value: 0.16 }], frame)
    expect(yTicks.map(({ value }) => value)).toEqual([0.1, 0.15, 0.2])
  })

  test('labels the horizontal axis with whole rounds within the data', () => {
    const { xTicks } = layOutCurve([{ iteration: 3, value: 1 }], frame)
    expect(xTicks.map(({ value }) => value)).toEqual([0, 1, 2, 3])
  })
})

describe('ticks', () => {
  test('are round and cover the range', () => {
    expect(ticks(88.8, 231, 4)).toEqual([50, 100, 150, 200, 250])
    expect(ticks(0.12, 0.31, 4)).toEqual([0.1, 0.15, 0.2, 0.25, 0.3, 0.35])
  })
})
