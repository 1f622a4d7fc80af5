import { emptyRungs, ladders } from './ladder.ts'
import { type TileScores } from './score-tiles.ts'

/** From one rung to the next. */
export interface Step {
  readonly from: string
  readonly to: string
  /** By how much the score rises. */
  readonly rise: number
  /** Its standard error, by leaving groups of tiles out (jackknife): other tiles would give another rise. */
  readonly error: number
}

/** How a judge's scores stand on the ladders. */
export interface Verdict {
  /** Where the score does not rise. */
  readonly breaks: readonly Step[]
  /** Where it might do the other thing with other tiles: so few do not settle it. Breaks may be among them. */
  readonly unsettled: readonly Step[]
  /** The lowest score of what shows no cell, over the highest of all that does. */
  readonly emptyMargin: number
  /** The same of noise and flat pictures alone, which have not even a real background. */
  readonly blankMargin: number
}

/** What is empty has to come last by this factor. */
export const clearMargin = 1.25
/** A rise of fewer standard errors may be chance. */
const settled = 2

type CellScores = Pick<TileScores, 'cellDistance' | 'without'>

export function verdictOn(scores: ReadonlyMap<string, CellScores>): Verdict {
  const of = (name: string) => scores.get(name)?.cellDistance ?? Number.NaN
  const steps = ladders.flatMap((ladder) => ladder.slice(1).map((to, i) => stepBetween(scores, ladder[i] ?? '', to)))
  const shown = [...scores].filter(([name]) => !emptyRungs.includes(name)).map(([name]) => of(name))
  const margin = (empty: readonly string[]) => Math.min(...empty.map(of)) / Math.max(...shown)
  return {
    breaks: steps.filter(({ rise }) => !(rise > 0)),
    unsettled: steps.filter(({ rise, error }) => Math.abs(rise) < settled * error),
    emptyMargin: margin(emptyRungs),
    blankMargin: margin(emptyRungs.slice(1))
  }
}

/** Whether all is as it has to be; `undecided` where what is not may be chance. */
export function outcomeOf({ breaks, unsettled, emptyMargin }: Verdict): 'passed' | 'undecided' | 'failed' {
  if (!(emptyMargin >= clearMargin)) return 'failed'
  if (breaks.length === 0) return 'passed'
  return breaks.every((step) => unsettled.includes(step)) ? 'undecided' : 'failed'
}

function stepBetween(scores: ReadonlyMap<string, CellScores>, from: string, to: string): Step {
  const [below, above] = [scores.get(from), scores.get(to)]
  const rise = (above?.cellDistance ?? Number.NaN) - (below?.cellDistance ?? Number.NaN)
  const fewer = (above?.without ?? []).map((value, group) => value - (below?.without[group] ?? Number.NaN))
  return { from, to, rise, error: jackknifeError(fewer) }
}

/** √((g − 1)/g·Σ(xᵢ − x̄)²) of what comes out without each of g groups (Efron and Stein 1981). */
function jackknifeError(without: readonly number[]): number {
  const mean = without.reduce((sum, value) => sum + value, 0) / without.length
  const squares = without.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(((without.length - 1) / without.length) * squares)
}
