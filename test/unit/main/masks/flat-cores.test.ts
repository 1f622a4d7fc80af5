import { describe, expect, test } from 'vitest'
import { evenLevels } from '../../../../src/main/masks/decode.ts'
import { findCores } from '../../../../src/main/masks/flat-cores.ts'

const [width, height] = [24, 16]
const levels = evenLevels(4)

describe('cells in a blurred mask', () => {
  test('are those that are nowhere flat too: a small one, all peak', () => {
    const gray = empty()
    peak(gray, [6, 6], 150)
    peak(gray, [17, 9], 100)
    const { labels, count } = findCores(gray, width, height, levels)
    expect(count).toBe(2)
    const [one, other] = [labels[6 * width + 6], labels[9 * width + 17]]
    expect(one).toBeGreaterThan(0)
    expect(other).toBeGreaterThan(0)
    expect(one).not.toBe(other)
    expect(labels[0]).toBe(0)
  })

  test('are not what rises too little above background, nor a speck', () => {
    const gray = empty()
    peak(gray, [6, 6], 40)
    gray[9 * width + 17] = 255
    expect(findCores(gray, width, height, levels).count).toBe(0)
  })

  test('are not the rim of another: what touches a cell with a core belongs to it or to nothing', () => {
    const gray = empty()
    for (let y = 3; y < 12; y++) for (let x = 4; x < 14; x++) gray[y * width + x] = 255
    for (let y = 3; y < 12; y++) gray[y * width + 14] = 120
    expect(findCores(gray, width, height, levels).count).toBe(1)
  })

  test('are not a line of one pixel along the border, as generators leave there', () => {
    const gray = empty()
    for (let y = 0; y < height; y++) gray[y * width + width - 1] = 128
    for (let x = 0; x < width; x++) gray[x] = 64
    expect(findCores(gray, width, height, levels).count).toBe(0)
  })

  test('are those that the border cuts', () => {
    const gray = empty()
    for (let y = 5; y < 11; y++) for (let x = width - 4; x < width; x++) gray[y * width + x] = 191
    const { labels, count } = findCores(gray, width, height, levels)
    expect(count).toBe(1)
    expect(labels[7 * width + width - 1]).toBe(1)
  })
})

function empty(): Float32Array {
  return new Float32Array(width * height)
}

/** A blob like a blurred small cell: a Gaussian of a standard deviation of 1.6 pixels. */
function peak(gray: Float32Array, [x, y]: readonly [number, number], height: number): void {
  for (let pixel = 0; pixel < gray.length; pixel++) {
    const squared = ((pixel % width) - x) ** 2 + (Math.floor(pixel / width) - y) ** 2
    gray[pixel] = Math.max(gray[pixel] ?? 0, height * Math.exp(-squared / (2 * 1.6 ** 2)))
  }
}
