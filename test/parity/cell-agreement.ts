import { type LabelPicture } from '../../src/main/segmentation/label-picture.ts'
import { type Comparison, countMatches, matchScores } from '../../src/main/study/label-metrics.ts'

/** How far two label pictures of one scene agree. */
export interface CellAgreement {
  /** TP / (TP + FP + FN) at IoU .5, .55 … .95. */
  readonly precisions: number[]
  /** Of the first picture's cells, those with a partner of IoU ≥ .9, and all. */
  readonly alike: number
  readonly count: number
}

export function cellAgreement(first: LabelPicture, second: LabelPicture): CellAgreement {
  const comparison = compare(first.labels, second.labels)
  const precisions = Array.from(
    { length: 10 },
    (_, i) => matchScores(countMatches(comparison, (50 + 5 * i) / 100)).accuracy
  )
  return { precisions, alike: countMatches(comparison, 0.9).tp, count: comparison.truthAreas.length }
}

function compare(first: Int32Array, second: Int32Array): Comparison {
  const [truths, predictions] = [numbering(first), numbering(second)]
  const shared = new Map<number, number>()
  for (let pixel = 0; pixel < first.length; pixel++) {
    const truth = truths.places.get(first[pixel] ?? 0)
    const prediction = predictions.places.get(second[pixel] ?? 0)
    if (truth === undefined || prediction === undefined) continue
    const key = truth * predictions.areas.length + prediction
    shared.set(key, (shared.get(key) ?? 0) + 1)
  }
  const width = predictions.areas.length
  return {
    truthAreas: truths.areas,
    predictionAreas: predictions.areas,
    overlaps: [...shared].map(([key, pixels]) => [Math.floor(key / width), key % width, pixels])
  }
}

function numbering(labels: Int32Array): { places: Map<number, number>; areas: number[] } {
  const places = new Map<number, number>()
  const areas: number[] = []
  for (const label of labels) {
    if (label === 0) continue
    const place = places.get(label) ?? places.set(label, areas.length).size - 1
    areas[place] = (areas[place] ?? 0) + 1
  }
  return { places, areas }
}
