import {
  type Convention,
  type EvaluationImage,
  type ImageMatches,
  iouThresholds,
  matchImage,
  type RangeMatches
} from './coco-matching.ts'

/** Precision and recall for every threshold, category, area range and number of detections (COCO's accumulate). */
export interface CocoEvaluation {
  readonly convention: Convention
  /** [category][range][limit][threshold]: undefined where the range holds no truth. */
  readonly curves: readonly (readonly (readonly (readonly (PrecisionRecall | undefined)[])[])[])[]
}

export interface PrecisionRecall {
  /**
   * At the 101 recall points 0, 0.01 … 1: the best precision at this recall or a higher one, 0 if it is not reached.
   */
  readonly precision: Float64Array
  /** The share of truths found. */
  readonly recall: number
}

/** The twelve numbers of COCO's summary, as fractions; −1 where there is no truth to be found. */
export interface CocoStats {
  readonly AP: number
  readonly AP50: number
  readonly AP75: number
  readonly APs: number
  readonly APm: number
  readonly APl: number
  /** One for each of the convention's numbers of detections. */
  readonly AR: readonly number[]
  readonly ARs: number
  readonly ARm: number
  readonly ARl: number
}

/** Evenly spaced doubles, which differ from i / 100 in the last bit at ten places. */
export const recallPoints: readonly number[] = Array.from({ length: 101 }, (_, i) => (i === 100 ? 1 : i * 0.01))

/**
 * COCO's evaluation of instance masks (docs/method.md §9.1), equal to pycocotools 2.0.11 but for two defects of it that
 * are not followed: an annotation with id 0 can be matched, and an empty list of detections gives 0.
 * @param categories the ids that are evaluated; others are left out
 */
export function evaluateInstances(
  images: readonly EvaluationImage[],
  categories: readonly number[],
  convention: Convention
): CocoEvaluation {
  const ascending = [...images].sort((a, b) => a.imageId - b.imageId)
  const groups = groupCategories(categories, convention)
  return accumulate(
    groups.map((group) => ascending.flatMap((image) => matchImage(image, group, convention) ?? [])),
    convention
  )
}

/** The categories that are matched together: each for itself, or all. */
export function groupCategories(categories: readonly number[], convention: Convention): number[][] {
  const ascending = [...new Set(categories)].sort((a, b) => a - b)
  return convention.useCategories ? ascending.map((category) => [category]) : [ascending]
}

/**
 * Puts matched images together.
 * @param groups for each group of categories its images, in ascending order of their ids; an image may occur repeatedly
 * (as in a bootstrap sample)
 */
export function accumulate(groups: readonly (readonly ImageMatches[])[], convention: Convention): CocoEvaluation {
  const curves = groups.map((images) =>
    convention.areaRanges.map((_, range) =>
      convention.maxDetections.map((limit) => {
        const ranked = rankDetections(images, limit)
        const truths = countTruths(images, range)
        return iouThresholds.map((_, threshold) =>
          truths === 0 ? undefined : precisionRecall(images, ranked, { range, threshold, truths })
        )
      })
    )
  )
  return { convention, curves }
}

function countTruths(images: readonly ImageMatches[], range: number): number {
  let count = 0
  for (const { ranges } of images) {
    for (const isIgnored of ranges[range]?.truthIgnored ?? []) if (!isIgnored) count++
  }
  return count
}

interface Ranked {
  readonly image: number
  readonly detection: number
  readonly score: number
}

/** The best detections of each image, best first over all images; equal scores keep the order of images. */
function rankDetections(images: readonly ImageMatches[], limit: number): Ranked[] {
  return images
    .flatMap(({ scores }, image) => scores.slice(0, limit).map((score, detection) => ({ image, detection, score })))
    .sort((a, b) => b.score - a.score)
}

function precisionRecall(
  images: readonly ImageMatches[],
  ranked: readonly Ranked[],
  { range, threshold, truths }: { range: number; threshold: number; truths: number }
): PrecisionRecall {
  const recalls = new Float64Array(ranked.length)
  const precisions = new Float64Array(ranked.length)
  let right = 0
  let wrong = 0
  for (const [i, { image, detection }] of ranked.entries()) {
    const outcome = outcomeOf(images[image]?.ranges[range], threshold, detection)
    if (outcome === 'right') right++
    if (outcome === 'wrong') wrong++
    recalls[i] = right / truths
    precisions[i] = right / (wrong + right + Number.EPSILON)
  }
  // The best precision at this recall or a higher one.
  let best = 0
  for (let i = precisions.length - 1; i >= 0; i--) precisions[i] = best = Math.max(best, precisions[i] ?? 0)
  return { precision: sampleAtRecalls(recalls, precisions), recall: recalls.at(-1) ?? 0 }
}

function outcomeOf(matches: RangeMatches | undefined, threshold: number, detection: number) {
  if (matches?.detectionIgnored[threshold]?.[detection] !== 0) return 'ignored'
  return (matches.matches[threshold]?.[detection] ?? -1) >= 0 ? 'right' : 'wrong'
}

/** The precision at the first place whose recall reaches the point; both lists ascend. */
function sampleAtRecalls(recalls: Float64Array, precisions: Float64Array): Float64Array {
  let place = 0
  return Float64Array.from(recallPoints, (point) => {
    while (place < recalls.length && (recalls[place] ?? 0) < point) place++
    return precisions[place] ?? 0
  })
}

export interface Selection {
  /** Position in `iouThresholds`; all of them if it is left out. */
  readonly threshold?: number
  /** Position in the convention's area ranges; the first if it is left out. */
  readonly range?: number
  /** Position in the convention's numbers of detections; the last if it is left out. */
  readonly limit?: number
}

/** Mean precision over the selected thresholds, recall points and categories; −1 where there is no truth. */
export function averagePrecision(evaluation: CocoEvaluation, selection: Selection = {}): number {
  return mean(select(evaluation, selection).flatMap(({ precision }) => [...precision]))
}

/** Mean recall over the selected thresholds and categories; −1 where there is no truth. */
export function averageRecall(evaluation: CocoEvaluation, selection: Selection = {}): number {
  return mean(select(evaluation, selection).map(({ recall }) => recall))
}

function select({ convention, curves }: CocoEvaluation, { threshold, range, limit }: Selection): PrecisionRecall[] {
  return curves.flatMap((ranges) => {
    const thresholds = ranges[range ?? 0]?.[limit ?? convention.maxDetections.length - 1] ?? []
    const selected = threshold === undefined ? thresholds : [thresholds[threshold]]
    return selected.filter((curve) => curve !== undefined)
  })
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? -1 : values.reduce((sum, value) => sum + value, 0) / values.length
}

/** COCO's summary. The ranges of the convention are all, small, medium and large, in this order. */
export function summarize(evaluation: CocoEvaluation): CocoStats {
  const { maxDetections } = evaluation.convention
  return {
    AP: averagePrecision(evaluation),
    AP50: averagePrecision(evaluation, { threshold: 0 }),
    AP75: averagePrecision(evaluation, { threshold: 5 }),
    APs: averagePrecision(evaluation, { range: 1 }),
    APm: averagePrecision(evaluation, { range: 2 }),
    APl: averagePrecision(evaluation, { range: 3 }),
    AR: maxDetections.map((_, limit) => averageRecall(evaluation, { limit })),
    ARs: averageRecall(evaluation, { range: 1 }),
    ARm: averageRecall(evaluation, { range: 2 }),
    ARl: averageRecall(evaluation, { range: 3 })
  }
}
