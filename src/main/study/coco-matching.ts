/** An annotated cell. `area` is the number that the annotation file states, in px². */
export interface Truth {
  readonly category: number
  readonly area: number
  /** A region of many cells: what lies in it is neither right nor wrong, and it need not be found. */
  readonly isCrowd?: boolean
}

/** A predicted cell. `area` is that of its mask, in px². */
export interface Detection {
  readonly category: number
  readonly area: number
  readonly score: number
}

/** One image to be evaluated. Pairs of a detection and a truth that are not listed have IoU 0. */
export interface EvaluationImage {
  readonly imageId: number
  readonly truths: readonly Truth[]
  readonly detections: readonly Detection[]
  /** Positions in the two lists; at a crowd the intersection over the detection's area. */
  readonly ious: readonly (readonly [detection: number, truth: number, iou: number])[]
}

/** What differs between the evaluations that are all called COCO's. */
export interface Convention {
  /** How many of the best detections of an image count, ascending; AP is read at the last. */
  readonly maxDetections: readonly number[]
  /** In px², both bounds included. */
  readonly areaRanges: readonly { readonly name: string; readonly low: number; readonly high: number }[]
  /** Evaluate each category for itself and take the mean, or pool them. */
  readonly useCategories: boolean
}

const all = { name: 'all', low: 0, high: 1e10 }

/** COCO's own limits. */
export const cocoConvention: Convention = {
  maxDetections: [1, 10, 100],
  areaRanges: [
    all,
    { name: 'small', low: 0, high: 32 ** 2 },
    { name: 'medium', low: 32 ** 2, high: 96 ** 2 },
    { name: 'large', low: 96 ** 2, high: 1e10 }
  ],
  useCategories: true
}

/** The limits of LIVECell's benchmark: more and smaller cells (its released evaluation script). */
export const livecellConvention: Convention = {
  maxDetections: [100, 500, 2000],
  areaRanges: [
    all,
    { name: 'small', low: 0, high: 18 ** 2 },
    { name: 'medium', low: 18 ** 2, high: 31 ** 2 },
    { name: 'large', low: 31 ** 2, high: 1e10 }
  ],
  useCategories: false
}

/** LIVECell's AP alone: cells of any size, as many as count. Holds a twelfth of what its whole summary needs. */
export const livecellPrecision: Convention = {
  maxDetections: livecellConvention.maxDetections.slice(-1),
  areaRanges: [all],
  useCategories: livecellConvention.useCategories
}

/** 0.5, 0.55 … 0.95 as evenly spaced doubles: the ninth is 0.8999999999999999. */
export const iouThresholds: readonly number[] = Array.from({ length: 10 }, (_, i) =>
  i === 9 ? 0.95 : 0.5 + i * ((0.95 - 0.5) / 9)
)

/** What became of the detections of one image and category, for one area range. */
export interface RangeMatches {
  /** Per truth, in the order of `ImageMatches.truths`: left out of the count for this range. */
  readonly truthIgnored: readonly boolean[]
  /** Per threshold and detection (best first): the position of its truth among the image's truths, or −1. */
  readonly matches: readonly Int32Array[]
  /** Per threshold and detection: neither right nor wrong. */
  readonly detectionIgnored: readonly Uint8Array[]
}

/** The matching of one image and category. It is all that accumulation needs, so it can be kept and drawn from again. */
export interface ImageMatches {
  readonly imageId: number
  /** Best first, no more than the convention's largest number. */
  readonly scores: readonly number[]
  /** Positions of the detections in the image's list, best first. */
  readonly detections: readonly number[]
  /** Positions of the truths in the image's list. */
  readonly truths: readonly number[]
  readonly ranges: readonly RangeMatches[]
}

/**
 * Matches the detections of one image to its truths, greedily from the best score on, for every threshold and area
 * range (COCO's evaluateImg). Equal scores keep the order of the list.
 * @param categories those that are evaluated together here
 * @returns undefined if there is neither a truth nor a detection
 */
