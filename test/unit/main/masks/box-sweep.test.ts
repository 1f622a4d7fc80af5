import { expect, test } from 'vitest'
import { forEachMeeting } from '../../../../src/main/masks/box-sweep.ts'

const boxes = (count: number, place: (i: number) => { x: number; y: number }) =>
  Array.from({ length: count }, (_, i) => ({ ...place(i), width: 10, height: 10 }))

const visits = (all: ReturnType<typeof boxes>) => {
  let count = 0
  forEachMeeting(all, all, 1, () => count++)
  return count
}

test('refuses boxes in one place before it visits the first of them', () => {
  let visited = 0
  const pile = boxes(12_000, () => ({ x: 5, y: 5 }))
  expect(() => forEachMeeting(pile, pile, 1, () => visited++)).toThrow(/more than 4,000,000 pairs/)
  expect(visited).toBe(0)
})

test('refuses boxes of which each would have to be looked at with each, although none meet', () => {
  const column = boxes(100_000, (i) => ({ x: 0, y: 20 * i }))
  expect(() => visits(column)).toThrow(/So many cells lie in one place/)
})

test('takes many cells side by side', () => {
  const grid = boxes(100_000, (i) => ({ x: 10 * (i % 500), y: 10 * Math.floor(i / 500) }))
  expect(visits(grid)).toBeGreaterThan(8 * 95_000)
})
