import { type ArmCell, type ArmName, type StudyCell } from '../../shared/studies.ts'
import { type StudyPlan } from '../../shared/study-look.ts'
import { type Frame, rounded, type Tick } from './frame.ts'
import { ticksWithin } from './linear.ts'

export interface CurvePoint {
  readonly x: number
  readonly y: number
  readonly low: number | undefined
  readonly high: number | undefined
  readonly images: number
  readonly score: number
}

export interface LearningLayout {
  readonly curves: readonly { readonly arm: ArmName; readonly line: string; readonly points: readonly CurvePoint[] }[]
  readonly xTicks: readonly Tick[]
  readonly yTicks: readonly Tick[]
}

interface Value {
  readonly images: number
  readonly score: number
  readonly ends: readonly [number, number] | undefined
}

/** Pixels between curves at the same number of images, so that their intervals can be told apart. */
const beside = 7

/** Scores in percent over the number of real images, by its logarithm; one number of images makes no curve. */
export function layOutLearning(
  { columns, design }: StudyPlan,
  whole: readonly ArmCell[],
  frame: Frame
): LearningLayout | undefined {
  if (design === 'table2' || design === 'table4' || columns.length < 2) return undefined
  const imagesIn = new Map(columns.map(({ name, images }) => [name, images]))
  const arms = [...new Set(whole.map(({ arm }) => arm))].filter((arm) => arm !== 'real')
  const ofArm = (arm: ArmName) => whole.filter((cell) => cell.arm === arm)
  const all = [
    { arm: 'real' as const, values: valuesOf(firstOfColumns(whole), imagesIn, false) },
    ...arms.map((arm) => ({ arm, values: valuesOf(ofArm(arm), imagesIn, true) }))
  ].filter(({ values }) => values.length > 0)
  if (all.length === 0) return undefined

  const { width, height, margin } = frame
  const images = [...new Set(all.flatMap(({ values }) => values.map((value) => value.images)))].sort((a, b) => a - b)
  const scores = all.flatMap(({ values }) => values.flatMap(({ score, ends = [score, score] }) => [score, ...ends]))
  const [first, last] = padded(Math.log(images[0] ?? 1), Math.log(images.at(-1) ?? 1))
  const [low, high] = padded(Math.max(0, Math.min(...scores)), Math.min(100, Math.max(...scores)))
  const x = (value: number) =>
    margin.left + ((Math.log(value) - first) / (last - first)) * (width - margin.left - margin.right)
  const y = (value: number) => margin.top + ((high - value) / (high - low)) * (height - margin.top - margin.bottom)
  return {
    curves: all.map(({ arm, values }, curve) => {
      const aside = (curve - (all.length - 1) / 2) * beside
      const points = values.map(({ images: count, score, ends }) => ({
        x: rounded(x(count) + aside),
        y: rounded(y(score)),
        low: ends && rounded(y(Math.max(low, ends[0]))),
        high: ends && rounded(y(Math.min(high, ends[1]))),
        images: count,
        score
      }))
      return { arm, points, line: points.map((point, i) => `${i === 0 ? 'M' : 'L'}${point.x} ${point.y}`).join('') }
    }),
    xTicks: images.map((count) => ({ at: rounded(x(count)), value: count })),
    yTicks: ticksWithin(low, high, 5).map((value) => ({ at: rounded(y(value)), value }))
  }
}

/** What real images alone come to stands in every cell of a column. */
function firstOfColumns(cells: readonly StudyCell[]): StudyCell[] {
  return [...new Map(cells.toReversed().map((cell) => [cell.column, cell])).values()]
}

/** @param isOwn whether it is the arm's own score, which has an interval, or that of real images alone */
function valuesOf(cells: readonly StudyCell[], imagesIn: ReadonlyMap<string, number>, isOwn: boolean): Value[] {
  return cells
    .map(({ column, score, baseline, interval }) => ({
      images: imagesIn.get(column) ?? 1,
      score: 100 * (isOwn ? score : baseline),
      ends: isOwn && interval ? ([100 * (baseline + interval[0]), 100 * (baseline + interval[1])] as const) : undefined
    }))
    .sort((a, b) => a.images - b.images)
}

function padded(low: number, high: number): [number, number] {
  const room = high > low ? 0.08 * (high - low) : Math.max(0.5, Math.abs(low) * 0.1)
  return [low - room, high + room]
}
