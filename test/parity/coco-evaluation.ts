import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  averagePrecision,
  averageRecall,
  type CocoEvaluation,
  evaluateInstances,
  summarize
} from '../../src/main/study/coco-evaluation.ts'
import {
  cocoConvention,
  type Convention,
  iouThresholds,
  livecellConvention,
  matchImage
} from '../../src/main/study/coco-matching.ts'
import { type CocoDetection, type CocoImage, toEvaluationImages } from './coco-files.ts'
import { type Truth } from './data.ts'
import { Deviation } from './deviation.ts'
import { type ParityResult } from './result.ts'

interface Expected {
  stats: Record<string, number>
  AP_by_iou?: Record<string, number[]>
  recall_by_iou?: Record<string, number[]>
  AP_by_maxDets?: Record<string, number>
  precision_at_recall?: Record<string, number[]>
}

const tolerance = 1e-9
/** A convention in the reference's words. */
interface Parameters {
  maxDets: number[]
  area: [low: number, high: number][]
  useCats: number
}

const rangeNames = ['all', 'small', 'medium', 'large']

/** The hand-made evaluations. Two of them show defects of pycocotools, which are expected not to be there. */
export function* compareEdgeCases(folder: string): Generator<ParityResult> {
  const { cases } = readJson(join(folder, 'edge-cases.json')) as {
    cases: {
      name: string
      ground_truth: Truth
      detections: CocoDetection[]
      params: Parameters & { catIds: number[] }
      expected?: Expected
    }[]
  }
  for (const { name, ground_truth: truth, detections, params, expected } of cases) {
    const images = toEvaluationImages(truth.images, truth.annotations, detections)
    const evaluation = evaluateInstances(images, params.catIds, toConvention(params))
    const deviation = new Deviation()
    if (name === 'annotation id 0') deviation.compare(summarize(evaluation).AP, 1)
    else if (expected === undefined) deviation.compare(summarize(evaluation).AP, 0)
    else compareEvaluation(evaluation, expected, deviation)
    yield deviation.within(`edge-cases.json: ${name}`, tolerance)
  }
}

function toConvention({ maxDets, area, useCats }: Parameters): Convention {
  return {
    maxDetections: maxDets,
    areaRanges: area.map(([low, high], i) => ({ name: rangeNames[i] ?? '', low, high })),
    useCategories: useCats === 1
  }
}

/** Simulated detections of real cells in both conventions, all images and each cell type. */
export function* compareScenarios(folder: string, truth: Truth): Generator<ParityResult> {
  const { results, conventions } = readJson(join(folder, 'coco-eval.json')) as {
    results: Record<string, Record<string, Record<string, Expected>>>
    conventions: Record<string, Parameters>
  }
  const known = new Map(Object.entries(conventions).map(([name, parameters]) => [name, toConvention(parameters)]))
  yield compareConventions(known)
  const categories = truth.annotations.map(({ category_id }) => category_id)
  for (const [scenario, byConvention] of Object.entries(results)) {
    const detections = readJson(join(folder, `predictions-${scenario}.json`)) as CocoDetection[]
    const images = toEvaluationImages(truth.images, truth.annotations, detections)
    for (const [name, types] of Object.entries(byConvention)) {
      for (const [type, expected] of Object.entries(types)) {
        const isOfType = ({ file_name }: CocoImage) => type === 'all' || file_name.startsWith(`${type}_`)
        const ids = new Set(truth.images.filter(isOfType).map(({ id }) => id))
        const ofType = images.filter(({ imageId }) => ids.has(imageId))
        const deviation = new Deviation()
        const evaluation = evaluateInstances(ofType, categories, known.get(name) ?? cocoConvention)
        compareEvaluation(evaluation, expected, deviation)
        yield deviation.within(`coco-eval.json: ${scenario}, ${name}, ${type}`, tolerance)
      }
    }
  }
}

/** The product's own limits are those of the reference. */
function compareConventions(known: ReadonlyMap<string, Convention>): ParityResult {
  const deviation = new Deviation()
  const builtIn = { coco: cocoConvention, livecell: livecellConvention }
  for (const [name, convention] of Object.entries(builtIn)) {
    const expected = known.get(name)
    deviation.compareAll(convention.maxDetections, expected?.maxDetections)
    deviation.compareAll(boundsOf(convention), expected === undefined ? undefined : boundsOf(expected))
    deviation.compareEqual(convention.useCategories === (expected ?? convention).useCategories)
  }
  return deviation.exact('coco-eval.json: conventions')
}

