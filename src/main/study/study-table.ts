import type { FrozenStudy, StudyCell, StudyImage, StudyTable } from '../../shared/studies.ts'
import { type Comparison, comparisonsOf } from './comparisons.ts'
import { allImages, type DrawnImages, mean } from './hierarchical-bootstrap.ts'
import { pairsOf, type StudyTask, studyTasks, usesPictures } from './study-tasks.ts'
import { type ArmDifference, compareArms, judge } from './verdict.ts'
import { type RankedImage, WeightedPrecision } from './weighted-precision.ts'

/** What a finished arm says of one test image. */
export interface ScoredImage extends RankedImage {
  readonly id: number
  readonly tp: number
  readonly fp: number
  readonly fn: number
}

/** By the ids of tasks; those that are not done are absent. */
export type ArmResults = ReadonlyMap<string, readonly ScoredImage[]>

/** A field with all that was computed for it. */
export interface Field {
  readonly comparison: Comparison
  readonly cell: StudyCell
  readonly difference: ArmDifference | undefined
}

/**
 * The table of a study from what its arms left, the same for the same results. A field appears when all its repeats are
 * done: a mean of some of them would be a look before the end.
 */
export function computeTable(
  study: FrozenStudy,
  results: ArmResults
): { readonly table: StudyTable; readonly fields: readonly Field[] } {
  const tasks = studyTasks(study)
  const scorer = new Scorer(study, results)
  const comparisons = comparisonsOf(study)
  const raw = comparisons.flatMap((comparison) => scorer.field(comparison, tasks) ?? [])
  const compared = raw.flatMap(({ difference }) => difference ?? [])
  const judged = new Map(judge(compared).map((judgement, i) => [compared[i], judgement]))
  const fields = withWorth(
    study,
    raw.map((field) => {
      const judgement = field.difference === undefined ? undefined : judged.get(field.difference)
      return judgement === undefined ? field : { ...field, cell: { ...field.cell, ...judgement } }
    })
  )
  return {
    table: {
      metric: study.metric,
      rows: [...new Set(comparisons.map(({ row }) => row))],
      columns: study.columns.map(({ name }) => name),
      cells: fields.map(({ cell }) => cell)
    },
    fields
  }
}

type Score = (weights: Float64Array, drawn: DrawnImages) => number

/** What is asked again for the same images is not computed again: an arm is held against all others of its column. */
function remembering(compute: (weights: Float64Array) => number): Score {
  const lists = new Map<string, (number | undefined)[]>()
  return (weights, { list, place }) => {
    const known = lists.get(list) ?? []
    lists.set(list, known)
    return (known[place] ??= compute(weights))
  }
}

class Scorer {
  readonly #study: FrozenStudy
  readonly #results: ArmResults
  readonly #test: readonly StudyImage[]
  readonly #scores = new Map<string, Score>()

  constructor(study: FrozenStudy, results: ArmResults) {
    this.#study = study
    this.#results = results
    this.#test = study.images.filter(({ split }) => split === 'test')
  }

  field(comparison: Comparison, tasks: readonly StudyTask[]): Field | undefined {
    const images = this.#test.filter(comparison.counts)
    const { arm, baseline, row, column } = comparison
    const isBaseline = arm.arm === baseline.arm && arm.column === baseline.column
    const pairs = pairsOf(tasks, arm, baseline)
    const scores = pairs.flatMap((pair) => {
      const own = this.#score(pair.arm, images)
      const other = this.#score(pair.baseline, images)
      return own === undefined || other === undefined ? [] : [{ own, other }]
    })
    if (images.length === 0 || pairs.length === 0 || scores.length < pairs.length) return undefined
    const every = new Float64Array(images.length).fill(1)
    const score = mean(scores.map(({ own }) => own(every, allImages)))
    const base = mean(scores.map(({ other }) => other(every, allImages)))
    if (score < 0 || base < 0) return undefined // no cell to be found there
    const difference = isBaseline ? undefined : this.#compare(pairs, scores, images)
    const cell: StudyCell = {
      row,
      column,
      arm: arm.arm,
      ap: this.#isBaselinePrinted() ? base : score,
      baseline: base,
      score,
      n: scores.length,
      images: images.length,
      cells: images.reduce((sum, image) => sum + image.cells, 0),
      ...(difference === undefined ? {} : differenceOf(difference))
    }
    return { comparison, cell, difference }
  }

