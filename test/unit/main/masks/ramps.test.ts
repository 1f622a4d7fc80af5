import { expect, test } from 'vitest'
import { decodeGrayMask, evenLevels } from '../../../../src/main/masks/decode.ts'
import { countPhantoms, shareOnRamps } from '../../../../src/main/masks/ramps.ts'
import { blurred } from '../../../support/worn-masks.ts'

const side = 48
const levels = evenLevels(4)

/** A mask with rectangles [x, y, width, height, level]. */
function maskOf(...cells: [number, number, number, number, number][]): Float32Array {
  const gray = new Float32Array(side * side)
  for (const [x, y, width, height, level] of cells) {
    for (let row = y; row < y + height; row++) {
      gray.fill(levels[level] ?? 0, row * side + x, row * side + x + width)
    }
  }
  return gray
}

function phantomsOf(gray: Float32Array) {
  const { labels, cells } = decodeGrayMask(gray, side, side, 4, { method: 'nearest' })
  return { cells, phantoms: countPhantoms({ labels, cells, gray, width: side, height: side, levels }) }
}

test('the rims of a blurred bright cell are phantoms, one for each level on its slope', () => {
  const sharp = maskOf([8, 8, 30, 30, 4])
  expect(phantomsOf(sharp)).toEqual({ cells: 1, phantoms: 0 })
  const { cells, phantoms } = phantomsOf(blurred(sharp, side, side, 1))
  expect(phantoms).toBeGreaterThan(0)
  expect(phantoms).toBe(cells - 1)
})

test('thin and small cells are none where nothing brighter, or nothing darker, lies beside them', () => {
  const thin = maskOf([4, 4, 40, 2, 2], [20, 16, 8, 3, 1], [10, 30, 12, 12, 3], [22, 30, 2, 12, 1])
  // The last one lies along a brighter cell as a slope does: it is what cannot be told.
  expect(phantomsOf(thin)).toEqual({ cells: 4, phantoms: 1 })
  expect(phantomsOf(maskOf([0, 0, 48, 48, 3], [10, 10, 20, 2, 2]))).toEqual({ cells: 2, phantoms: 0 })
})

test('a mask without cells has no phantoms and no slopes', () => {
  expect(phantomsOf(maskOf())).toEqual({ cells: 0, phantoms: 0 })
  expect(shareOnRamps(new Uint8Array(side * side), side, side)).toBe(0)
})

test('edges lie on slopes where labels between those of both sides are passed', () => {
  const step = Uint8Array.from({ length: side * side }, (_, i) => (i % side < 20 ? 0 : 3))
  expect(shareOnRamps(step, side, side)).toBe(0)
  const slope = step.map((label, i) => (i % side === 20 ? 1 : label))
  expect(shareOnRamps(slope, side, side)).toBeGreaterThan(0.4)
})
