import { describe, expect, test } from 'vitest'
import { accumulate, averagePrecision } from '../../../../src/main/study/coco-evaluation.ts'
import { livecellPrecision, matchImage } from '../../../../src/main/study/coco-matching.ts'
import { rankedImage, WeightedPrecision } from '../../../../src/main/study/weighted-precision.ts'
import { RandomStream } from '../../../../src/shared/random.ts'

function randomImage(imageId: number, random: RandomStream) {
  const truths = Array.from({ length: random.integer(8) }, () => ({ category: 1, area: 200 }))
  const detections = Array.from({ length: random.integer(10) }, () => ({
    category: 1,
    area: 200,
    score: random.uniform()
  }))
  const ious = detections.flatMap((_, d) =>
    truths.flatMap((__, t) => (random.uniform() < 0.3 ? [[d, t, 0.4 + 0.6 * random.uniform()] as const] : []))
  )
  return matchImage({ imageId, truths, detections, ious }, [1], livecellPrecision)
}

describe('average precision of resamples', () => {
  test('equals that of as many copies of the matched images', () => {
    for (let trial = 0; trial < 30; trial++) {
      const random = new RandomStream(trial, 'images')
      const images = Array.from({ length: 6 }, (_, id) => randomImage(id, random))
      const weights = Float64Array.from(images, () => random.integer(4))
      const copies = images.flatMap((image, i) =>
        image === undefined ? [] : new Array<typeof image>(weights[i] ?? 0).fill(image)
      )
      const evaluation = accumulate([copies], livecellPrecision)
      const weighted = new WeightedPrecision(images.map((image) => rankedImage(image, 2000)))
      expect(weighted.averagePrecision(weights)).toBeCloseTo(averagePrecision(evaluation), 12)
      expect(weighted.averagePrecision(weights, 0)).toBeCloseTo(averagePrecision(evaluation, { threshold: 0 }), 12)
    }
  })

  test('is −1 where the resample has no cell', () => {
    const image = matchImage(
      { imageId: 1, truths: [], detections: [{ category: 1, area: 9, score: 1 }], ious: [] },
      [1],
      livecellPrecision
    )
    expect(new WeightedPrecision([rankedImage(image, 2000)]).averagePrecision(Float64Array.of(1))).toBe(-1)
  })
})
