import { iouThresholds } from './coco-matching.ts'
import {
  addCounts,
  areaScores,
  type AreaScores,
  type Comparison,
  countMatches,
  matchScores,
  type MatchCounts
} from './label-metrics.ts'

/** The scores of the microscopy literature for one or several pictures, each 0 … 1 (docs/method.md §9.2). */
export interface MicroscopyScores {
  /** TP / (TP + FP + FN) at IoU 0.5, at 0.75, and its mean over 0.5, 0.55 … 0.95. Not COCO's AP. */
  readonly AP50: number
  readonly AP75: number
  readonly AP: number
  /** The following at IoU 0.5. */
  readonly precision: number
  readonly recall: number
  readonly F1: number
  readonly SQ: number
  readonly PQ: number
  readonly meanTrueScore: number
  /** Aggregated Jaccard index as Kumar et al. define it, and with one-to-one matching over all cells (Cellpose). */
  readonly AJI: number
  readonly AJIOneToOne: number
  /** Of the Cell Tracking Challenge. */
  readonly SEG: number
  readonly foregroundIoU: number
  readonly foregroundDice: number
}

export interface MicroscopyEvaluation extends MicroscopyScores {
  /** Cells found, predicted in vain and missed at IoU 0.5. */
  readonly TP: number
  readonly FP: number
  readonly FN: number
  readonly thresholds: readonly number[]
  /** At each of the thresholds. */
  readonly APByThreshold: readonly number[]
  readonly F1ByThreshold: readonly number[]
  readonly PQByThreshold: readonly number[]
  /** The same scores of each picture for itself, averaged over the pictures. */
  readonly meanOverImages: MicroscopyScores
}

/**
 * Scores of matched cells are of the pooled counts of all pictures, as StarDist has them; scores by area are defined for
 * one picture and averaged.
 */
export function microscopyScores(images: readonly Comparison[]): MicroscopyEvaluation {
  const counts = iouThresholds.map((threshold) => images.map((image) => countMatches(image, threshold)))
  const areas = images.map(areaScores)
  const pooled = counts.map((ofImages) => addCounts(ofImages))
  const scores = pooled.map(matchScores)
  const meanAreas = averaged(areas, areaNames, noAreas)
  const ofImages = images.map((_, i) =>
    summarize(
      counts.map((ofThreshold) => ofThreshold[i] ?? nothing),
      areas[i] ?? meanAreas
    )
  )
  return {
    ...summarize(pooled, meanAreas),
    TP: pooled[0]?.tp ?? 0,
    FP: pooled[0]?.fp ?? 0,
    FN: pooled[0]?.fn ?? 0,
    thresholds: iouThresholds,
    APByThreshold: scores.map(({ accuracy }) => accuracy),
    F1ByThreshold: scores.map(({ f1 }) => f1),
    PQByThreshold: scores.map(({ pq }) => pq),
    meanOverImages: averaged(ofImages, scoreNames, summarize(pooled, meanAreas))
  }
}

const nothing: MatchCounts = { tp: 0, fp: 0, fn: 0, iou: 0 }
const noAreas: AreaScores = { aji: 1, ajiOneToOne: 1, seg: 1, foregroundIou: 1, foregroundDice: 1 }

/** @param counts at each threshold */
function summarize(counts: readonly MatchCounts[], areas: AreaScores): MicroscopyScores {
  const scores = counts.map(matchScores)
  const [at50 = matchScores(nothing)] = scores
  return {
    AP50: at50.accuracy,
    AP75: scores[5]?.accuracy ?? 0,
    AP: scores.reduce((sum, { accuracy }) => sum + accuracy, 0) / scores.length,
    precision: at50.precision,
    recall: at50.recall,
    F1: at50.f1,
    SQ: at50.sq,
    PQ: at50.pq,
    meanTrueScore: at50.meanTrueScore,
    AJI: areas.aji,
    AJIOneToOne: areas.ajiOneToOne,
    SEG: areas.seg,
    foregroundIoU: areas.foregroundIou,
    foregroundDice: areas.foregroundDice
  }
}

const scoreNames = [
  'AP50',
  'AP75',
  'AP',
  'precision',
  'recall',
  'F1',
  'SQ',
  'PQ',
  'meanTrueScore',
  'AJI',
  'AJIOneToOne',
  'SEG',
  'foregroundIoU',
  'foregroundDice'
] as const satisfies readonly (keyof MicroscopyScores)[]
const areaNames = ['aji', 'ajiOneToOne', 'seg', 'foregroundIou', 'foregroundDice'] as const

/** The mean of each number; `empty` of no pictures. */
function averaged<N extends string>(
  all: readonly Readonly<Record<N, number>>[],
  names: readonly N[],
  empty: Readonly<Record<N, number>>
): Record<N, number> {
  if (all.length === 0) return empty
  const mean = (name: N) => all.reduce((sum, scores) => sum + scores[name], 0) / all.length
  return Object.fromEntries(names.map((name) => [name, mean(name)])) as Record<N, number> // every name has its mean
}
