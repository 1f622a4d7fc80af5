import { type Comparison, countMatches, matchScores } from './label-metrics.ts'

/** What scores of two label images of one picture are counted from: 0 is background, any other number a cell. */
export function compareLabels(truth: Int32Array, prediction: Int32Array): Comparison {
  const [truths, predictions] = [numbering(truth), numbering(prediction)]
  const width = predictions.areas.length
  const shared = new Map<number, number>()
  for (let pixel = 0; pixel < truth.length; pixel++) {
    const own = truths.places.get(truth[pixel] ?? 0)
    const other = predictions.places.get(prediction[pixel] ?? 0)
    if (own === undefined || other === undefined) continue
    const key = own * width + other
    shared.set(key, (shared.get(key) ?? 0) + 1)
  }
  return {
    truthAreas: truths.areas,
    predictionAreas: predictions.areas,
    overlaps: [...shared].map(([key, pixels]) => [Math.floor(key / width), key % width, pixels])
  }
}

/** TP/(TP + FP + FN) at IoU 0.5, 0.55 … 0.95, as Cellpose has it. */
export function precisionsAt(comparison: Comparison): number[] {
  return Array.from({ length: 10 }, (_, i) => matchScores(countMatches(comparison, (50 + 5 * i) / 100)).accuracy)
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
