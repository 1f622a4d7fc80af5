import type { Output } from '../../shared/api.ts'
import { roughly } from '../../shared/estimate-words.ts'
import { scoreText } from '../../shared/score-text.ts'

/** What tasks came to, in a few words. */

export function look({ totals }: Output<'datasets.inspect'>): string {
  return `${number(totals.usable)} of ${number(totals.files)} files can be imported, with ${number(totals.cells)} cells`
}

export function imported({ dataset }: Output<'datasets.import'>): string {
  return `${number(dataset.images)} images with ${number(dataset.cells)} cells`
}

export function prepared({ prepared: set, totals, roundTrip }: Output<'prepared.create'>): string {
  if (set.unannotated) return `${number(totals.images)} images without annotation`
  return `${number(totals.painted)} cells in gray masks; read back at AP ${(100 * roundTrip.AP).toFixed(0)}`
}

export function trained({ run }: Output<'runs.train'>): string {
  return run.iteration === 1 ? '1 iteration' : `${number(run.iteration)} iterations`
}

export function evaluated({ mean }: Output<'runs.evaluate'>): string {
  const { frechet, cellDistance } = mean
  return `picture quality score ${scoreText(cellDistance ?? frechet)} (lower is better)`
}

export function generated({ synthetic }: Output<'synthetic.generate'>): string {
  return `${number(synthetic.images)} pictures with ${number(synthetic.cells)} cells`
}

export function segmented({ model, best }: Output<'segment.train'>): string {
  const iterations = `${number(model.iteration)} ${model.iteration === 1 ? 'iteration' : 'iterations'}`
  return best === undefined
    ? iterations
    : `${iterations}; AP@0.5 ${(100 * best.AP50).toFixed(0)} on pictures not learned from`
}

export function predicted({ images, cells }: Output<'segment.predict'>): string {
  return `${number(cells)} cells in ${number(images)} pictures`
}

export function scored({ stats }: Output<'scores.files'>): string {
  return stats.AP < 0 ? 'no cells to compare' : `AP ${(100 * stats.AP).toFixed(1)}`
}

export function packed({ entries }: Output<'packages.create'>): string {
  return `${number(entries)} files in one checked package`
}

export function verified({ entries, unchecked }: Output<'packages.verify'>): string {
  const rest = unchecked.length === 0 ? '' : `; ${number(unchecked.length)} copies of another version not compared`
  return `whole: ${number(entries)} files${rest}`
}

export function opened({ images, cells }: Output<'packages.open'>): string {
  return `${number(images)} pictures with ${number(cells)} cells`
}

export function estimated({ estimate }: Output<'estimates.make'>): string {
  return estimate.fits ? `would take about ${roughly(estimate.seconds)}` : 'does not fit on this computer'
}

export function studied({ study, sentences }: Output<'study.run'>): string {
  return sentences[0] ?? `${number(study.done)} of ${number(study.tasks)} tasks done`
}

export function studyTask({ state }: Output<'study.task'>): string {
  return state === 'done' ? 'done' : 'was done before'
}

function number(value: number): string {
  return value.toLocaleString('en')
}
