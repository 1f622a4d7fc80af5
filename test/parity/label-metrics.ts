import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type LabelImage, readLabelImage } from '../../src/main/images/label-image.ts'
import { intersections } from '../../src/main/masks/instance-iou.ts'
import { rleArea, rleFromLabel } from '../../src/main/masks/rle.ts'
import {
  addCounts,
  areaScores,
  type Comparison,
  countMatches,
  matchScores
} from '../../src/main/study/label-metrics.ts'
import { findData } from './data.ts'
import { Deviation } from './deviation.ts'
import { type ParityResult } from './result.ts'

type Scores = Record<string, number[] | number | string | undefined>

interface Golden {
  thresholds: number[]
  images: (Scores & { truth: string; prediction: string; level: string })[]
  datasets: Record<string, Record<'pooled' | 'by image', Record<string, number[]>>>
  hand_made: { name: string; truth: number[][]; prediction: number[][]; tp?: number[] }[]
}

/** Names of the scores at each threshold, which come as float32. */
const atThreshold = {
  'AP (TP/(TP+FP+FN))': 'accuracy',
  precision: 'precision',
  recall: 'recall',
  F1: 'f1',
  'mean matched IoU (SQ)': 'sq',
  'mean true score': 'meanTrueScore',
  PQ: 'pq'
} as const
const counted = ['tp', 'fp', 'fn'] as const
const byArea = {
  'AJI (Kumar)': 'aji',
  'AJI (optimal matching, cellpose)': 'ajiOneToOne',
  'SEG (Cell Tracking Challenge)': 'seg',
  'foreground IoU': 'foregroundIou',
  'foreground Dice': 'foregroundDice'
} as const

/** Label-image scores against StarDist and Cellpose. */
export async function* compareLabelMetrics(folder: string): AsyncGenerator<ParityResult> {
  const golden = JSON.parse(readFileSync(join(folder, 'label-metrics.json'), 'utf8')) as Golden
  const { thresholds } = golden
  const levels = new Map<string, Comparison[]>()
  for (const image of golden.images) {
    const truth = await readLabelImage(findData(folder, image.truth))
    const comparison = compare(truth, await readLabelImage(join(folder, image.prediction)))
    levels.set(image.level, [...(levels.get(image.level) ?? []), comparison])
    yield* compareScores(image.prediction, comparison, thresholds, image)
  }
  for (const [level, expected] of Object.entries(golden.datasets)) {
    yield compareDataset(level, levels.get(level) ?? [], thresholds, expected)
  }
  for (const { name, truth, prediction, ...expected } of golden.hand_made) {
    if (expected.tp === undefined) continue
    const comparison = compare(fromRows(truth), fromRows(prediction))
    yield* compareScores(name, comparison, thresholds, expected)
  }
}

/** What scores need of two label images. */
function compare(truth: LabelImage, prediction: LabelImage): Comparison {
  const truths = [...rleFromLabel(truth.labels, truth.width, truth.height).values()]
  const predictions = [...rleFromLabel(prediction.labels, prediction.width, prediction.height).values()]
  return {
    truthAreas: truths.map(rleArea),
    predictionAreas: predictions.map(rleArea),
    overlaps: intersections(truths, predictions)
  }
}

function* compareScores(
  name: string,
  comparison: Comparison,
  thresholds: readonly number[],
  expected: Scores
): Generator<ParityResult> {
  const scores = thresholds.map((threshold) => matchScores(countMatches(comparison, threshold)))
  const counts = new Deviation()
  for (const key of counted) {
    counts.compareAll(
      scores.map((score) => score[key]),
      listOf(expected[key])
    )
  }
  yield counts.exact(`label-metrics.json: ${name}, counts`)

  const ratios = new Deviation()
  for (const [column, key] of Object.entries(atThreshold)) {
    ratios.compareAll(
      scores.map((score) => score[key]),
      listOf(expected[column])
    )
  }
  yield ratios.within(`label-metrics.json: ${name}, ratios`, 1e-6)

  const areas = new Deviation()
  const ours = areaScores(comparison)
  for (const [column, key] of Object.entries(byArea)) {
    if (typeof expected[column] === 'number') areas.compare(ours[key], expected[column])
  }
  yield areas.within(`label-metrics.json: ${name}, scores by area`, 1e-9)
}

function compareDataset(
  level: string,
  comparisons: readonly Comparison[],
  thresholds: readonly number[],
  expected: Record<'pooled' | 'by image', Record<string, number[]>>
): ParityResult {
  const counts = thresholds.map((threshold) => comparisons.map((comparison) => countMatches(comparison, threshold)))
  const pooled = counts.map((images) => matchScores(addCounts(images)))
  const deviation = new Deviation()
  for (const [column, key] of Object.entries(atThreshold)) {
    deviation.compareAll(
      pooled.map((score) => score[key]),
      expected.pooled[column]
    )
    const means = counts.map((images) => images.reduce((sum, one) => sum + matchScores(one)[key], 0) / images.length)
    deviation.compareAll(means, expected['by image'][column])
  }
  return deviation.within(`label-metrics.json: ${level}, pooled and mean over images`, 1e-6)
}

function listOf(value: Scores[string]): number[] | undefined {
  return Array.isArray(value) ? value : undefined
}

function fromRows(rows: readonly (readonly number[])[]): LabelImage {
  const [first = []] = rows
  return { labels: Uint32Array.from(rows.flat()), width: first.length, height: rows.length }
}
