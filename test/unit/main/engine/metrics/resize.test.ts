import fc from 'fast-check'
import { expect, test } from 'vitest'
import { resizePicture, type Resizer, taps } from '../../../../../src/main/engine/metrics/resize.ts'
import { worstExcess } from '../../../../support/golden-case.ts'

const resizers: readonly Resizer[] = ['tf1-bilinear', 'half-pixel-bilinear', 'pil-bicubic', 'pil-bilinear']

function resizeRow(values: number[], size: number, resizer: Resizer): Float64Array {
  return resizePicture({ height: 1, width: values.length, channels: 1, values }, 1, size, resizer)
}

test.each([
  ['tf1-bilinear', [0, 6.6667, 13.3333, 20, 26.6667, 30]],
  ['half-pixel-bilinear', [0, 5, 11.6667, 18.3333, 25, 30]],
  ['pil-bicubic', [-0.657895, 4.117647, 11.666667, 18.333333, 25.882353, 30.657895]]
] as const)('%s enlarges a ramp as its library does', (resizer, expected) => {
  const got = resizeRow([0, 10, 20, 30], 6, resizer)
  expect(worstExcess(got, expected, { relative: 0, absolute: 5e-5 })).toBeLessThanOrEqual(0)
})

test.each([
  ['pil-bicubic', [1.035794, 12.71856, 37.485283]],
  ['pil-bilinear', [2.052632, 13.452381, 35.578947]]
] as const)('%s shrinks squares as its library does', (resizer, expected) => {
  const got = resizeRow([0, 1, 4, 9, 16, 25, 36, 49], 3, resizer)
  expect(worstExcess(got, expected, { relative: 0, absolute: 1e-6 })).toBeLessThanOrEqual(0)
})

test('every resizer weighs pixels that exist, to a sum of 1', () => {
  const size = fc.integer({ min: 1, max: 60 })
  fc.assert(
    fc.property(size, size, fc.constantFrom(...resizers), (source, target, resizer) => {
      for (const { first, weights } of taps(source, target, resizer)) {
        expect(first).toBeGreaterThanOrEqual(0)
        expect(first + weights.length).toBeLessThanOrEqual(source)
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12)
      }
    })
  )
})

test('every resizer leaves a picture of the wanted size as it is', () => {
  const values = Array.from({ length: 2 * 3 * 3 }, (_, i) => (i * 7) % 11)
  for (const resizer of resizers) {
    const got = resizePicture({ height: 2, width: 3, channels: 3, values }, 2, 3, resizer)
    expect(worstExcess(got, values, { relative: 0, absolute: 1e-12 })).toBeLessThanOrEqual(0)
  }
})

test('rows, columns and channels are not mixed up', () => {
  const picture = { height: 2, width: 1, channels: 2, values: [0, 100, 10, 200] }
  expect([...resizePicture(picture, 4, 1, 'half-pixel-bilinear')]).toEqual([0, 100, 2.5, 125, 7.5, 175, 10, 200])
  const turned = { height: 1, width: 2, channels: 2, values: [0, 100, 10, 200] }
  expect([...resizePicture(turned, 1, 4, 'half-pixel-bilinear')]).toEqual([0, 100, 2.5, 125, 7.5, 175, 10, 200])
})
