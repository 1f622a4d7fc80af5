import { join } from 'node:path'
import type { EvaluationResult } from '../../shared/evaluation.ts'
import type { PackageResult } from '../../shared/packages.ts'
import type { TrainResult } from '../../shared/runs.ts'
import { scoreText } from '../../shared/score-text.ts'
import type { CellStatistics } from '../../shared/set-report.ts'
import type { GenerateResult } from '../../shared/synthetic.ts'
import type { HistoryEntry } from '../../shared/training.ts'

/** What the steps of the sample came to. */
export interface SampleResults {
  /** By the built-in model as it was. */
  readonly first: Pick<GenerateResult, 'synthetic' | 'health'>
  readonly trained: TrainResult
  readonly history: readonly HistoryEntry[]
  readonly score: EvaluationResult
  readonly made: GenerateResult
  readonly packed: PackageResult
  /** Where the last pictures are. */
  readonly folder: string
}

/** What was made, how good it is beside what it was and what real pictures are, where it is, and what comes next. */
export function closingSentences(results: SampleResults): string[] {
  return [
    madeSentence(results),
    scoreSentence(results),
    ...cellsSentence(results),
    'Next, your own images: some dozens with outlined cells are enough to begin with. Choose tiles that show at least three cells, train for hours instead of minutes, and look through what is made before you work with it. These pictures here are to be looked at, not to train other programs with.',
    placesSentence(results)
  ]
}

function madeSentence({ first, trained, made }: SampleResults): string {
  const { iteration, settings } = trained.run
  const seen = (iteration * settings.batch).toLocaleString('en')
  const { images, cells } = made.synthetic
  return `The built-in model, which already knew nuclei, made ${first.synthetic.images} pictures at once. Then it learned from the sample’s images for ${minutesText(trained)} (${seen} pictures seen) and made ${images} new ones, with ${cells.toLocaleString('en')} outlined nuclei.`
}

function minutesText({ run, secondsPerIteration }: TrainResult): string {
  const minutes = (run.iteration * secondsPerIteration) / 60
  return minutes < 1.5 ? 'about a minute' : `about ${minutes.toFixed(0)} minutes`
}

function scoreSentence({ history, score }: SampleResults): string {
  const { metric, name, now, text, scale } = measureOf(score)
  const before = scoreBefore(history, score, metric)
  if (before === undefined) return `The ${name} is ${text(now)}: ${scale}.`
  if (score.iteration === 0) {
    return `The ${name} is ${text(now)}, as before: so short a training made no better model, and the one that there was is kept. ${capitalized(scale)}.`
  }
  return `The ${name} was ${text(before)} before it learned, and is ${text(now)} now: ${scale}.`
}

/** The score that sees cells, where there is one. */
function measureOf(score: EvaluationResult) {
  const { cellDistance, frechet } = score.mean
  if (cellDistance === undefined) {
    const metric = score.features.name
    const text = (value: number) => value.toFixed(0)
    return { metric, name: `distance from real pictures (${metric})`, now: frechet, text, scale: scaleWords(score) }
  }
  return {
    metric: 'cell distance',
    name: 'distance of their cells from real ones (cell distance)',
    now: cellDistance,
    text: scoreText,
    scale: '0 is what real pictures get, 1 is what empty ones get'
  }
}

/** The score of the model as it was, where the run has one on the same scale: of the same measure, of as many pictures. */
function scoreBefore(history: readonly HistoryEntry[], score: EvaluationResult, metric: string): number | undefined {
  const before = history.find((entry) => entry.kind === 'evaluation' && entry.iteration === 0)
  if (before?.kind !== 'evaluation' || before.metric !== metric) return undefined
  const isAsMany = sum(before.classes.map(({ fake }) => fake)) === sum(score.metrics.map(({ fake }) => fake))
  return isAsMany ? before.value : undefined
}

function scaleWords({ metrics }: EvaluationResult): string {
  const halves = metrics.flatMap(({ realHalves }) => (realHalves === undefined ? [] : [realHalves]))
  const isWhole = halves.length > 0 && halves.length === metrics.length
  const anchor = isWhole ? `, and ${(sum(halves) / halves.length).toFixed(0)} is what real pictures get` : ''
  return `lower is better${anchor}`
}

function cellsSentence({ first, made: { health = [] } }: SampleResults): string[] {
  const classes = health.map(({ class: name, generated, real }) => {
    const before = first.health?.find((each) => each.class === name)?.generated
    const wasText = before === undefined ? '' : `${cellsText(before)} before and `
    const realText = real === undefined ? '' : `, real tiles ${cellsText(real)}`
    return `${name} ${wasText}${cellsText(generated)} now${realText}`
  })
  return classes.length === 0 ? [] : [`Cells a picture: ${classes.join('; ')}.`]
}

function cellsText({ cells }: CellStatistics): string {
  return cells.toFixed(1)
}

function placesSentence({ packed, folder }: SampleResults): string {
  return `The pictures are in ${join(folder, 'images')}, their masks beside them in masks, and the package for a colleague is ${packed.file}.`
}

function capitalized(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
