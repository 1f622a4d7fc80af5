import { type CellLimits } from '../../shared/masks.ts'
import { type RemovedCell } from '../../shared/synthetic.ts'
import { labelComponents } from './components.ts'
import { regionSizes, type RegionSize } from './region-properties.ts'
import { rleArea, rleFromLabel } from './rle.ts'
import { encodeCounts } from './rle-string.ts'

/** What one real image shows: plain numbers, so that they can be collected over processes. */
export interface ObservedCells {
  /** Visible area of each cell, px²: of its largest piece, of cells that the image border does not cut. */
  readonly areas: readonly number[]
  /** Solidity of the same pieces. */
  readonly solidities: readonly number[]
  /** How many cells each tile of the image shows. */
  readonly cellsPerTile: readonly number[]
}

export type Limits = Omit<CellLimits, 'class'>

/** A cell with fewer pixels in a tile does not count there: a decoder would not find it. */
const leastVisible = 3

/**
 * Measures the painted mask of a real image as a decoder would see it. Pieces that other cells cut off are no cells,
 * and cells at the image border have no known size; both are left out (all are taken if the border cuts every one).
 * @param owners row-major, one number per cell, 0 for background
 * @param tile side of the square tiles that training sees
 */
export function observeCells(owners: Uint32Array, width: number, height: number, tile: number): ObservedCells {
  const pieces = labelComponents(owners, width, height, 8)
  const ownerOf = new Uint32Array(pieces.count + 1)
  for (let pixel = 0; pixel < owners.length; pixel++) ownerOf[pieces.labels[pixel] ?? 0] = owners[pixel] ?? 0
  const largest = new Map<number, RegionSize>()
  for (const piece of regionSizes(pieces.labels, width, height)) {
    const owner = ownerOf[piece.label] ?? 0
    if (piece.area > (largest.get(owner)?.area ?? 0)) largest.set(owner, piece)
  }
  const cells = [...largest.values()]
  const whole = cells.filter((cell) => !isCut(cell, width, height))
  const measured = whole.length > 0 ? whole : cells
  return {
    areas: measured.map(({ area }) => area),
    solidities: measured.map(({ solidity }) => solidity),
    cellsPerTile: tilePlaces(width, tile).flatMap((x) =>
      tilePlaces(height, tile).map((y) =>
        countCells(owners, width, { x, y, right: x + tile, bottom: Math.min(height, y + tile) })
      )
    )
  }
}

/**
 * The limits of a class: the 0.5 % and 99.5 % quantiles of visible area, the 0.5 % quantile of solidity, the 1 % and
 * 99 % quantiles of cells per tile, from all its real images. Without a cell nothing is limited.
 */
export function limitsOf(observed: readonly ObservedCells[]): Limits {
  const areas = Float64Array.from(observed.flatMap((image) => image.areas)).sort()
  const solidities = Float64Array.from(observed.flatMap((image) => image.solidities)).sort()
  const counts = Float64Array.from(observed.flatMap((image) => image.cellsPerTile)).sort()
  return {
    minArea: quantile(areas, 0.005) ?? 0,
    maxArea: quantile(areas, 0.995) ?? Number.MAX_SAFE_INTEGER,
    minSolidity: quantile(solidities, 0.005) ?? 0,
    minCells: quantile(counts, 0.01) ?? 0,
    maxCells: quantile(counts, 0.99) ?? Number.MAX_SAFE_INTEGER
  }
}

type RemovalReason = RemovedCell['reason']

export interface FilteredMask {
  /** Row-major, the kept cells numbered from 1 in their old order. */
  readonly labels: Uint32Array
  readonly cells: number
  /** By their old labels. */
  readonly removed: ReadonlyMap<number, RemovalReason>
  /** Why the picture as a whole should not be used; undefined if it may. */
  readonly drop: DropReason | undefined
}

export type DropReason = 'too-few-cells' | 'too-many-cells' | 'too-much-removed'

/** A picture that loses a larger share of its cell pixels shows cells that its mask does not have. */
const mostRemoved = 0.3

