/** A sheet of samples and when it was drawn. */
export interface Moment {
  readonly iteration: number
  /** Of training until then; absent from histories of older versions. */
  readonly seconds?: number | undefined
}

/** In seconds: at first much changes in little time. */
const marks = [10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14_400, 28_800, 57_600, 86_400, 172_800]
const mostColumns = 6

/** The moments to stand side by side: the first at or after each mark of the clock, thinned out to the most that fit. */
export function columnsOf<M extends Moment>(moments: readonly M[]): M[] {
  const found = marks.flatMap((mark) => moments.find(({ seconds = 0 }) => seconds >= mark * 0.95) ?? [])
  const columns = [...new Set(found)].filter((moment) => moment !== moments.at(-1))
  if (columns.length <= mostColumns) return columns
  const step = (columns.length - 1) / (mostColumns - 1)
  return Array.from({ length: mostColumns }, (_, i) => columns[Math.round(i * step)]).flatMap((moment) => moment ?? [])
}
