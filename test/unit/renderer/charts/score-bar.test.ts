import { expect, test } from 'vitest'
import { layOutBar } from '../../../../src/renderer/charts/score-bar.ts'

test('scores lie on the bar between what real pictures get and what blank ones get', () => {
  expect(layOutBar(0.5, 0.25, { real: 0, empty: 1 })).toEqual({ latest: 0.5, best: 0.25, isBeyond: false })
  expect(layOutBar(90, 40, { real: 15, empty: 165 })).toEqual({ latest: 0.5, best: 25 / 150, isBeyond: false })
})

test('a score beyond either end is shown at the end', () => {
  expect(layOutBar(1.4, -0.01, { empty: 1 })).toEqual({ latest: 1, best: 0, isBeyond: true })
})
