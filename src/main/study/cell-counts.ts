/** How many cells some pictures show. */
export interface CellCount {
  readonly pictures: number
  /** Pictures without a cell. */
  readonly empty: number
  readonly cells: number
  readonly pixels: number
}

export function countCells(
  pictures: readonly { readonly cells: number; readonly width: number; readonly height: number }[]
): CellCount {
  return {
    pictures: pictures.length,
    empty: pictures.filter(({ cells }) => cells === 0).length,
    cells: pictures.reduce((sum, { cells }) => sum + cells, 0),
    pixels: pictures.reduce((sum, { width, height }) => sum + width * height, 0)
  }
}

/** For an area of the same size, a tenth of the cells of real pictures is hardly any. */
const fewestShare = 0.1

/** Whether a set says nothing of what good synthetic pictures would do, because there is next to nothing in it. */
export function isAlmostEmpty(made: CellCount, real: CellCount): boolean {
  if (made.pictures === 0 || real.cells === 0) return false
  return 2 * made.empty > made.pictures || made.cells / made.pixels < fewestShare * (real.cells / real.pixels)
}

/** Typical cells of areas that differ by more than this factor are hardly of pictures with pixels of one size. */
const likeAreas = 2

export function areOtherSizes(made: readonly number[], real: readonly number[]): boolean {
  const [a, b] = [medianOf(made), medianOf(real)]
  return a > 0 && b > 0 && Math.max(a / b, b / a) > likeAreas
}

/** 0 of nothing. */
export function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
