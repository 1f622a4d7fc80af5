import { bestAssignment } from './assignment.ts'

/** Two label images, or two lists of masks, of one picture as far as scores need them. */
export interface Comparison {
  /** Pixels of each true cell. */
  readonly truthAreas: readonly number[]
  /** Pixels of each predicted cell. */
  readonly predictionAreas: readonly number[]
  /** Pixels shared, for pairs that share some. */
  readonly overlaps: readonly (readonly [truth: number, prediction: number, pixels: number])[]
}

/** What matching at one IoU threshold counts. Sums over pictures are the pooled counts. */
export interface MatchCounts {
  readonly tp: number
  readonly fp: number
  readonly fn: number
  /** Sum of the IoU of the matched pairs. */
  readonly iou: number
}

/** Scores at one threshold, 0 … 1; all are 1 where there is neither a true nor a predicted cell. */
export interface MatchScores extends MatchCounts {
  /** TP / (TP + FP + FN): "AP" of Cellpose and the 2018 Data Science Bowl, accuracy of StarDist. Not COCO's AP. */
  readonly accuracy: number
  readonly precision: number
  readonly recall: number
  readonly f1: number
  /** Segmentation quality: mean IoU of the matched pairs. */
  readonly sq: number
  /** Panoptic quality, SQ · F1. */
  readonly pq: number
  /** Sum of matched IoU over the number of true cells (StarDist). */
  readonly meanTrueScore: number
}

/** Scores that need no threshold. */
export interface AreaScores {
  /** Aggregated Jaccard index as first defined (Kumar et al. 2017): a prediction may serve several true cells. */
  readonly aji: number
  /** With one-to-one matching, over the union of all cells (Cellpose). */
  readonly ajiOneToOne: number
  /** Cell Tracking Challenge: mean IoU with the prediction that covers more than half of the true cell. 1 without any. */
  readonly seg: number
  readonly foregroundIou: number
  readonly foregroundDice: number
}

interface Pair {
  readonly truth: number
  readonly prediction: number
  readonly pixels: number
  readonly iou: number
}

/**
 * Matches cells one to one where IoU ≥ threshold: as many as possible, and of these ways the one with the largest sum of
 * IoU. Cells of a label image compete from IoU 0.5 on only at equality; masks that overlap among themselves may.
 * @param threshold at least 0.5
 */
export function countMatches(comparison: Comparison, threshold: number): MatchCounts {
  const good = pairsOf(comparison).filter(({ iou }) => iou >= threshold)
  const matched = connectedGroups(good).flatMap((group) => (group.length === 1 ? group : assignMost(group)))
  const tp = matched.length
  return {
    tp,
    fp: comparison.predictionAreas.length - tp,
    fn: comparison.truthAreas.length - tp,
    iou: sum(matched.map(({ iou }) => iou))
  }
}

/** Pooled counts of several pictures. */
export function addCounts(counts: readonly MatchCounts[]): MatchCounts {
  return {
    tp: sum(counts.map(({ tp }) => tp)),
    fp: sum(counts.map(({ fp }) => fp)),
    fn: sum(counts.map(({ fn }) => fn)),
    iou: sum(counts.map(({ iou }) => iou))
  }
}

export function matchScores(counts: MatchCounts): MatchScores {
  const { tp, fp, fn, iou } = counts
  const isEmpty = tp + fp + fn === 0
  const share = (part: number, all: number) => (all > 0 ? part / all : Number(isEmpty))
  return {
    ...counts,
    accuracy: share(tp, tp + fp + fn),
    precision: share(tp, tp + fp),
    recall: share(tp, tp + fn),
    f1: share(2 * tp, 2 * tp + fp + fn),
    sq: share(iou, tp),
    pq: share(iou, tp + fp / 2 + fn / 2),
    meanTrueScore: share(iou, tp + fn)
  }
}

/** Scores by area. For masks that overlap among themselves, shared pixels count once for each cell. */
export function areaScores(comparison: Comparison): AreaScores {
  const { truthAreas, predictionAreas } = comparison
  const pairs = pairsOf(comparison)
  const shared = sum(pairs.map(({ pixels }) => pixels))
  const both = sum(truthAreas) + sum(predictionAreas)
  const isEmpty = both === 0
  const union = both - shared
  return {
    aji: isEmpty ? 1 : aggregatedJaccard(comparison, pairs),
    ajiOneToOne: isEmpty ? 1 : sum(matchOptimally(pairs).map(({ pixels }) => pixels)) / union,
    seg: trackingScore(truthAreas, pairs),
    foregroundIou: isEmpty ? 1 : shared / union,
    foregroundDice: isEmpty ? 1 : (2 * shared) / both
  }
}