/**
 * Removes the cells of a synthetic mask that lie outside the real ones' sizes (paper §3.3, docs/method.md §8.4). A cell
 * that the border cuts may be as small and ragged as the cut makes it. A removed cell becomes background although the
 * picture still shows it; if that happens too much, or the number of cells is not one of real tiles, the picture is to
 * be dropped.
 * @param labels row-major, one number per cell, as decoded
 */
export function filterByArea(labels: Uint32Array, width: number, height: number, limits: Limits): FilteredMask {
  const removed = new Map<number, RemovalReason>()
  const numbers = new Map<number, number>()
  let foreground = 0
  let lost = 0
  for (const cell of regionSizes(labels, width, height)) {
    const reason = reasonAgainst(cell, limits, isCut(cell, width, height))
    foreground += cell.area
    if (reason === undefined) numbers.set(cell.label, numbers.size + 1)
    else {
      removed.set(cell.label, reason)
      lost += cell.area
    }
  }
  return {
    labels: labels.map((label) => numbers.get(label) ?? 0),
    cells: numbers.size,
    removed,
    drop: lost > mostRemoved * foreground ? 'too-much-removed' : reasonToDrop(numbers.size, limits)
  }
}

/** What the report of a synthetic set says about each removed cell, its pixels included. */
export function describeRemoved(
  labels: Uint32Array,
  width: number,
  height: number,
  removed: FilteredMask['removed']
): RemovedCell[] {
  if (removed.size === 0) return []
  const pixels = rleFromLabel(labels, width, height)
  return [...removed].flatMap(([label, reason]) => {
    const rle = pixels.get(label)
    return rle === undefined ? [] : [{ reason, area: rleArea(rle), counts: encodeCounts(rle.counts) }]
  })
}

function reasonAgainst(cell: RegionSize, limits: Limits, isCutOff: boolean): RemovalReason | undefined {
  if (cell.area > limits.maxArea) return 'too-large'
  if (isCutOff) return undefined
  if (cell.area < limits.minArea) return 'too-small'
  return cell.solidity < limits.minSolidity ? 'too-ragged' : undefined
}

function reasonToDrop(cells: number, { minCells, maxCells }: Limits): DropReason | undefined {
  if (cells < minCells) return 'too-few-cells'
  return cells > maxCells ? 'too-many-cells' : undefined
}

function isCut({ box }: RegionSize, width: number, height: number): boolean {
  return box.x === 0 || box.y === 0 || box.x + box.width === width || box.y + box.height === height
}

/** Where tiles begin along a side: half a tile apart, the last at the end. */
function tilePlaces(size: number, tile: number): number[] {
  const last = Math.max(0, size - tile)
  const step = Math.max(1, Math.floor(tile / 2))
  const places = Array.from({ length: Math.ceil(last / step) }, (_, i) => i * step)
  return [...places, last]
}

interface Tile {
  readonly x: number
  readonly y: number
  readonly right: number
  readonly bottom: number
}

function countCells(owners: Uint32Array, width: number, { x, y, right, bottom }: Tile): number {
  const visible = new Map<number, number>()
  for (let row = y; row < bottom; row++) {
    const end = row * width + Math.min(width, right)
    for (let pixel = row * width + x; pixel < end;) {
      const [start, owner] = [pixel, owners[pixel] ?? 0]
      while (++pixel < end && owners[pixel] === owner);
      if (owner !== 0) visible.set(owner, (visible.get(owner) ?? 0) + pixel - start)
    }
  }
  return [...visible.values()].filter((pixels) => pixels >= leastVisible).length
}

/** Linear interpolation between the two nearest of the sorted values. */
function quantile(sorted: Float64Array, share: number): number | undefined {
  const place = share * (sorted.length - 1)
  const low = sorted[Math.floor(place)]
  const high = sorted[Math.ceil(place)]
  return low === undefined || high === undefined ? undefined : low + (high - low) * (place - Math.floor(place))
}
