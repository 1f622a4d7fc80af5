import type { Output, ParsedInput, Progress } from '../../shared/api.ts'
import { AppError, naming } from '../../shared/errors.ts'
import { readScoredFiles, type ScoredFiles, type ScoredPrediction, type ScoredTruth } from './scored-files.ts'
import { intersections, iousOf } from '../masks/instance-iou.ts'
import { rleArea } from '../masks/rle.ts'
import { accumulate, groupCategories, summarize } from '../study/coco-evaluation.ts'
import {
  cocoConvention,
  type EvaluationImage,
  type ImageMatches,
  livecellConvention,
  matchImage
} from '../study/coco-matching.ts'
import type { Comparison } from '../study/label-metrics.ts'
import { microscopyScores } from '../study/microscopy-scores.ts'

const conventions = { coco: cocoConvention, livecell: livecellConvention }

/** Compares predicted cells with true ones, by COCO's rules and by the scores of the microscopy literature. */
export async function scoreFiles(
  { truth, predictions: predicted, convention: name }: ParsedInput<'scores.files'>,
  { progress, signal }: { readonly progress: (progress: Progress) => void; readonly signal: AbortSignal },
  filesAreRead?: () => void
): Promise<Output<'scores.files'>> {
  const convention = conventions[name]
  const files = await readScoredFiles(truth, predicted)
  filesAreRead?.()
  const { images, truths, predictions, categories, notes } = files
  const groups = groupCategories(categories, convention).map((ids) => ({ ids, matches: [] as ImageMatches[] }))
  const comparisons: Comparison[] = []
  const areByBox = name === 'coco' && firstOf(predictions)?.boxArea !== undefined
  let done = 0
  for (const pair of pairsOf(files)) {
    if (signal.aborted) throw new AppError('stopped', 'Scoring was stopped.', { next: 'Start it again at any time.' })
    comparisons.push(pair.comparison())
    const image = pair.evaluationImage(areByBox)
    for (const { ids, matches } of groups) {
      const match = matchImage(image, ids, convention)
      if (match !== undefined) matches.push(match)
    }
    progress({ stage: 'score', done: ++done, total: images.length })
  }
  const curves = accumulate(
    groups.map(({ matches }) => matches),
    convention
  )
  return {
    convention: name,
    maxDetections: [...convention.maxDetections],
    stats: summarize(curves),
    microscopy: microscopyScores(comparisons),
    images: images.length,
    truths: countAll(truths),
    predictions: countAll(predictions),
    notes: [...notes, ...crowdNote(truths), ...limitNote(predictions, name), ...fewNote(images.length)]
  }
}

/** By ascending ids, as COCO's evaluation goes through images; each is compared when its turn comes. */
function* pairsOf({ images, truths, predictions }: ScoredFiles): Generator<ImagePair> {
  const ids = images.map(({ id }) => id).sort((a, b) => a - b)
  for (const id of ids) yield new ImagePair(id, truths.get(id) ?? [], predictions.get(id) ?? [])
}

/** The masks of one image and what they share. */
class ImagePair {
  readonly #id: number
  readonly #truths: readonly ScoredTruth[]
  readonly #predictions: readonly ScoredPrediction[]
  readonly #truthAreas: readonly number[]
  /** [prediction, truth, pixels] */
  readonly #shared: readonly [number, number, number][]

  constructor(id: number, truths: readonly ScoredTruth[], predictions: readonly ScoredPrediction[]) {
    this.#id = id
    this.#truths = truths
    this.#predictions = predictions
    this.#truthAreas = truths.map(({ mask }) => rleArea(mask))
    try {
      this.#shared = intersections(
        predictions.map(({ mask }) => mask),
        truths.map(({ mask }) => mask)
      )
    } catch (thrown) {
      throw naming(`Image ${id}`, thrown)
    }
  }

  /** @param areByBox whether a prediction's size is that of its box, as the COCO tools take it where there is one */
  evaluationImage(areByBox: boolean): EvaluationImage {
    return {
      imageId: this.#id,
      truths: this.#truths,
      detections: this.#predictions.map(({ category, score, maskArea, boxArea }) => ({
        category,
        score,
        area: areByBox ? (boxArea ?? maskArea) : maskArea
      })),
      ious: iousOf(
        this.#shared,
        this.#predictions.map(({ maskArea }) => maskArea),
        this.#truthAreas,
        this.#truths.map(({ isCrowd }) => isCrowd)
      )
    }
  }

  /** Crowd regions, and what lies in them by more than half, are neither right nor wrong. */
  comparison(): Comparison {
    const inCrowds = this.#predictions.map(() => 0)
    for (const [prediction, truth, pixels] of this.#shared) {
      if (this.#truths[truth]?.isCrowd === true) inCrowds[prediction] = (inCrowds[prediction] ?? 0) + pixels
    }
    const truthPlaces = places(this.#truths, ({ isCrowd }) => !isCrowd)
    const predictionPlaces = places(this.#predictions, ({ maskArea }, i) => 2 * (inCrowds[i] ?? 0) <= maskArea)
    return {
      truthAreas: this.#truthAreas.filter((_, i) => truthPlaces.has(i)),
      predictionAreas: this.#predictions.flatMap(({ maskArea }, i) => (predictionPlaces.has(i) ? [maskArea] : [])),
      overlaps: this.#shared.flatMap(([prediction, truth, pixels]) => {
        const [t, p] = [truthPlaces.get(truth), predictionPlaces.get(prediction)]
        return t === undefined || p === undefined ? [] : [[t, p, pixels] as const]
      })
    }
  }
}

/** Old position → new position of the items that stay. */
function places<T>(items: readonly T[], stays: (item: T, position: number) => boolean): Map<number, number> {
  const kept = [...items.keys()].filter((i) => items[i] !== undefined && stays(items[i], i))
  return new Map(kept.map((old, position) => [old, position]))
}

function firstOf(predictions: ReadonlyMap<number, readonly ScoredPrediction[]>): ScoredPrediction | undefined {
  return predictions.values().next().value?.[0]
}

function countAll(lists: ReadonlyMap<number, readonly unknown[]>): number {
  return [...lists.values()].reduce((sum, list) => sum + list.length, 0)
}

function crowdNote(truths: ScoredFiles['truths']): string[] {
  const crowds = [...truths.values()].reduce((sum, list) => sum + list.filter(({ isCrowd }) => isCrowd).length, 0)
  if (crowds === 0) return []
  return [`${crowds} true regions are crowds: what lies in them counts neither as right nor as wrong.`]
}

/** From so few images on, numbers say something of others like them. */
const fewestImages = 5

function fewNote(images: number): string[] {
  if (images >= fewestImages) return []
  const all = images === 1 ? 'one image' : `${images} images`
  return [`These are the numbers of ${all}: with so few, they say little of others.`]
}

function limitNote(predictions: ScoredFiles['predictions'], convention: keyof typeof conventions): string[] {
  const most = [...predictions.values()].reduce((largest, list) => Math.max(largest, list.length), 0)
  const limit = conventions[convention].maxDetections.at(-1) ?? 0
  if (most <= limit) return []
  const next = convention === 'coco' ? " LIVECell's convention counts 2,000." : ''
  return [`An image has ${most} predictions; AP counts only the best ${limit} per image.${next}`]
}
