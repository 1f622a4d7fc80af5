import { stepOf } from './gray-levels.ts'

/**
 * Share of the pixels on an edge that lie on its ramp: their label is strictly between those of two opposite neighbours.
 * A sharp edge goes from label to label at once; a blurred one passes those in between, which look like thin cells.
 */
export function shareOnRamps(labels: Uint8Array, width: number, height: number): number {
  const axes = [1, width, width + 1, width - 1]
  let [onEdge, onRamp] = [0, 0]
  for (let y = 1; y < height - 1; y++) {
    for (let pixel = y * width + 1; pixel < (y + 1) * width - 1; pixel++) {
      const label = labels[pixel] ?? 0
      if (label === 0) continue
      const kind = edgeKind(labels, pixel, label, axes)
      if (kind !== 'inside') onEdge++
      if (kind === 'ramp') onRamp++
    }
  }
  return onEdge === 0 ? 0 : onRamp / onEdge
}

function edgeKind(labels: Uint8Array, pixel: number, label: number, axes: readonly number[]) {
  let isEdge = false
  for (const offset of axes) {
    const [one, other] = [labels[pixel - offset] ?? 0, labels[pixel + offset] ?? 0]
    if (Math.min(one, other) < label && Math.max(one, other) > label) return 'ramp'
    if (one !== label || other !== label) isEdge = true
  }
  return isEdge ? 'edge' : 'inside'
}

/** At most this share of a phantom's pixels has nothing but its own pixels around it. */
const mostInside = 0.1
/** At least this share of what surrounds a phantom is darker than its level by half a step, and as much is brighter. */
const leastSurround = 0.25

/** A mask as it was decoded: what it holds for each pixel, and the gray that this was read from. */
export interface ReadMask {
  /** One number per cell, 1 … cells; 0 for background. */
  readonly labels: Uint32Array
  readonly cells: number
  readonly gray: ArrayLike<number>
  readonly width: number
  readonly height: number
  /** The gray of each label, background first. */
  readonly levels: readonly number[]
}

/**
 * Phantom cells: thin ones along an edge, whose level lies between those of both sides, as a blurred edge leaves them
 * where no cell is.
 */
export function countPhantoms(mask: ReadMask): number {
  const levelOf = ownLevels(mask)
  const step = stepOf(mask.levels)
  const { labels, gray, width, height } = mask
  const zeros = () => new Uint32Array(mask.cells + 1)
  const counts = { area: zeros(), inside: zeros(), around: zeros(), darker: zeros(), brighter: zeros() }
  for (let pixel = 0; pixel < labels.length; pixel++) {
    const label = labels[pixel] ?? 0
    add(counts.area, label)
    if (isInside(mask, pixel)) {
      add(counts.inside, label)
      continue
    }
    for (const cell of cellsBeside(labels, pixel, width, height)) {
      const difference = (gray[pixel] ?? 0) - (levelOf[cell] ?? 0)
      add(counts.around, cell)
      if (difference < -step / 2) add(counts.darker, cell)
      if (difference > step / 2) add(counts.brighter, cell)
    }
  }
  const of = (values: Uint32Array, cell: number) => values[cell] ?? 0
  const isPhantom = (cell: number) =>
    of(counts.inside, cell) <= mostInside * of(counts.area, cell) &&
    of(counts.darker, cell) >= Math.max(1, leastSurround * of(counts.around, cell)) &&
    of(counts.brighter, cell) >= Math.max(1, leastSurround * of(counts.around, cell))
  return Array.from({ length: mask.cells }, (_, i) => i + 1).filter(isPhantom).length
}

function add(values: Uint32Array, at: number): void {
  values[at] = (values[at] ?? 0) + 1
}

/** The level of each cell: that nearest to its mean gray. */
function ownLevels({ labels, cells, gray, levels }: ReadMask): number[] {
  const sums = new Float64Array(cells + 1)
  const areas = new Uint32Array(cells + 1)
  for (let pixel = 0; pixel < labels.length; pixel++) {
    const label = labels[pixel] ?? 0
    sums[label] = (sums[label] ?? 0) + (gray[pixel] ?? 0)
    add(areas, label)
  }
  const foreground = levels.slice(1)
  return Array.from(sums, (sum, label) => {
    const mean = sum / (areas[label] ?? 1)
    return foreground.reduce((best, level) => (Math.abs(level - mean) < Math.abs(best - mean) ? level : best))
  })
}

/** Whether all eight pixels around, as far as there are, have the label of this one. */
function isInside({ labels, width, height }: ReadMask, pixel: number): boolean {
  const [x, y] = [pixel % width, Math.floor(pixel / width)]
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
    for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) {
      if (labels[row * width + column] !== labels[pixel]) return false
    }
  }
  return true
}

/** The other cells that have a side in common with this pixel. */
function cellsBeside(labels: Uint32Array, pixel: number, width: number, height: number): Set<number> {
  const [x, y] = [pixel % width, Math.floor(pixel / width)]
  const cells = new Set<number>()
  if (x > 0) cells.add(labels[pixel - 1] ?? 0)
  if (x < width - 1) cells.add(labels[pixel + 1] ?? 0)
  if (y > 0) cells.add(labels[pixel - width] ?? 0)
  if (y < height - 1) cells.add(labels[pixel + width] ?? 0)
  cells.delete(0)
  cells.delete(labels[pixel] ?? 0)
  return cells
}
