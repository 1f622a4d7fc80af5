import { armTitles } from '../../shared/arm-titles.ts'
import type { CellArm, FrozenStudy, StudyCell, StudyImage, StudyTable } from '../../shared/studies.ts'
import { type Comparison, comparisonsOf, elsewhereRows, type Held } from './comparisons.ts'
import { allImages, type DrawnImages, mean, type Repeat } from './hierarchical-bootstrap.ts'
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

/** What another program predicted. */
export interface Elsewhere {
  readonly name: string
  readonly images: readonly ScoredImage[]
}

/** A field with all that was computed for it. */
export interface Field extends HeldField {
  readonly comparison: Comparison
}

interface HeldField {
  readonly comparison: Held
  readonly cell: StudyCell
  readonly difference: ArmDifference | undefined
}

export interface ComputedTable {
  readonly table: StudyTable
  /** Of its arms. */
  readonly fields: readonly Field[]
  /** Of what other programs predicted: judged among themselves, for nothing that is added later changes what was frozen. */
  readonly elsewhere: readonly HeldField[]
}

/**
 * The table of a study from what its arms left, the same for the same results. A field appears when all its repeats are
 * done: a mean of some of them would be a look before the end.
 */
export function computeTable(
  study: FrozenStudy,
  results: ArmResults,
  others: readonly Elsewhere[] = []
): ComputedTable {
  const tasks = studyTasks(study)
  const scorer = new Scorer(study, results)
  const comparisons = comparisonsOf(study)
  const fields = withWorth(study, judged(comparisons.flatMap((comparison) => scorer.field(comparison, tasks) ?? [])))
  const elsewhere = judged(
    others.flatMap((other) => elsewhereRows(study, other.name).flatMap((held) => scorer.held(held, other, tasks) ?? []))
  )
  const cells = [...fields, ...elsewhere].map(({ cell }) => cell)
  const rows = [...comparisons, ...elsewhere.map(({ comparison }) => comparison)].map(({ row }) => row)
  return {
    table: { metric: study.metric, rows: [...new Set(rows)], columns: study.columns.map(({ name }) => name), cells },
    fields,
    elsewhere
  }
}

function judged<Each extends HeldField>(fields: readonly Each[]): Each[] {
  const compared = fields.flatMap(({ difference }) => difference ?? [])
  const judgements = new Map(judge(compared).map((judgement, i) => [compared[i], judgement]))
  return fields.map((field) => {
    const judgement = field.difference === undefined ? undefined : judgements.get(field.difference)
    return judgement === undefined ? field : { ...field, cell: { ...field.cell, ...judgement } }
  })
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

/** What one field holds against what, repeat by repeat. */
interface Paired {
  readonly arm: CellArm
  readonly isBaseline: boolean
  readonly hasGenerator: boolean
  readonly repeats: readonly Repeat[]
  /** Undefined where a task is not done. */
  readonly own: readonly (Score | undefined)[]
  readonly other: readonly (Score | undefined)[]
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
    const { arm, baseline } = comparison
    const images = this.#test.filter(comparison.counts)
    const pairs = pairsOf(tasks, arm, baseline)
    const found = this.#fieldOf(comparison, {
      arm: arm.arm,
      isBaseline: arm.arm === baseline.arm && arm.column === baseline.column,
      hasGenerator: this.#study.given === undefined && usesPictures(arm.arm),
      repeats: pairs.map((pair) => pair.arm),
      own: pairs.map((pair) => this.#score(pair.arm, images)),
      other: pairs.map((pair) => this.#score(pair.baseline, images))
    })
    return found === undefined ? undefined : { comparison, ...found }
  }

  /** What another program predicted is the same in all repeats of the real images alone. */
  held(comparison: Held, { name, images: found }: Elsewhere, tasks: readonly StudyTask[]): HeldField | undefined {
    const { baseline } = comparison
    const images = this.#test.filter(comparison.counts)
    const real = tasks.filter(({ kind, arm, column }) => kind === 'arm' && arm === 'real' && column === baseline.column)
    const own = this.#remembered(`${armTitles.elsewhere} ${name}`, found, images)
    const field = this.#fieldOf(comparison, {
      arm: 'elsewhere',
      isBaseline: false,
      hasGenerator: false,
      repeats: real,
      own: real.map(() => own),
      other: real.map((task) => this.#score(task, images))
    })
    return field === undefined ? undefined : { comparison, ...field }
  }

  #fieldOf(
    { row, column, counts }: Held,
    { arm, isBaseline, hasGenerator, repeats, own, other }: Paired
  ): Omit<HeldField, 'comparison'> | undefined {
    const images = this.#test.filter(counts)
    const scores = repeats.flatMap((_, i) => {
      const [a, b] = [own[i], other[i]]
      return a === undefined || b === undefined ? [] : [{ own: a, other: b }]
    })
    if (images.length === 0 || repeats.length === 0 || scores.length < repeats.length) return undefined
    const every = new Float64Array(images.length).fill(1)
    const score = mean(scores.map((each) => each.own(every, allImages)))
    const base = mean(scores.map((each) => each.other(every, allImages)))
    if (score < 0 || base < 0) return undefined // no cell to be found there
    const difference = isBaseline ? undefined : this.#compare(repeats, hasGenerator, scores, images)
    const cell: StudyCell = {
      row,
      column,
      arm,
      ap: this.#isBaselinePrinted() ? base : score,
      baseline: base,
      score,
      n: scores.length,
      images: images.length,
      cells: images.reduce((sum, image) => sum + image.cells, 0),
      ...(difference === undefined ? {} : differenceOf(difference))
    }
    return { cell, difference }
  }

  /** Tables 3 and 4 print the score without synthetic images, and the difference beside it. */
  #isBaselinePrinted(): boolean {
    return this.#study.design === 'table3' || this.#study.design === 'table4'
  }

  #compare(
    repeats: readonly Repeat[],
    hasGenerator: boolean,
    scores: readonly { readonly own: Score; readonly other: Score }[],
    images: readonly StudyImage[]
  ): ArmDifference {
    const { seed, resamples, confidence } = this.#study
    const zero = (): number => 0
    return compareArms(
      {
        wells: images.map(({ well }) => well),
        repeats: repeats.map(({ draw, generator, seed: own }) => ({ draw, generator, seed: own })),
        arm: (repeat, ...drawn) => Math.max(0, (scores[repeat]?.own ?? zero)(...drawn)),
        baseline: (repeat, ...drawn) => Math.max(0, (scores[repeat]?.other ?? zero)(...drawn)),
        hasGenerator
      },
      { seed, resamples, confidence }
    )
  }

  /** Undefined where the task is not done. */
  #score({ id }: StudyTask, images: readonly StudyImage[]): Score | undefined {
    const result = this.#results.get(id)
    return result === undefined ? undefined : this.#remembered(id, result, images)
  }

  #remembered(of: string, result: readonly ScoredImage[], images: readonly StudyImage[]): Score {
    const key = `${of}: ${images.map((image) => image.id).join()}`
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
