import { expect, test } from 'vitest'
import { PictureFeatures } from '../../../../../src/main/engine/metrics/sample-quality.ts'
import { withVariety } from '../../../../../src/main/engine/metrics/variety.ts'

/** Pictures on a line, so far from one another, each with a number behind that does not tell how it looks. */
function onLine(count: number, step: number): PictureFeatures {
  const vectors = Float32Array.from({ length: 2 * count }, (_, i) => (i % 2 === 0 ? (i / 2) * step : 1000 * i))
  return new PictureFeatures(vectors, 2, new Int32Array(count))
}

test('variety is the usual distance to the nearest other picture, as a share of that among real ones', () => {
  const real = onLine(40, 2)
  const varietyOf = (fake: PictureFeatures) => withVariety([{ name: 'a' }], ['a'], [real, fake], 1)[0]?.variety
  expect(varietyOf(onLine(40, 2))).toBe(1)
  expect(varietyOf(onLine(40, 1))).toBeCloseTo(0.5, 10)
  expect(varietyOf(onLine(40, 0))).toBe(0)
  expect(varietyOf(onLine(10, 2))).toBeUndefined() // too few
})

test('as many real pictures are looked at as there are synthetic ones', () => {
  const [{ variety } = {}] = withVariety([{ name: 'a' }], ['a'], [onLine(80, 1), onLine(20, 4)], 1)
  expect(variety).toBe(1)
})

test('where real pictures are all the same there is nothing to compare with', () => {
  expect(withVariety([{ name: 'a' }], ['a'], [onLine(40, 0), onLine(40, 1)], 1)).toEqual([{ name: 'a' }])
})
