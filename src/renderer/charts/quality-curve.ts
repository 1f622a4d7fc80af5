import { type Frame, rounded, type Tick } from './frame.ts'

export interface Score {
  readonly iteration: number
  readonly value: number
}

export interface CurveLayout {
  /** Path data through all scores. */
  readonly line: string
  readonly dots: readonly (Score & { readonly x: number; readonly y: number; readonly isBest: boolean })[]
  readonly xTicks: readonly Tick[]
  readonly yTicks: readonly Tick[]
  /** Height of the score at the start, where there is one. */
  readonly startAt: number | undefined
}

/** Places scores (in the order of iterations, at least one) in a frame of pixels; y grows downwards. */
export function layOutCurve(scores: readonly Score[], frame: Frame, start?: number): CurveLayout {
  const { width, height, margin } = frame
  const values = scores.map(({ value }) => value)
  const shown = start === undefined ? values : [...values, start]
  const [low, high] = widened(Math.min(...shown), Math.max(...shown))
  const xMax = Math.max(1, ...scores.map(({ iteration }) => iteration))
  const yValues = ticks(low, high, 4)
  const bottom = Math.min(low, ...yValues)
  const top = Math.max(high, ...yValues)

  const x = (iteration: number) => rounded(margin.left + (iteration / xMax) * (width - margin.left - margin.right))
  const y = (value: number) =>
    rounded(margin.top + ((top - value) / (top - bottom)) * (height - margin.top - margin.bottom))
  const best = values.indexOf(Math.min(...values))
  const dots = scores.map((score, index) => ({
    ...score,
    x: x(score.iteration),
    y: y(score.value),
    isBest: index === best
  }))
  return {
    line: dots.map((dot, index) => `${index === 0 ? 'M' : 'L'}${dot.x} ${dot.y}`).join(''),
    dots,
    xTicks: ticks(0, xMax, Math.max(2, Math.floor(width / 110)))
      .filter((value) => Number.isInteger(value) && value <= xMax)
      .map((value) => ({ at: x(value), value })),
    yTicks: yValues.map((value) => ({ at: y(value), value })),
    startAt: start === undefined ? undefined : y(start)
  }
}

/** A flat curve gets room above and below. */
function widened(low: number, high: number): [number, number] {
  if (high > low) return [low, high]
  const room = high === 0 ? 1 : Math.abs(high) * 0.25
  return [low - room, high + room]
}

/** About `wanted` round numbers (1, 2 or 5 times a power of ten apart) that cover low … high. */
export function ticks(low: number, high: number, wanted: number): number[] {
  const rough = (high - low) / wanted
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10)
  const first = Math.floor(low / step)
  const last = Math.ceil(high / step)
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)))
}
