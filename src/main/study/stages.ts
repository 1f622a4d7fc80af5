export type Stage = 'early' | 'middle' | 'late'

/**
 * Early, middle and late of one class (docs/method.md §13.3): of its distinct time points T₁ < … < T_m, the first ⌈m/3⌉ are
 * early, the last ⌊m/3⌋ late, the rest middle.
 */
export function stagesOf(times: readonly number[]): ReadonlyMap<number, Stage> {
  const distinct = [...new Set(times)].sort((a, b) => a - b)
  const early = Math.ceil(distinct.length / 3)
  const late = distinct.length - Math.floor(distinct.length / 3)
  return new Map(distinct.map((time, i) => [time, i < early ? 'early' : i >= late ? 'late' : 'middle']))
}