function boundsOf({ areaRanges }: Convention): number[] {
  return areaRanges.flatMap(({ low, high }) => [low, high])
}

/** Everything that the reference states about an evaluation. */
function compareEvaluation(evaluation: CocoEvaluation, expected: Expected, deviation: Deviation): void {
  const { maxDetections, areaRanges } = evaluation.convention
  const { AR, ...stats } = summarize(evaluation)
  const limits = maxDetections.map((limit, i) => [`AR@${String(limit)}`, AR[i] ?? NaN] as const)
  const ours = new Map<string, number>([...Object.entries(stats), ...limits])
  for (const [name, value] of Object.entries(expected.stats)) deviation.compare(ours.get(name), value)
  for (const [range, { name }] of areaRanges.entries()) {
    const over = (mean: typeof averagePrecision) =>
      iouThresholds.map((_, threshold) => mean(evaluation, { range, threshold }))
    deviation.compareAll(over(averagePrecision), expected.AP_by_iou?.[name])
    deviation.compareAll(over(averageRecall), expected.recall_by_iou?.[name])
  }
  for (const [count, value] of Object.entries(expected.AP_by_maxDets ?? {})) {
    deviation.compare(averagePrecision(evaluation, { limit: maxDetections.indexOf(Number(count)) }), value)
  }
  compareCurves(evaluation, expected, deviation)
}

function compareCurves(evaluation: CocoEvaluation, expected: Expected, deviation: Deviation): void {
  const curves = evaluation.curves[0]?.[0]?.at(-1)
  deviation.compareAll(curves?.[0]?.precision, expected.precision_at_recall?.['iou 0.50'])
  deviation.compareAll(curves?.[5]?.precision, expected.precision_at_recall?.['iou 0.75'])
}

interface Detail {
  scenario: string
  image_id: number
  annotation_ids: number[]
  detections_by_score: number[]
  iou: [number, number, number][]
  per_area: Record<
    string,
    { gt_ignored_ids: number[]; matches: Record<string, number[]>; detection_ignored: Record<string, number[]> }
  >
}

/** One image in detail: every IoU, every match and what is ignored. */
export function* compareDetail(folder: string, truth: Truth): Generator<ParityResult> {
  const golden = readJson(join(folder, 'coco-eval-detail.json')) as Detail
  const detections = readJson(join(folder, `predictions-${golden.scenario}.json`)) as CocoDetection[]
  const lines = detections.flatMap(({ image_id }, line) => (image_id === golden.image_id ? [line] : []))
  const here = truth.images.filter(({ id }) => id === golden.image_id)
  for (const image of toEvaluationImages(here, truth.annotations, detections)) {
    const matches = matchImage(image, [1], livecellConvention)
    const ranked = matches?.detections ?? []
    const order = new Deviation()
    order.compareAll(
      ranked.map((position) => lines[position] ?? -1),
      golden.detections_by_score
    )
    yield order.exact('coco-eval-detail.json: order of detections')

    const ious = new Deviation()
    const found = new Map(image.ious.map(([d, t, iou]) => [`${String(ranked.indexOf(d))} ${String(t)}`, iou]))
    ious.compare(found.size, golden.iou.length)
    for (const [rank, t, iou] of golden.iou) ious.compare(found.get(`${String(rank)} ${String(t)}`), iou)
    yield ious.within('coco-eval-detail.json: IoU', 1e-12)

    for (const [i, { name }] of livecellConvention.areaRanges.entries()) {
      yield compareRange(golden, matches?.ranges[i], name)
    }
  }
}

type Range = NonNullable<ReturnType<typeof matchImage>>['ranges'][number]

function compareRange(golden: Detail, range: Range | undefined, name: string): ParityResult {
  const deviation = new Deviation()
  const expected = golden.per_area[name]
  const ignored = golden.annotation_ids.filter((_, truth) => range?.truthIgnored[truth])
  deviation.compareAll(ignored, expected?.gt_ignored_ids)
  for (const [threshold, value] of iouThresholds.entries()) {
    const matched = Array.from(range?.matches[threshold] ?? [], (truth) => golden.annotation_ids[truth] ?? 0)
    deviation.compareAll(matched, expected?.matches[value])
    const flags = [...(range?.detectionIgnored[threshold] ?? [])]
    deviation.compareAll(
      flags.flatMap((flag, rank) => (flag === 1 ? [rank] : [])),
      expected?.detection_ignored[value]
    )
  }
  return deviation.exact(`coco-eval-detail.json: matches, ${name}`)
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'))
}
