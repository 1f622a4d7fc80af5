import { describe, expect, test } from 'vitest'
import { iterationKinds, meanSeconds } from '../../../../src/main/engine-process/trial-iterations.ts'

const regularised = (r1: number, pathLength: number) => ({
  r1: { gamma: 1, interval: r1, onFakes: false },
  pathLength: { weight: 2, interval: pathLength, decay: 0.01, batchShare: 0.5 }
})

describe('the kinds of iterations of a training', () => {
  test('are told by the regularisers that are due, with their shares of all', () => {
    expect(iterationKinds(regularised(16, 4))).toEqual([
      { iteration: 1, share: 0.75 },
      { iteration: 4, share: 0.1875 },
      { iteration: 16, share: 0.0625 }
    ])
  })

  test('are one where no regulariser is on', () => {
    expect(iterationKinds(regularised(0, 0))).toEqual([{ iteration: 1, share: 1 }])
  })

  test('are counted over the common period of intervals that do not divide each other', () => {
    const kinds = iterationKinds(regularised(6, 4))
    expect(kinds.map(({ iteration }) => iteration)).toEqual([1, 4, 6, 12])
    expect(kinds.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1)
  })
})

describe('the mean iteration', () => {
  test('takes each kind by its share, and the middle one of its measurements', () => {
    const kinds = iterationKinds(regularised(16, 4))
    expect(meanSeconds(kinds, [[1, 9, 1], [2], [4]], 100)).toBeCloseTo(0.75 + 0.375 + 0.25)
  })

  test('takes the first iteration for kinds that were not measured', () => {
    expect(meanSeconds(iterationKinds(regularised(16, 4)), [[1], [], []], 4)).toBeCloseTo(0.75 + 0.75 + 0.25)
  })
})
