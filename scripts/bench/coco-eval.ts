import { instanceIous } from '../../src/main/masks/instance-iou.ts'
import { rasterizeRings } from '../../src/main/masks/rasterize.ts'
import { rleArea, type Rle } from '../../src/main/masks/rle.ts'
import { evaluateInstances, summarize } from '../../src/main/study/coco-evaluation.ts'
import { livecellConvention } from '../../src/main/study/coco-matching.ts'
import { RandomStream } from '../../src/shared/random.ts'
import { measure } from './measure.ts'
import { type BenchResult } from './result.ts'

const size = { width: 704, height: 520 } // as in LIVECell
const images = 100
const cellsPerImage = 300

/** Masks found and true masks to COCO's twelve numbers: intersections, matching, precision and recall. */
export function benchCocoEvaluation(): Promise<BenchResult> {
  const sets = Array.from({ length: images }, (_, image) => makeImage(image))
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

/** Ellipses at random places, found again a little elsewhere and of another size. */
function makeImage(image: number): { truths: Rle[]; found: Rle[]; scores: number[] } {
  const random = new RandomStream(image, 'cells')
  const cells = Array.from({ length: cellsPerImage }, () => ({
    x: size.width * random.uniform(),
    y: size.height * random.uniform(),
    a: 6 + 12 * random.uniform(),
    b: 6 + 8 * random.uniform()
  }))
  const found = cells.map(({ x, y, a, b }) => {
    const scale = 0.8 + 0.4 * random.uniform()
    return ellipse({ x: x + 3 * random.normal(), y: y + 3 * random.normal(), a: scale * a, b: scale * b })
  })
  return { truths: cells.map(ellipse), found, scores: found.map(() => Math.round(1000 * random.uniform()) / 1000) }
}

function ellipse({ x, y, a, b }: { x: number; y: number; a: number; b: number }): Rle {
  const ring = Array.from({ length: 24 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 24
    return [x + a * Math.cos(angle), y + b * Math.sin(angle)]
  })
  return rasterizeRings([ring.flat()], size.height, size.width)
}
