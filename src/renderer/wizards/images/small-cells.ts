import { type Forecast } from '../../../shared/previews.ts'

type Row = Forecast['classes'][number]
type Part = 'train' | 'validation' | 'test'
type Counts = Pick<Row, Part> & { readonly isPoor: boolean }

/**
 * Which cells of a kind are too small: training that nothing can be learned from, as there are too few images or none,
 * and a part of the split that has images, but none of these.
 */
export function smallCells(rows: readonly Row[]): (row: Counts, part: Part) => boolean {
  const isUsed = (part: Part): boolean => rows.some((row) => row[part] > 0)
  return (row, part) => (part === 'train' && row.isPoor) || (row[part] === 0 && (part === 'train' || isUsed(part)))
}
