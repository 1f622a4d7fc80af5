import { describe, expect, test } from 'vitest'
import { type GridShape, gridWindow, scrollTo } from '../../../../../src/renderer/screens/things/grid-window.ts'

/** Ten columns of 92 pixels and a gap of 8; rows of 92 + 20 + 8 = 120 pixels. */
const shape: GridShape = {
  items: 10_000,
  width: 992,
  height: 600,
  scrolled: 0,
  leastWidth: 90,
  caption: 20,
  gap: 8,
  ratio: 1
}

describe('A grid of many pictures', () => {
  test('holds only the rows that are seen, and two more on either side', () => {
    expect(gridWindow(shape)).toEqual({ columns: 10, first: 0, end: 70, above: 0, height: 120_000 })
    expect(gridWindow({ ...shape, scrolled: 1200 })).toMatchObject({ first: 80, end: 170, above: 960 })
  })

  test('ends with its last picture', () => {
    expect(gridWindow({ ...shape, items: 9_995, scrolled: 119_400 })).toMatchObject({ first: 9_930, end: 9_995 })
  })

  test('has one column where it is narrow, and none too few while nothing is measured', () => {
    expect(gridWindow({ ...shape, width: 50 }).columns).toBe(1)
    expect(gridWindow({ ...shape, width: 0, height: 0 }).columns).toBe(1)
  })

  test('scrolls only to what is not seen', () => {
    expect(scrollTo(35, shape)).toBeUndefined()
    expect(scrollTo(50, shape)).toBe(120)
    expect(scrollTo(0, { ...shape, scrolled: 240 })).toBe(0)
  })
})
