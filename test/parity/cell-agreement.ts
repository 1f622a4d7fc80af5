import { type LabelPicture } from '../../src/main/segmentation/label-picture.ts'
import { compareLabels, precisionsAt } from '../../src/main/study/compare-labels.ts'
import { countMatches } from '../../src/main/study/label-metrics.ts'

/** How far two label pictures of one scene agree. */
export interface CellAgreement {
  /** TP / (TP + FP + FN) at IoU .5, .55 … .95. */
  readonly precisions: number[]
  /** Of the first picture's cells, those with a partner of IoU ≥ .9, and all. */
  readonly alike: number
  readonly count: number
}

export function cellAgreement(first: LabelPicture, second: LabelPicture): CellAgreement {
  const comparison = compareLabels(first.labels, second.labels)
  return {
    precisions: precisionsAt(comparison),
    alike: countMatches(comparison, 0.9).tp,
    count: comparison.truthAreas.length
  }
}
