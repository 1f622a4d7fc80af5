import type { GenerationPlan, PlanStudyRequest, SegmentationPlan, StudyImage } from '../../shared/studies.ts'
import { refuse } from '../../shared/errors.ts'

/** How the segmentation networks are trained: all alike. */
export function segmentationPlan(request: PlanStudyRequest, images: readonly StudyImage[]): SegmentationPlan {
  const isSmall = request.preset === 'small'
  const side = isSmall ? 64 : 224
  const fits = smallestSide(images)
  return {
    iterations: request.iterations ?? (isSmall ? 120 : 5000),
    batch: isSmall ? 4 : 8,
    width: isSmall ? 'quarter' : 'half',
    crop: Math.min(side, 16 * Math.max(1, Math.floor(fits / 16))),
    learningRate: 0.005, // the rate that the network was shown to learn with (docs/method.md §12)
    syntheticShare: 0.5
  }
}

/** How the generators are trained: on tiles of the real pictures as they are, so that cells keep their size. */
export function generationPlan(
  request: PlanStudyRequest,
  images: readonly StudyImage[],
  pictures: number
): GenerationPlan {
  const isSmall = request.preset === 'small'
  const largest = 2 ** Math.floor(Math.log2(smallestSide(images)))
  const tile = request.tile ?? Math.min(isSmall ? 64 : 256, largest)
  if (tile > largest) {
    throw refuse(`The smallest picture holds no tile of ${tile} pixels.`, {
      next: `Choose ${largest} or less.`,
      remedies: [{ action: 'set-option', option: 'tile', value: largest }]
    })
  }
  return {
    preset: isSmall ? 'demo' : 'quick',
    tile,
    channels: 'gray',
    iterations: request.generatorIterations ?? (isSmall ? 300 : 4000),
    images: pictures
  }
}

function smallestSide(images: readonly StudyImage[]): number {
  return images.reduce((least, { width, height }) => Math.min(least, width, height), Infinity)
}
