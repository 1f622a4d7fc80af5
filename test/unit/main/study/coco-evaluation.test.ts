import { describe, expect, test } from 'vitest'
import { runCoco } from '../../../parity/coco.ts'
import { evaluateInstances, summarize } from '../../../../src/main/study/coco-evaluation.ts'
import {
  cocoConvention,
  type EvaluationImage,
  iouThresholds,
  livecellConvention
} from '../../../../src/main/study/coco-matching.ts'
import { goldenPath, hasSharedData, withoutSharedData } from '../../../support/shared-data.ts'

const cell = { category: 1, area: 100 }

function image(imageId: number, scores: number[], truths: number, ious: [number, number, number][]): EvaluationImage {
  return {
    imageId,
    truths: Array.from({ length: truths }, () => cell),
    detections: scores.map((score) => ({ ...cell, score })),
    ious
  }
}

describe('COCO evaluation', () => {
  test('gives the worked example: two cells, one found twice', () => {
    const example = image(1, [0.9, 0.8, 0.7], 2, [
      [0, 0, 0.72],
      [1, 0, 0.55],
      [2, 1, 0.61]
    ])
    const { AP, AP50, AP75 } = summarize(evaluateInstances([example], [1], cocoConvention))
    expect(AP).toBeCloseTo(0.35148514851485146, 12)
    expect(AP50).toBeCloseTo((51 + (50 * 2) / 3) / 101, 12)
    expect(AP75).toBe(0)
  })

  test('does not depend on the order of images', () => {
    const images = [image(2, [0.5, 0.5], 2, [[1, 0, 0.8]]), image(1, [0.5, 0.7], 1, [[0, 0, 0.9]])]
    const forward = evaluateInstances(images, [1], livecellConvention)
    expect(evaluateInstances(images.reverse(), [1], livecellConvention)).toEqual(forward)
  })

  test('without detections gives 0, without truths −1', () => {
    expect(summarize(evaluateInstances([image(1, [], 2, [])], [1], cocoConvention)).AP).toBe(0)
    expect(summarize(evaluateInstances([image(1, [0.5], 0, [])], [1], cocoConvention)).AP).toBe(-1)
  })

  test('has the thresholds of evenly spaced doubles', () => {
    expect(iouThresholds).toEqual([0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.8999999999999999, 0.95])
  })
})

describe.skipIf(!hasSharedData)(`masks and evaluation against pycocotools 2.0.11${withoutSharedData}`, () => {
  test('agree on strings, polygons, hand-made cases and simulated detections, match by match', async () => {
    const results = []
    for await (const result of runCoco(goldenPath('coco'))) results.push(result)
    expect(results.filter(({ ok }) => !ok)).toEqual([])
    expect(results.length).toBeGreaterThan(70)
  })
})
