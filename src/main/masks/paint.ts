import { type Cell } from './overlap-graph.ts'
import { paintRle } from './rle.ts'

/** One image's mask, row-major. */
export interface PaintedMask {
  /** Label per pixel, 0 for background. */
  readonly levels: Uint8Array
  /** Position + 1 in the list of cells, of the cell that the pixel belongs to; 0 for background. */
  readonly owners: Uint32Array
}

/**
 * Paints all cells that have a label (1 … 255): the largest first, so that small cells stay whole; of equal ones the
 * larger id later. A pixel that cells share belongs to the one painted last.
 */
export function paintCells(
  cells: readonly Cell[],
  labels: ArrayLike<number>,
  size: { readonly width: number; readonly height: number }
): PaintedMask {
  const levels = new Uint8Array(size.width * size.height)
  const owners = new Uint32Array(size.width * size.height)
  const order = [...cells.entries()]
    .filter(([position]) => (labels[position] ?? 0) > 0)
    .sort(([, a], [, b]) => b.area - a.area || a.id - b.id)
  for (const [position, { raster }] of order) {
    paintRle(raster, levels, labels[position] ?? 0)
    paintRle(raster, owners, position + 1)
  }
  return { levels, owners }
}
