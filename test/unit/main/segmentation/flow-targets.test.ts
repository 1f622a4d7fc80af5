import { expect, test } from 'vitest'
import { flowTargets } from '../../../../src/main/segmentation/flow-targets.ts'
import { disc, paintDiscs } from '../../../support/discs.ts'

test('flows of a disc are of length one and point to its centre', () => {
  const picture = paintDiscs(40, 40, [disc(20, 18, 12)])
  const { flowY, flowX, centres } = flowTargets(picture)
  expect([...centres]).toEqual([20, 18])
  const angles: number[] = []
  for (const [pixel, label] of picture.labels.entries()) {
    const [dy, dx] = [20 - Math.floor(pixel / 40), 18 - (pixel % 40)]
    if (label === 0 || (dy === 0 && dx === 0)) continue
    const [y, x] = [flowY[pixel] ?? 0, flowX[pixel] ?? 0]
    expect(Math.hypot(y, x)).toBeCloseTo(1, 5)
    angles.push(Math.abs(Math.atan2(y * dx - x * dy, y * dy + x * dx)))
  }
  const mean = angles.reduce((sum, angle) => sum + angle, 0) / angles.length
  expect((mean * 180) / Math.PI).toBeLessThan(3)
})

test('there is no flow outside cells, and none across the border of two that touch', () => {
  const picture = paintDiscs(40, 24, [disc(12, 10, 8), disc(12, 27, 8)])
  const alone = flowTargets(paintDiscs(40, 24, [disc(12, 10, 8)]))
  const both = flowTargets(picture)
  for (const [pixel, label] of picture.labels.entries()) {
    if (label === 0) expect([both.flowY[pixel], both.flowX[pixel]]).toEqual([0, 0])
    if (label === 1) {
      expect([both.flowY[pixel], both.flowX[pixel]]).toEqual([alone.flowY[pixel], alone.flowX[pixel]])
    }
  }
})

test('a cell of one pixel has no direction, and a number without a pixel no centre', () => {
  const labels = new Int32Array(9)
  labels[4] = 2
  const { flowY, flowX, centres } = flowTargets({ labels, width: 3, height: 3 })
  expect([flowY[4], flowX[4]]).toEqual([0, 0])
  expect([...centres]).toEqual([-1, -1, 1, 1])
})
