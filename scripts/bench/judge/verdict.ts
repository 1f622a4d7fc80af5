import { emptyRungs, ladders } from './ladder.ts'

/** How a judge's scores stand on the ladders. */
export interface Verdict {
  /** The first rung of each place where a score does not rise. */
  readonly breaks: readonly { readonly from: string; readonly to: string }[]
  /** The lowest score of what shows no cell, over the highest of all that does. */
  readonly emptyMargin: number
  /** The same of noise and flat pictures alone, which have not even a real background. */
  readonly blankMargin: number
}

/** What is empty has to come last by this factor. */
export const clearMargin = 1.25

export function verdictOn(scores: ReadonlyMap<string, number>): Verdict {
  const of = (name: string) => scores.get(name) ?? Number.NaN
  const breaks = ladders.flatMap((ladder) =>
    ladder.slice(1).flatMap((to, i) => (of(to) > of(ladder[i] ?? '') ? [] : [{ from: ladder[i] ?? '', to }]))
  )
  const shown = [...scores].filter(([name]) => !emptyRungs.includes(name)).map(([, score]) => score)
  const margin = (empty: readonly string[]) => Math.min(...empty.map(of)) / Math.max(...shown)
  return { breaks, emptyMargin: margin(emptyRungs), blankMargin: margin(emptyRungs.slice(1)) }
}

export function isPassed({ breaks, emptyMargin }: Verdict): boolean {
  return breaks.length === 0 && emptyMargin >= clearMargin
}
