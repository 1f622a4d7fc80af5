import { describe, expect, test } from 'vitest'
import { isGray, isTransparent, toEightBit } from '../../../../src/main/images/eight-bit.ts'
import { toLabelImage } from '../../../../src/main/images/label-image.ts'
import { type Picture } from '../../../../src/main/images/picture.ts'
import { scaleDown } from '../../../../src/main/images/scale.ts'

function picture(channels: Picture['channels'], data: Picture['data']): Picture {
  const bits = data instanceof Uint8Array ? 8 : data instanceof Uint16Array ? 16 : 32
  return { width: data.length / channels, height: 1, channels, bits, data }
}

describe('bringing pictures to 8 bits', () => {
  test('leaves 8-bit samples as they are, whatever the brightness', () => {
    const gray = picture(1, Uint8Array.of(10, 20, 30))
    for (const brightness of ['percentiles', 'full'] as const) {
      expect([...toEightBit(gray, brightness, 'gray')]).toEqual([10, 20, 30])
    }
    expect([...toEightBit(picture(4, Uint8Array.of(1, 2, 3, 255)), 'full', 'rgb')]).toEqual([1, 2, 3])
  })

  test('makes gray-valued colour into exactly that gray, and colour into the mean', () => {
    expect([...toEightBit(picture(4, Uint8Array.of(77, 77, 77, 255, 9, 9, 9, 255)), 'full', 'gray')]).toEqual([77, 9])
    expect([...toEightBit(picture(3, Uint8Array.of(10, 20, 40)), 'full', 'gray')]).toEqual([23])
  })

  test('maps the whole range of 16 bits to 0…255', () => {
    const ends = picture(1, Uint16Array.of(0, 257, 32896, 65535))
    expect([...toEightBit(ends, 'full', 'gray')]).toEqual([0, 1, 128, 255])
  })

  test('stretches from the 1st to the 99.8th percentile', () => {
    const ramp = picture(
      1,
      Uint16Array.from({ length: 1001 }, (_, i) => 1000 + i)
    )
    const stretched = toEightBit(ramp, 'percentiles', 'gray')
    // NumPy: percentile(arange(1000, 2001), [1, 99.8]) = [1010, 1998]
    expect([stretched[10], stretched[504], stretched[998], stretched[0], stretched[1000]]).toEqual([
      0, 128, 255, 0, 255
    ])
  })

  test('uses one scale for all channels, so colours keep their ratios', () => {
    const stretched = toEightBit(picture(3, Uint16Array.of(0, 30000, 60000, 0, 15000, 60000)), 'full', 'rgb')
    expect([...stretched]).toEqual([0, 117, 233, 0, 58, 233])
  })

  test('takes floats from their lowest to their highest value and what is no number for black', () => {
    expect([...toEightBit(picture(1, Float32Array.of(-1, 0, NaN, 1)), 'full', 'gray')]).toEqual([0, 128, 0, 255])
  })

  test('a picture of one value is black, not a division by zero', () => {
    expect([...toEightBit(picture(1, Uint16Array.of(500, 500)), 'percentiles', 'gray')]).toEqual([0, 0])
  })

  test('knows gray and transparency when it sees them', () => {
    expect(isGray(picture(4, Uint8Array.of(5, 5, 5, 255)))).toBe(true)
    expect(isGray(picture(3, Uint8Array.of(5, 5, 6)))).toBe(false)
    expect(isTransparent(picture(4, Uint8Array.of(5, 5, 5, 254)))).toBe(true)
    expect(isTransparent(picture(2, Uint16Array.of(5, 65535)))).toBe(false)
  })
})

describe('label images', () => {
  test('keep every number up to 32 bits', () => {
    expect([...toLabelImage('x', picture(1, Uint32Array.of(0, 70000, 4294967295))).labels]).toEqual([
      0, 70000, 4294967295
    ])
    expect([...toLabelImage('x', picture(1, Float32Array.of(0, 3))).labels]).toEqual([0, 3])
  })

  test('may be stored as gray in RGBA', () => {
    expect([...toLabelImage('x', picture(4, Uint8Array.of(7, 7, 7, 255, 0, 0, 0, 255))).labels]).toEqual([7, 0])
  })

  test('may have their numbers in one colour', () => {
    expect([...toLabelImage('x', picture(3, Uint8Array.of(7, 0, 0, 0, 0, 0))).labels]).toEqual([7, 0])
  })

  test('marked by colours are refused', () => {
    expect(() => toLabelImage('x.png', picture(3, Uint8Array.of(7, 3, 0)))).toThrow(/x\.png marks cells by colours/)
  })

  test('with fractions are refused', () => {
    expect(() => toLabelImage('x.tif', picture(1, Float32Array.of(0.5)))).toThrow(/whole numbers/)
  })
})

describe('scaling down', () => {
  test('takes the mean of each area', () => {
    const raster = { pixels: Uint8Array.of(0, 100, 200, 40, 60, 0, 10, 20), width: 4, height: 2, channels: 1 }
    expect(scaleDown(raster, 0.5)).toEqual({ pixels: Uint8Array.of(40, 68), width: 2, height: 1, channels: 1 })
  })

  test('shares pixels between areas that meet inside them, channel by channel', () => {
    const raster = { pixels: Uint8Array.of(0, 9, 30, 9, 60, 9), width: 3, height: 1, channels: 2 }
    expect([...scaleDown(raster, 2 / 3).pixels]).toEqual([10, 9, 50, 9])
  })

  test('keeps the mean brightness whatever the factor', () => {
    const pixels = Uint8Array.from({ length: 60 * 60 }, (_, i) => (i * 37) % 256)
    const mean = (values: Uint8Array) => values.reduce((sum, value) => sum + value, 0) / values.length
    for (const factor of [0.9, 0.5, 0.31, 0.1]) {
      const scaled = scaleDown({ pixels, width: 60, height: 60, channels: 1 }, factor)
      expect(scaled.width).toBe(Math.round(60 * factor))
      expect(Math.abs(mean(scaled.pixels) - mean(pixels))).toBeLessThan(0.7) // each new pixel is rounded
    }
  })
})
