import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeRemoved, filterByArea, limitsOf, observeCells } from '../../../../src/main/masks/area-filter.ts'
import { paintRle } from '../../../../src/main/masks/rle.ts'
import { rleFromString } from '../../../../src/main/masks/rle-string.ts'
import { regionProperties } from '../../../../src/main/masks/region-properties.ts'

const side = 64

/** Squares of the given sides with their upper left corners, numbered from 1. */
function squares(...cells: [x: number, y: number, side: number][]): Uint32Array {
  const labels = new Uint32Array(side * side)
  for (const [i, [x, y, size]] of cells.entries()) {
    for (let row = y; row < y + size; row++) labels.fill(i + 1, row * side + x, row * side + x + size)
  }
  return labels
}

const limits = { minArea: 20, maxArea: 150, minSolidity: 0.8, minCells: 1, maxCells: 9 }

test('removed cells are told with their reason, size and pixels', () => {
  const labels = squares([10, 10, 8], [30, 30, 3], [40, 40, 14])
  const { removed } = filterByArea(labels, side, side, limits)
  const told = describeRemoved(labels, side, side, removed)
  expect(told.map(({ reason, area }) => [reason, area])).toEqual([
    ['too-small', 9],
    ['too-large', 196]
  ])
  const pixels = new Uint8Array(side * side)
  for (const { counts } of told) paintRle(rleFromString(counts, side, side), pixels, 1)
  expect(pixels).toEqual(Uint8Array.from(labels, (label) => Number(removed.has(label))))
})

describe('real limits', () => {
  test('come from whole visible cells, not from fragments or cells at the border', () => {
    const labels = squares([0, 0, 5], [10, 10, 8], [30, 30, 10])
    for (let row = 0; row < side; row++) labels[row * side + 14] = 9 // a thin cell cuts the second in two
    const observed = observeCells(labels, side, side, side)
    expect(observed.areas).toEqual([32, 100])
    expect(observed.solidities).toEqual([1, 1])
    expect(observed.cellsPerTile).toEqual([4])
  })

  test('count cells in every tile that training could see', () => {
    const { cellsPerTile } = observeCells(squares([2, 2, 5], [50, 50, 6]), side, side, 32)
    expect(cellsPerTile).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 1])
  })

  test('are quantiles over all images of a class', () => {
    const observed = Array.from({ length: 3 }, (_, image) => ({
      areas: Array.from({ length: 67 }, (_, i) => 100 + 67 * image + i),
      solidities: [0.9, 1],
      cellsPerTile: [10 * image]
    }))
    const { minArea, maxArea, minCells, maxCells } = limitsOf(observed)
    expect([minArea, maxArea]).toEqual([101, 299])
    expect([minCells, maxCells]).toEqual([0.2, 19.8])
  })

  test('limit nothing where nothing was seen', () => {
    const mask = squares([10, 10, 40])
    expect(filterByArea(mask, side, side, limitsOf([]))).toMatchObject({ cells: 1, drop: undefined })
  })
})

describe('the area filter', () => {
  test('removes what no real cell is like, and says why', () => {
    const labels = squares([5, 5, 4], [20, 5, 8], [40, 5, 13], [20, 30, 9])
    for (let row = 33; row < 39; row++) labels.fill(0, row * side + 23, row * side + 29) // an L
    const { removed, cells } = filterByArea(labels, side, side, limits)
    expect([...removed]).toEqual([
      [1, 'too-small'],
      [3, 'too-large'],
      [4, 'too-ragged']
    ])
    expect(cells).toBe(1)
  })

  test('lets a cell that the border cuts be small', () => {
    expect(filterByArea(squares([0, 30, 4]), side, side, limits).removed.size).toBe(0)
  })

  test('drops a picture that loses much, or has too few or too many cells', () => {
    expect(filterByArea(squares([5, 5, 10], [30, 30, 13]), side, side, limits).drop).toBe('too-much-removed')
    expect(filterByArea(squares([5, 5, 10]), side, side, limits).drop).toBeUndefined()
    expect(filterByArea(new Uint32Array(side * side), side, side, limits).drop).toBe('too-few-cells')
    expect(filterByArea(squares([5, 5, 10], [30, 30, 10]), side, side, { ...limits, maxCells: 1 }).drop).toBe(
      'too-many-cells'
    )
  })

  test('renumbers the kept cells without gaps and touches nothing else', () => {
    const place = fc.tuple(fc.integer({ min: 1, max: 14 }), fc.boolean())
    fc.assert(
      fc.property(fc.array(place, { minLength: 1, maxLength: 16 }), (cells) => {
        const labels = squares(
          ...cells.map(([size], i): [number, number, number] => [16 * (i % 4) + 1, 16 * Math.floor(i / 4) + 1, size])
        )
        const { labels: kept, cells: count, removed } = filterByArea(labels, side, side, limits)
        expect([...new Set(kept)].filter((label) => label > 0)).toEqual(Array.from({ length: count }, (_, i) => i + 1))
        const isKept = labels.map((label) => Number(label > 0 && !removed.has(label)))
        expect(kept.map((label) => Number(label > 0))).toEqual(isKept)
      })
    )
  })
})

test('the properties of a square are those of a square', () => {
  const [square] = regionProperties(squares([10, 20, 4]), side, side)
  expect(square).toMatchObject({
    area: 16,
    box: { x: 10, y: 20, width: 4, height: 4 },
    centroid: { x: 11.5, y: 21.5 },
    perimeter: 12,
    solidity: 1,
    filledArea: 16,
    eulerNumber: 1,
    eccentricity: 0
  })
})
