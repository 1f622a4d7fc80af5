import { expect, test } from 'vitest'
import {
  cellNumberNames,
  type CellNumberName,
  cellNumbers
} from '../../../../../src/main/engine/metrics/cell-numbers.ts'
import {
  asBrightAsCells,
  blankPicture,
  type CellPicture,
  pictureWithMask,
  ToneCount,
  viewOf
} from '../../../../../src/main/engine/metrics/cell-view.ts'

const side = 8

/** Two cells of 2 × 4 pixels side by side, of value 200 on 50. */
function twoCells(): CellPicture & { readonly labels: Uint8Array; readonly pixels: Uint8Array } {
  const labels = Uint8Array.from({ length: side * side }, (_, i) => {
    const [x, y] = [i % side, Math.floor(i / side)]
    if (y < 2 || y > 5 || x < 2 || x > 5) return 0
    return x < 4 ? 1 : 2
  })
  return { side, channels: 1, pixels: Uint8Array.from(labels, (label) => (label > 0 ? 200 : 50)), labels }
}

/** Stretched by its own values, so that 50 becomes 0 and 200 becomes 255. */
function numbersOf(picture: CellPicture): Record<CellNumberName, number> {
  const values = cellNumbers(viewOf(picture, tonesOf(twoCells())))
  return Object.fromEntries(cellNumberNames.map((name, i) => [name, values[i]])) as Record<CellNumberName, number>
}

function tonesOf(...pictures: readonly CellPicture[]) {
  const count = new ToneCount(pictures[0]?.channels ?? 1)
  for (const picture of pictures) count.add(picture)
  return count.tones
}

test('cells are counted and measured as a ruler would', () => {
  expect(numbersOf(twoCells())).toMatchObject({
    cells: Math.SQRT2,
    size: Math.sqrt(8),
    cover: 0.5,
    contrast: 255,
    'step at the edge': 255,
    'texture inside': 0,
    'spread inside': 0,
    background: 0,
    touching: 4 / Math.sqrt(16), // four pairs of pixels, two cells of eight
    outline: 20 / Math.sqrt(32), // sixteen pairs around them and four between
    'tint inside': 0
  })
})

test('a mask off its cells shows in contrast and at its edge, and texture where texture is', () => {
  const { labels } = twoCells()
  const off = { ...twoCells(), labels: labels.map((_, i) => labels[(i + 4) % labels.length] ?? 0) }
  expect(numbersOf(off).contrast).toBeLessThan(0)
  const rough = {
    ...twoCells(),
    pixels: Uint8Array.from(twoCells().pixels, (v, i) => (v > 100 ? v - 30 * (i % 2) : v))
  }
  const numbers = numbersOf(rough)
  expect(numbers['texture inside']).toBeGreaterThan(3)
  expect(numbers['texture outside']).toBe(0)
})

test('of a picture without cells all numbers of cells are 0', () => {
  const tones = tonesOf(twoCells())
  const numbers = cellNumbers(viewOf(blankPicture(side, tones), tones))
  expect(numbers).toEqual(cellNumberNames.map(() => 0)) // the background, 50, is the darkest there is
})

test('specks are no cells, but cover what they cover', () => {
  const { pixels } = twoCells()
  const labels = new Uint8Array(side * side)
  labels.fill(1, 0, 5)
  expect(numbersOf({ side, channels: 1, pixels, labels })).toMatchObject({
    cells: 0,
    size: 0,
    cover: Math.sqrt(5 / 64)
  })
})

test('brightness alone finds bright cells on dark ground, and dark cells on bright ground', () => {
  const bright = twoCells()
  const dark = { ...bright, pixels: Uint8Array.from(bright.pixels, (value) => 255 - value) }
  for (const picture of [bright, dark]) {
    const found = asBrightAsCells(picture, tonesOf(picture))
    expect([...found]).toEqual([...bright.labels].map((label) => (label > 0 ? 1 : 0)))
  }
})

test('a colour picture is seen in two planes, and its tint is a number', () => {
  const gray = twoCells()
  const pixels = Uint8Array.from({ length: 3 * side * side }, (_, i) => {
    const isCell = (gray.labels[Math.floor(i / 3)] ?? 0) > 0
    return isCell ? ([200, 100, 0][i % 3] ?? 0) : 50
  })
  const picture: CellPicture = { side, channels: 3, pixels, labels: gray.labels }
  const tones = { ...tonesOf(picture), ranges: [range(0, 255), range(0, 255)] as const }
  const view = viewOf(picture, tones)
  const middle = 3 * side + 3
  expect([...pictureWithMask(view).subarray(3 * middle, 3 * middle + 3)]).toEqual([150, 50, 255])
  const tint = (name: CellNumberName) => cellNumbers(view)[cellNumberNames.indexOf(name)]
  expect([tint('tint inside'), tint('tint outside')]).toEqual([100, 0])
})

const range = (low: number, high: number) => ({ low, high })
