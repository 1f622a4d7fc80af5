import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bestAssignment } from '../../../../src/main/study/assignment.ts'
import { addCounts, areaScores, countMatches, matchScores } from '../../../../src/main/study/label-metrics.ts'

// Two true cells of 6; the predictions have 4 and 8 and share 4 and 6 pixels with them, the second 2 with the first.
const competing = {
  truthAreas: [6, 6],
  predictionAreas: [4, 8],
  overlaps: [
    [0, 0, 4],
    [0, 1, 2],
    [1, 1, 6]
  ] as const
}

test('scores at a threshold follow from the counts', () => {
  const counts = countMatches(competing, 0.7)
  expect(counts).toEqual({ tp: 1, fp: 1, fn: 1, iou: 0.75 })
  expect(matchScores(counts)).toMatchObject({ accuracy: 1 / 3, f1: 0.5, sq: 0.75, pq: 0.375, meanTrueScore: 0.375 })
})

test('pooled counts weigh pictures by their cells', () => {
  const empty = { tp: 0, fp: 4, fn: 0, iou: 0 }
  expect(matchScores(addCounts([countMatches(competing, 0.5), empty])).accuracy).toBe(2 / 6)
})

test('two halves of one cell match it once', () => {
  const halves = {
    truthAreas: [8],
    predictionAreas: [4, 4],
    overlaps: [
      [0, 0, 4],
      [0, 1, 4]
    ] as const
  }
  expect(countMatches(halves, 0.5)).toEqual({ tp: 1, fp: 1, fn: 0, iou: 0.5 })
})

test('masks that overlap among themselves are matched as often as possible, not best pair first', () => {
  // The first truth (10 pixels) fits both predictions (10 and 12), the second (11) only the first one.
  const overlapping = {
    truthAreas: [10, 11],
    predictionAreas: [10, 12],
    overlaps: [
      [0, 0, 10],
      [0, 1, 9],
      [1, 0, 8]
    ] as const
  }
  expect(countMatches(overlapping, 0.5)).toEqual({
    tp: 2,
    fp: 0,
    fn: 0,
    iou: expect.closeTo(9 / 13 + 8 / 13, 12) as number
  })
  expect(countMatches(overlapping, 0.65)).toMatchObject({ tp: 1, iou: 1 })
})

test('a picture without true and predicted cells scores 1', () => {
  const nothing = { truthAreas: [], predictionAreas: [], overlaps: [] }
  const { tp, fp, fn, iou, ...scores } = matchScores(countMatches(nothing, 0.5))
  expect([tp, fp, fn, iou]).toEqual([0, 0, 0, 0])
  expect(new Set(Object.values(scores))).toEqual(new Set([1]))
  expect(new Set(Object.values(areaScores(nothing)))).toEqual(new Set([1]))
})

test('a picture without true cells but with predicted ones scores 0', () => {
  const { accuracy, f1, pq } = matchScores(countMatches({ truthAreas: [], predictionAreas: [5], overlaps: [] }, 0.5))
  expect([accuracy, f1, pq]).toEqual([0, 0, 0])
})

test('the assignment has the largest sum of all, and uses nothing twice', () => {
  const weight = fc.integer({ min: 0, max: 9 })
  const matrix = fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
    .chain(([rows, columns]) =>
      fc.array(fc.array(weight, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows })
    )
  fc.assert(
    fc.property(matrix, (weights) => {
      const pairs = bestAssignment(weights)
      expect(new Set(pairs.map(([row]) => row)).size).toBe(pairs.length)
      expect(new Set(pairs.map(([, column]) => column)).size).toBe(pairs.length)
      expect(pairs.reduce((sum, [row, column]) => sum + (weights[row]?.[column] ?? 0), 0)).toBe(best(weights))
    })
  )
})

/** By trying everything. */
function best([first, ...rest]: readonly (readonly number[])[], used: readonly number[] = []): number {
  if (first === undefined) return 0
  const options = first.flatMap((weight, column) =>
    used.includes(column) ? [] : [weight + best(rest, [...used, column])]
  )
  return Math.max(best(rest, used), ...options)
}