function pairsOf({ truthAreas, predictionAreas, overlaps }: Comparison): Pair[] {
  return overlaps.map(([truth, prediction, pixels]) => {
    const union = (truthAreas[truth] ?? 0) + (predictionAreas[prediction] ?? 0) - pixels
    return { truth, prediction, pixels, iou: pixels / union }
  })
}

/** The best pair first. From IoU ½ on this is optimal: only equal pairs of ½ can compete for a cell. */
function matchGreedily(pairs: readonly Pair[], threshold: number): Pair[] {
  const truths = new Set<number>()
  const predictions = new Set<number>()
  const good = pairs.filter(({ iou }) => iou >= threshold).sort((a, b) => b.iou - a.iou)
  return good.filter(({ truth, prediction }) => {
    if (truths.has(truth) || predictions.has(prediction)) return false
    truths.add(truth)
    predictions.add(prediction)
    return true
  })
}

/** As many pairs of IoU ≥ ½ as possible, then the largest sum of IoU. */
function matchOptimally(pairs: readonly Pair[]): Pair[] {
  const certain = matchGreedily(pairs, 0.5)
  const truths = new Set(certain.map(({ truth }) => truth))
  const predictions = new Set(certain.map(({ prediction }) => prediction))
  const open = pairs.filter(({ truth, prediction }) => !truths.has(truth) && !predictions.has(prediction))
  return [...certain, ...connectedGroups(open).flatMap((group) => assign(group))]
}

/** Pairs that compete directly or through others; groups do not influence each other. */
function connectedGroups(pairs: readonly Pair[]): Pair[][] {
  const ofTruth = groupBy(pairs, ({ truth }) => truth)
  const ofPrediction = groupBy(pairs, ({ prediction }) => prediction)
  const seen = new Set<Pair>()
  return pairs.flatMap((start) => {
    if (seen.has(start)) return []
    const group = new Set([start])
    for (const { truth, prediction } of group) {
      for (const next of [...(ofTruth.get(truth) ?? []), ...(ofPrediction.get(prediction) ?? [])]) group.add(next)
    }
    for (const pair of group) seen.add(pair)
    return [[...group]]
  })
}

function groupBy(pairs: readonly Pair[], key: (pair: Pair) => number): Map<number, Pair[]> {
  const groups = new Map<number, Pair[]>()
  for (const pair of pairs) groups.set(key(pair), [...(groups.get(key(pair)) ?? []), pair])
  return groups
}

/** As many pairs as possible, then the largest sum of IoU: all of those together weigh less than one pair more. */
function assignMost(group: readonly Pair[]): Pair[] {
  return assign(group, ({ iou }) => 1 + iou / (2 * group.length))
}

function assign(group: readonly Pair[], weight: (pair: Pair) => number = ({ iou }) => iou): Pair[] {
  const truths = [...new Set(group.map(({ truth }) => truth))]
  const predictions = [...new Set(group.map(({ prediction }) => prediction))]
  const found = new Map(group.map((pair) => [`${String(pair.truth)} ${String(pair.prediction)}`, pair]))
  const at = (truth?: number, prediction?: number) => found.get(`${String(truth)} ${String(prediction)}`)
  const weights = truths.map((truth) =>
    predictions.map((prediction) => {
      const pair = at(truth, prediction)
      return pair === undefined ? 0 : weight(pair)
    })
  )
  return bestAssignment(weights).flatMap(([row, column]) => at(truths[row], predictions[column]) ?? [])
}

function aggregatedJaccard({ truthAreas, predictionAreas }: Comparison, pairs: readonly Pair[]): number {
  const best = new Map<number, Pair>()
  for (const pair of pairs) {
    if (pair.iou > (best.get(pair.truth)?.iou ?? 0)) best.set(pair.truth, pair)
  }
  const used = new Set([...best.values()].map(({ prediction }) => prediction))
  const unused = sum(predictionAreas.filter((_, prediction) => !used.has(prediction)))
  const unions = truthAreas.map((area, truth) => {
    const pair = best.get(truth)
    return pair === undefined ? area : area + (predictionAreas[pair.prediction] ?? 0) - pair.pixels
  })
  return sum([...best.values()].map(({ pixels }) => pixels)) / (sum(unions) + unused)
}

function trackingScore(truthAreas: readonly number[], pairs: readonly Pair[]): number {
  if (truthAreas.length === 0) return 1
  const covering = pairs.filter(({ truth, pixels }) => 2 * pixels > (truthAreas[truth] ?? 0))
  return sum(covering.map(({ iou }) => iou)) / truthAreas.length
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
