import { z } from 'zod'
import type { StoredCell } from '../../shared/datasets.ts'
import { refuse } from '../../shared/errors.ts'
import type { FrozenStudy, StudyImage } from '../../shared/studies.ts'
import { intersections, iousOf } from '../masks/instance-iou.ts'
import { rleArea, type Rle } from '../masks/rle.ts'
import { rleFromString } from '../masks/rle-string.ts'
import { cocoConvention, type Convention, livecellConvention, matchImage } from '../study/coco-matching.ts'
import { countMatches } from '../study/label-metrics.ts'
import { rankedImage } from '../study/weighted-precision.ts'
import type { Prediction } from './segmenter.ts'

/** From this score on, a predicted cell counts for F1 and for the number of cells. */
const certain = 0.5

/** What became of the cells of one test image: all that the tables of a study need. */
export const ImageResult = z.object({
  id: z.int(),
  scores: z.array(z.number()),
  outcomes: z.array(z.string()),
  truths: z.int(),
  /** At IoU 0.5, of the predictions that are certain. */
  tp: z.int(),
  fp: z.int(),
  fn: z.int(),
  /** Pixels of each certain cell. */
  areas: z.array(z.int())
})
export type ImageResult = z.infer<typeof ImageResult>

/** @throws AppError of kind `input` for runs that are not of this image, and scores that are no numbers */
export function matchPicture(
  image: StudyImage,
  truths: readonly StoredCell[],
  predictions: readonly Prediction[],
  convention: FrozenStudy['convention']
): ImageResult {
  const truthMasks = truths.map(({ counts }) => rleFromString(counts, image.height, image.width))
  const masks = predictions.map((prediction) => maskOf(prediction, image))
  const areas = masks.map(rleArea)
  const shared = intersections(masks, truthMasks)
  const limits = precisionOf(convention)
  const matches = matchImage(
    {
      imageId: image.id,
      truths: truths.map((cell, i) => ({
        category: 1,
        area: cell.statedArea ?? areaOf(truthMasks[i]),
        isCrowd: cell.isCrowd === true
      })),
      detections: predictions.map(({ score }, i) => ({ category: 1, score, area: areas[i] ?? 0 })),
      ious: iousOf(
        shared,
        areas,
        truthMasks.map(rleArea),
        truths.map(({ isCrowd }) => isCrowd === true)
      )
    },
    [1],
    limits
  )
  const counted = certainMatches({ truths, truthMasks, predictions, areas, shared })
  return { id: image.id, ...rankedCopy(matches, limits), ...counted }
}

function maskOf({ counts, score }: Prediction, { file, width, height }: StudyImage): Rle {
  if (!Number.isFinite(score)) throw refuse(`A prediction for ${file} has a score that is not a number.`)
  return rleFromString(counts, height, width)
}

function rankedCopy(matches: Parameters<typeof rankedImage>[0], { maxDetections }: Convention) {
  const { scores, outcomes, truths } = rankedImage(matches, maxDetections.at(-1) ?? 0)
  return { scores: [...scores], outcomes: [...outcomes], truths }
}

/** Cells of any size, as many as the convention counts. */
function precisionOf(name: FrozenStudy['convention']): Convention {
  const { maxDetections, areaRanges } = name === 'coco' ? cocoConvention : livecellConvention
  return { maxDetections: maxDetections.slice(-1), areaRanges: areaRanges.slice(0, 1), useCategories: false }
}

interface Counted {
  readonly truths: readonly StoredCell[]
  readonly truthMasks: readonly Rle[]
  readonly predictions: readonly Prediction[]
  readonly areas: readonly number[]
  readonly shared: readonly (readonly [prediction: number, truth: number, pixels: number])[]
}

function certainMatches({ truths, truthMasks, predictions, areas, shared }: Counted) {
  const cells = places(truths, ({ isCrowd }) => isCrowd !== true)
  const seen = places(predictions, ({ score }) => score >= certain)
  const { tp, fp, fn } = countMatches(
    {
      truthAreas: [...cells.keys()].map((i) => areaOf(truthMasks[i])),
      predictionAreas: [...seen.keys()].map((i) => areas[i] ?? 0),
      overlaps: shared.flatMap(([prediction, truth, pixels]) => {
        const [t, p] = [cells.get(truth), seen.get(prediction)]
        return t === undefined || p === undefined ? [] : [[t, p, pixels] as const]
      })
    },
    0.5
  )
  return { tp, fp, fn, areas: [...seen.keys()].map((i) => areas[i] ?? 0) }
}

/** Old position → new position of those that count. */
function places<T>(items: readonly T[], counts: (item: T) => boolean): Map<number, number> {
  const kept = [...items.entries()].filter(([, item]) => counts(item))
  return new Map(kept.map(([old], place) => [old, place]))
}

function areaOf(mask: Rle | undefined): number {
  return mask === undefined ? 0 : rleArea(mask)
}
