import { type StudyCell } from '../../shared/studies.ts'
import { type Tick } from './frame.ts'
import { ticksWithin } from './linear.ts'

export interface Difference {
  readonly key: string
  readonly cell: StudyCell
  /** Shares of the width, from 0 to 1. */
  readonly at: number
  readonly from: number | undefined
  readonly to: number | undefined
}

export interface DifferenceLayout {
  readonly rows: readonly Difference[]
  readonly zero: number
  /** What was said not to matter. */
  readonly band: readonly [number, number]
  /** In points. */
  readonly ticks: readonly Tick[]
}

/** Differences around zero, both sides equally wide, so that gain and loss look alike. */
export function layOutDifferences(cells: readonly StudyCell[], smallest: number): DifferenceLayout | undefined {
  const compared = cells.filter(({ difference }) => difference !== undefined)
  if (compared.length === 0) return undefined
  const ends = compared.flatMap(({ difference = 0, interval = [0, 0] }) => [difference, ...interval])
  const most = 1.06 * Math.max(smallest, ...ends.map(Math.abs))
  const x = (value: number) => (value + most) / (2 * most)
  return {
    rows: compared.map((cell) => ({
      key: `${cell.row}\n${cell.column}`,
      cell,
      at: x(cell.difference ?? 0),
      from: cell.interval && x(cell.interval[0]),
      to: cell.interval && x(cell.interval[1])
    })),
    zero: x(0),
    band: [x(-smallest), x(smallest)],
    ticks: ticksWithin(-100 * most, 100 * most, 5).map((value) => ({ value, at: x(value / 100) }))
  }
}
