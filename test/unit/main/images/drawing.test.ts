import { describe, expect, test } from 'vitest'
import { Canvas } from '../../../../src/main/images/canvas.ts'
import { drawContactSheet } from '../../../../src/main/images/contact-sheet.ts'
import { drawLabels, labelColour } from '../../../../src/main/images/label-colours.ts'
import { drawText, textWidth } from '../../../../src/main/images/lettering.ts'
import { type Raster8 } from '../../../../src/main/images/scale.ts'

function at({ pixels, width }: Raster8, x: number, y: number): number[] {
  return [...pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3)]
}

describe('colours of objects', () => {
  test('background is black, and twenty-one numbers in a row all look different', () => {
    expect([...drawLabels(Uint16Array.of(0))]).toEqual([0, 0, 0])
    const colours = new Set(Array.from({ length: 21 }, (_, i) => labelColour(i + 1).join()))
    expect(colours.size).toBe(21)
  })
})

describe('sample sheets', () => {
  const sample = {
    image: new Uint8Array(16 * 16).fill(90),
    imageChannels: 1 as const,
    mask: { labels: new Uint16Array(16 * 16).fill(2) }
  }

  test('show every picture with its mask to the right, small ones enlarged', () => {
    const sheet = drawContactSheet([{ title: 'A172', samples: [sample, sample] }], 16)
    const [first, mask] = [at(sheet, 20 + 64, 46 + 64), at(sheet, 20 + 128 + 2 + 64, 46 + 64)]
    expect(first).toEqual([90, 90, 90])
    expect(mask).toEqual([...labelColour(2)])
    expect(sheet.width).toBe(2 * 20 + 2 * (2 * 128 + 2) + 16)
    expect(sheet.height).toBe(2 * 20 + 26 + 128)
  })

  test('have a row for each class, also where it has no samples', () => {
    const one = drawContactSheet([{ title: 'a', samples: [sample] }], 16)
    const two = drawContactSheet(
      [
        { title: 'a', samples: [sample] },
        { title: 'b', samples: [] }
      ],
      16
    )
    expect(two.height - one.height).toBe(26 + 128 + 22)
    expect(two.width).toBe(one.width)
  })

  test('show large pictures scaled down', () => {
    const gray = new Uint8Array(512 * 512).fill(200)
    const sheet = drawContactSheet(
      [{ title: 'large', samples: [{ image: gray, imageChannels: 1, mask: { gray } }] }],
      512
    )
    expect(sheet.width).toBe(2 * 20 + 2 * 256 + 2)
    expect(at(sheet, 20 + 256 + 2 + 100, 46 + 100)).toEqual([200, 200, 200])
  })
})

describe('lettering', () => {
  function inkOf(text: string): number {
    const canvas = new Canvas(textWidth(text, 16) + 10, 40, [255, 255, 255])
    drawText(canvas, text, 5, 8, { capHeight: 16, colour: [0, 0, 0] })
    return canvas.pixels.reduce((sum, value) => sum + (value < 128 ? 1 : 0), 0)
  }

  test('every letter and digit leaves its own ink', () => {
    const characters = Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789')
    expect(characters.every((character) => inkOf(character) > 20)).toBe(true)
    expect(inkOf(' ')).toBe(0)
  })

  test('accents are left out, and a character without strokes becomes a box', () => {
    expect(inkOf('ü')).toBe(inkOf('u'))
    expect(inkOf('細')).toBe(inkOf('胞'))
    expect(inkOf('細')).toBeGreaterThan(50)
  })

  test('text that does not fit is cut at the border', () => {
    const canvas = new Canvas(4, 4, [255, 255, 255])
    drawText(canvas, 'W', -3, -3, { capHeight: 16, colour: [0, 0, 0] })
    expect(canvas.pixels).toHaveLength(48)
  })
})
