import { describe, expect, test } from 'vitest'
import { drawContactSheet } from '../../../src/main/images/contact-sheet.ts'
import { sheetPieces } from '../../../src/shared/sheet-layout.ts'

/** A sample whose picture has one gray and whose mask another. */
function sampleOf(side: number, gray: number, mask: number) {
  const image = new Uint8Array(side * side).fill(gray)
  image[0] = 0 // so that contrast has something to stretch
  image[1] = 255
  return { image, imageChannels: 1 as const, mask: { gray: new Uint8Array(side * side).fill(mask) } }
}

describe.each([16, 64, 128, 512])('on a sheet of samples of %d pixels', (side) => {
  test('each picture and each mask is found where it was drawn', () => {
    const rows = ['a', 'b'].map((title, row) => ({
      title,
      samples: [0, 1, 2].map((sample) => sampleOf(side, 100, 20 * row + 30 * sample + 10))
    }))
    const sheet = drawContactSheet(rows, side)
    for (const row of [0, 1]) {
      for (const sample of [0, 1, 2]) {
        const { mask } = sheetPieces(side, true, { row, sample })
        const corners = [0, (mask?.side ?? 0) - 1].flatMap((y) =>
          [0, (mask?.side ?? 0) - 1].map((x) => [x, y] as const)
        )
        const grays = corners.map(
          ([x, y]) => sheet.pixels[3 * (((mask?.top ?? 0) + y) * sheet.width + (mask?.left ?? 0) + x)]
        )
        expect(grays).toEqual(new Array(4).fill(20 * row + 30 * sample + 10))
      }
    }
  })
})
