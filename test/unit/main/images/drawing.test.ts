import { describe, expect, test } from 'vitest'
import { autoContrast } from '../../../../src/main/images/auto-contrast.ts'
import { Canvas } from '../../../../src/main/images/canvas.ts'
import { drawContactSheet } from '../../../../src/main/images/contact-sheet.ts'
import { drawLabels, labelColour } from '../../../../src/main/images/label-colours.ts'
import { drawText, textWidth } from '../../../../src/main/images/lettering.ts'
import { drawPreview } from '../../../../src/main/images/preview.ts'
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

describe('auto contrast', () => {
  test('stretches a dark picture to the whole range and leaves its own pixels alone', () => {
    const dark = Uint8Array.from({ length: 1000 }, (_, i) => 4 + (i % 80))
    const shown = autoContrast(dark)
    expect(Math.min(...shown)).toBe(0)
    expect(Math.max(...shown)).toBe(255)
    expect(dark[79]).toBe(83)
  })

  test('is not led by a few bright pixels', () => {
    const speck = new Uint8Array(1000).map((_, i) => (i < 3 ? 255 : 10 + (i % 60)))
    expect(autoContrast(speck)[59]).toBeGreaterThan(240)
  })

  test('does not turn the noise of an empty picture into structure', () => {
    const empty = Uint8Array.from({ length: 1000 }, (_, i) => 5 + (i % 4))
    expect(Math.max(...autoContrast(empty))).toBeLessThan(60)
  })

  test.each([12, 128, 250])('shows an empty field of gray %s as dark or bright as it is', (gray) => {
    const [shown] = new Set(autoContrast(new Uint8Array(100).fill(gray)))
    expect(Math.abs((shown ?? NaN) - gray)).toBeLessThanOrEqual(3)
  })

  test('cuts off neither end of a picture of few grays', () => {
    const dim = Uint8Array.from({ length: 1000 }, (_, i) => 2 + (i % 30))
    expect(new Set(autoContrast(dim)).size).toBe(30)
    expect(new Set(autoContrast(dim.map((value) => 255 - value))).size).toBe(30)
  })

  test('keeps the hues of a colour picture', () => {
    const pink = Uint8Array.from({ length: 300 }, (_, i) => [200, 100, 150][i % 3] ?? 0)
    const [red = 0, green = 0, blue = 0] = autoContrast(pink)
    expect((red - green) / (blue - green)).toBeCloseTo(2, 1)
  })
})

describe('previews', () => {
  const labels = new Uint8Array(64 * 64)
  for (let y = 20; y < 40; y++) labels.fill(1, y * 64 + 20, y * 64 + 40)
  const image = labels.map((label) => 10 + 60 * label)
  const preview = drawPreview({ image, imageChannels: 1, labels, width: 64, height: 64 })

  test('show the picture with auto contrast, and beside it the same with outlines on the cells', () => {
    expect([preview.width, preview.height]).toEqual([2 * 128 + 2, 128])
    expect(at(preview, 60, 60)).toEqual([255, 255, 255])
    expect(at(preview, 40, 60)).toEqual([255, 255, 255])
    const right = 128 + 2
    expect(at(preview, right + 60, 60)).toEqual([255, 255, 255])
    expect(at(preview, right + 40, 60)).toEqual([...labelColour(1)])
    expect(at(preview, right + 79, 60)).toEqual([...labelColour(1)])
    expect(at(preview, right + 39, 60)).toEqual([0, 0, 0])
  })

  test('draw a line between cells that touch, and none where the border of the picture cuts a cell', () => {
    const two = Uint8Array.from({ length: 128 * 128 }, (_, i) => (i % 128 < 64 ? 1 : 2))
    const touching = drawPreview({ image: two, imageChannels: 1, labels: two, width: 128, height: 128 })
    const right = 128 + 2
    expect(at(touching, right + 63, 50)).toEqual([...labelColour(1)])
    expect(at(touching, right + 64, 50)).toEqual([...labelColour(2)])
    expect(at(touching, right, 0)).toEqual(at(touching, 0, 0))
  })
})

describe('sample sheets', () => {
  const image = Uint8Array.from({ length: 16 * 16 }, (_, i) => (i % 16 < 8 ? 10 : 90))
  const sample = {
    image,
    imageChannels: 1 as const,
    mask: { labels: new Uint16Array(16 * 16).map((_, i) => (i % 16 < 8 ? 0 : 2)) }
  }

  test('show every picture with auto contrast and with its cells outlined to the right, small ones enlarged', () => {
    const sheet = drawContactSheet([{ title: 'A172', samples: [sample, sample] }], 16)
    const [dark, light] = [at(sheet, 20 + 32, 46 + 64), at(sheet, 20 + 96, 46 + 64)]
    expect([dark, light]).toEqual([
      [0, 0, 0],
      [255, 255, 255]
    ])
    expect(at(sheet, 20 + 128 + 2 + 64, 46 + 64)).toEqual([...labelColour(2)])
    expect(at(sheet, 20 + 128 + 2 + 96, 46 + 64)).toEqual(light)
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

  test('show large pictures scaled down, and gray masks in their own grays', () => {
    const gray = Uint8Array.from({ length: 512 * 512 }, (_, i) => (i % 512 < 256 ? 60 : 200))
    const sheet = drawContactSheet(
      [{ title: 'large', samples: [{ image: gray, imageChannels: 1, mask: { gray } }] }],
      512
    )
    expect(sheet.width).toBe(2 * 20 + 2 * 256 + 2)
    expect(at(sheet, 20 + 200, 46 + 100)).toEqual([255, 255, 255])
    expect(at(sheet, 20 + 256 + 2 + 200, 46 + 100)).toEqual([200, 200, 200])
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