  /** Tables 3 and 4 print the score without synthetic images, and the difference beside it. */
  #isBaselinePrinted(): boolean {
    return this.#study.design === 'table3' || this.#study.design === 'table4'
  }

  #compare(
    pairs: readonly { readonly arm: StudyTask }[],
    scores: readonly { readonly own: Score; readonly other: Score }[],
    images: readonly StudyImage[]
  ): ArmDifference {
    const { seed, resamples, confidence, given } = this.#study
    const zero = (): number => 0
    return compareArms(
      {
        wells: images.map(({ well }) => well),
        repeats: pairs.map(({ arm: { draw, generator, seed: own } }) => ({ draw, generator, seed: own })),
        arm: (repeat, ...drawn) => Math.max(0, (scores[repeat]?.own ?? zero)(...drawn)),
        baseline: (repeat, ...drawn) => Math.max(0, (scores[repeat]?.other ?? zero)(...drawn)),
        hasGenerator: given === undefined && pairs.some(({ arm: { arm } }) => usesPictures(arm))
      },
      { seed, resamples, confidence }
    )
  }

  /** Undefined where the task is not done. */
  #score({ id }: StudyTask, images: readonly StudyImage[]): Score | undefined {
    const result = this.#results.get(id)
    if (result === undefined) return undefined
    const key = `${id}: ${images.map((image) => image.id).join()}`
    const score = this.#scores.get(key) ?? remembering(this.#scoring(result, images))
    this.#scores.set(key, score)
    return score
  }

  #scoring(result: readonly ScoredImage[], images: readonly StudyImage[]): (weights: Float64Array) => number {
    const byId = new Map(result.map((image) => [image.id, image]))
    const own = images.map(({ id: image }) => byId.get(image) ?? nothing)
    if (this.#study.metric === 'F1') return (weights) => f1(own, weights)
    const precision = new WeightedPrecision(own)
    const threshold = this.#study.metric === 'AP50' ? 0 : undefined
    return (weights) => precision.averagePrecision(weights, threshold)
  }
}

const nothing: ScoredImage = { id: -1, scores: [], outcomes: [], truths: 0, tp: 0, fp: 0, fn: 0 }

function f1(images: readonly ScoredImage[], weights: Float64Array): number {
  let [right, all] = [0, 0]
  for (const [i, { tp, fp, fn }] of images.entries()) {
    right += (weights[i] ?? 0) * 2 * tp
    all += (weights[i] ?? 0) * (2 * tp + fp + fn)
  }
  return all === 0 ? -1 : right / all
}

function differenceOf({ spread, test, detectable }: ArmDifference): Partial<StudyCell> {
  const { estimate, interval } = spread
  return {
    difference: estimate,
    ...(interval === undefined ? {} : { interval: [...interval] }),
    p: test.p,
    leastP: test.smallest,
    ...(Number.isFinite(detectable) ? { detectable } : {})
  }
}

/** How many real images more would do what an arm does, read from the curve of real images alone. */
function withWorth(study: FrozenStudy, fields: readonly Field[]): Field[] {
  if (study.design === 'table2' || study.design === 'table4') return [...fields]
  const curve = fields
    .filter(({ comparison }) => comparison.isWhole)
    .map(({ comparison, cell }) => ({
      images: study.columns[comparison.baseline.column]?.images ?? 0,
      score: cell.baseline
    }))
  const points = [...new Map(curve.map((point) => [point.images, point])).values()].sort((a, b) => a.images - b.images)
  return fields.map((field) => {
    const { comparison, cell } = field
    const images = study.columns[comparison.arm.column]?.images ?? 0
    const isGain = comparison.isWhole && (cell.difference ?? 0) > 0
    const like = isGain ? imagesFor(points, cell.score, images) : undefined
    return like === undefined ? field : { ...field, cell: { ...cell, worth: like - images } }
  })
}

/** Straight between the points of the curve, over the logarithm of the number of images; undefined beyond its end. */
function imagesFor(
  points: readonly { readonly images: number; readonly score: number }[],
  score: number,
  from: number
): number | undefined {
  const later = points.filter(({ images }) => images >= from)
  for (const [i, { images, score: low }] of later.entries()) {
    const next = later[i + 1]
    if (next === undefined || score > next.score || score < low) continue
    const share = next.score === low ? 0 : (score - low) / (next.score - low)
    return Math.exp(Math.log(images) + share * (Math.log(next.images) - Math.log(images)))
  }
  return undefined
}