export function matchImage(
  image: EvaluationImage,
  categories: readonly number[],
  convention: Convention
): ImageMatches | undefined {
  const truths = ofCategories(image.truths, categories)
  const scoreOf = (position: number) => image.detections[position]?.score ?? 0
  const detections = ofCategories(image.detections, categories)
    .sort((a, b) => scoreOf(b) - scoreOf(a))
    .slice(0, convention.maxDetections.at(-1))
  if (truths.length === 0 && detections.length === 0) return undefined
  const candidates = candidatesOf(image, truths, detections)
  return {
    imageId: image.imageId,
    scores: detections.map(scoreOf),
    detections,
    truths,
    ranges: convention.areaRanges.map((range) => matchRange(image, { truths, detections, candidates }, range))
  }
}

/** Positions by category in the given order, then as in the list. */
function ofCategories(items: readonly { readonly category: number }[], categories: readonly number[]): number[] {
  return categories.flatMap((category) =>
    [...items.keys()].filter((position) => items[position]?.category === category)
  )
}

interface Candidate {
  /** Position in the list of truths that take part. */
  readonly rank: number
  readonly iou: number
}

interface Contest {
  readonly truths: readonly number[]
  readonly detections: readonly number[]
  /** Per detection that takes part: the truths that it meets, in their order. */
  readonly candidates: readonly (readonly Candidate[])[]
}

function candidatesOf(image: EvaluationImage, truths: readonly number[], detections: readonly number[]): Candidate[][] {
  const rankOfTruth = new Map(truths.map((position, rank) => [position, rank]))
  const rankOfDetection = new Map(detections.map((position, rank) => [position, rank]))
  const candidates = detections.map((): Candidate[] => [])
  for (const [detection, truth, iou] of image.ious) {
    const rank = rankOfTruth.get(truth)
    if (rank !== undefined) candidates[rankOfDetection.get(detection) ?? -1]?.push({ rank, iou })
  }
  for (const list of candidates) list.sort((a, b) => a.rank - b.rank)
  return candidates
}

function matchRange(
  image: EvaluationImage,
  { truths, detections, candidates }: Contest,
  { low, high }: { readonly low: number; readonly high: number }
): RangeMatches {
  const isOutside = (area: number) => area < low || area > high
  const truthOf = (rank: number) => image.truths[truths[rank] ?? -1]
  const isCrowd = truths.map((_, rank) => truthOf(rank)?.isCrowd === true)
  const truthIgnored = truths.map((_, rank) => isCrowd[rank] === true || isOutside(truthOf(rank)?.area ?? 0))
  // Truths that count come first, as each detection goes through them in this order.
  const ordered = candidates.map((list) => [
    ...list.filter(({ rank }) => truthIgnored[rank] === false),
    ...list.filter(({ rank }) => truthIgnored[rank] === true)
  ])
  const matches: Int32Array[] = []
  const detectionIgnored: Uint8Array[] = []
  for (const threshold of iouThresholds) {
    const isTaken = new Uint8Array(truths.length) // crowds never are
    const matched = new Int32Array(detections.length)
    const ignored = new Uint8Array(detections.length)
    for (const [d, position] of detections.entries()) {
      const best = bestTruth(ordered[d] ?? [], threshold, isTaken, truthIgnored)
      if (best >= 0) isTaken[best] = Number(isCrowd[best] === false)
      matched[d] = best < 0 ? -1 : (truths[best] ?? -1)
      ignored[d] = Number(best < 0 ? isOutside(image.detections[position]?.area ?? 0) : truthIgnored[best])
    }
    matches.push(matched)
    detectionIgnored.push(ignored)
  }
  return { truthIgnored, matches, detectionIgnored }
}

/** The free truth with the largest IoU, the later of equal ones; one that does not count only if no other fits. */
function bestTruth(
  candidates: readonly Candidate[],
  threshold: number,
  isTaken: Uint8Array,
  truthIgnored: readonly boolean[]
): number {
  let least = Math.min(threshold, 1 - 1e-10)
  let best = -1
  for (const { rank, iou } of candidates) {
    if (isTaken[rank] !== 0) continue
    if (best >= 0 && truthIgnored[best] === false && truthIgnored[rank] === true) break
    if (iou < least) continue
    least = iou
    best = rank
  }
  return best
}
