import { instanceIous } from '../../src/main/masks/instance-iou.ts'
import { rleArea } from '../../src/main/masks/rle.ts'
import { evaluateInstances, summarize } from '../../src/main/study/coco-evaluation.ts'
import { livecellConvention } from '../../src/main/study/coco-matching.ts'
import { measure } from './measure.ts'
import { type BenchResult } from './result.ts'
import { makeScoredCells, maskOf } from './scored-cells.ts'

const images = 100
const cellsPerImage = 300

/** Masks found and true masks to COCO's twelve numbers: intersections, matching, precision and recall. */
export function benchCocoEvaluation(): Promise<BenchResult> {
  const sets = Array.from({ length: images }, (_, image) => {
    const { outlines, found, scores } = makeScoredCells(image, cellsPerImage)
    return { truths: outlines.map(maskOf), found, scores }
  })
  return Promise.resolve(
    measure({ name: `coco-eval of ${images} images of ${cellsPerImage} cells`, unit: 'images', count: images }, () => {
      const evaluated = sets.map(({ truths, found, scores }, imageId) => ({
        imageId,
        truths: truths.map((mask) => ({ category: 1, area: rleArea(mask) })),
        detections: found.map((mask, i) => ({ category: 1, area: rleArea(mask), score: scores[i] ?? 0 })),
        ious: instanceIous(found, truths)
      }))
      summarize(evaluateInstances(evaluated, [1], livecellConvention))
    })
  )
}
