import { type CellBox, cellBoxes, type LabelPicture } from './label-picture.ts'

/** Unit vectors that lead from each pixel of a cell to its centre; 0 in the background. Row-major [height, width]. */
export interface Flows {
  readonly flowY: Float32Array
  readonly flowX: Float32Array
  /** Where the heat of each cell comes from: y and x of cell i at 2(i − 1); −1 where it has no pixel. */
  readonly centres: Int32Array
}

/**
 * What the segmentation network learns (docs/method.md §12.1; Stringer et al. 2021, in the form of Cellpose 3's
 * processor code): heat that enters a cell at its centre and spreads within it; its gradient, of length 1, is the flow.
 *
 * Heat is counted in doubles: in long cells it falls below what 32 bits can tell from 0.
 */
export function flowTargets(picture: LabelPicture): Flows {
  const flowY = new Float32Array(picture.labels.length)
  const flowX = new Float32Array(picture.labels.length)
  const boxes = cellBoxes(picture)
  const centres = new Int32Array(2 * boxes.length).fill(-1)
  for (const [i, box] of boxes.entries()) {
    if (box.bottom < box.top) continue
    const shape = cellShape(picture, i + 1, box)
    centres[2 * i] = box.top + shape.centreY - 1
    centres[2 * i + 1] = box.left + shape.centreX - 1
    writeFlow(spreadHeat(shape), shape, { flowY, flowX, width: picture.width, box })
  }
  return { flowY, flowX, centres }
}

/** A cell on its box with a border of one pixel. */
interface CellShape {
  readonly width: number
  readonly height: number
  /** Pixels beside one another in a row: the first, and the one behind the last, as places in [height, width]. */
  readonly runs: Int32Array
  readonly centreY: number
  readonly centreX: number
}

function cellShape({ labels, width }: LabelPicture, label: number, { top, bottom, left, right }: CellBox): CellShape {
  const runs: number[] = []
  const inner = right - left + 3
  let [area, sumY, sumX] = [0, 0, 0]
  for (let y = top; y <= bottom; y++) {
    const start = y * width + left
    const end = y * width + right + 1
    for (let pixel = start; pixel < end; pixel++) {
      if (labels[pixel] !== label) continue
      const first = pixel
      while (++pixel < end && labels[pixel] === label);
      const [from, to] = [first - start + 1, pixel - start + 1]
      const length = to - from
      runs.push((y - top + 1) * inner + from, (y - top + 1) * inner + to)
      area += length
      sumY += length * (y - top + 1)
      sumX += (length * (from + to - 1)) / 2
    }
  }
  const shape = { width: inner, height: bottom - top + 3, runs: Int32Array.from(runs) }
  return { ...shape, ...nearestPixel(shape, sumY / area, sumX / area) }
}

/** The pixel of the cell that is nearest to the mean of all its pixels; the first of several. */
function nearestPixel({ runs, width }: Pick<CellShape, 'runs' | 'width'>, meanY: number, meanX: number) {
  let least = Infinity
  let place = 0
  for (let run = 0; run < runs.length; run += 2) {
    const start = runs[run] ?? 0
    const end = runs[run + 1] ?? 0
    const y = Math.floor(start / width)
    for (let pixel = start; pixel < end; pixel++) {
      const distance = (pixel - y * width - meanX) ** 2 + (y - meanY) ** 2
      if (distance < least) {
        least = distance
        place = pixel
      }
    }
  }
  const centreY = Math.floor(place / width)
  return { centreY, centreX: place - centreY * width }
}

/**
 * Twice height + width times: one unit of heat enters at the centre, then every pixel takes the mean of the nine about
 * it, all at once; what is outside the cell stays cold.
 */
function spreadHeat({ width, height, runs, centreY, centreX }: CellShape): Float64Array {
  let heat = new Float64Array(width * height)
  let next = new Float64Array(width * height)
  const centre = centreY * width + centreX
  const steps = 2 * (width + height)
  for (let step = 0; step < steps; step++) {
    heat[centre] = (heat[centre] ?? 0) + 1
    for (let run = 0; run < runs.length; run += 2) averageRun(heat, next, width, runs[run] ?? 0, runs[run + 1] ?? 0)
    const spare = heat
    heat = next
    next = spare
  }
  return heat
}

/**
 * The nine are added in the order of the reference: where the gradient of a symmetric cell is nothing but rounding, its
 * direction is the same too.
 */
function averageRun(heat: Float64Array, next: Float64Array, width: number, start: number, end: number): void {
  let [upLeft, left, downLeft] = [at(heat, start - 1 - width), at(heat, start - 1), at(heat, start - 1 + width)]
  let [up, here, down] = [at(heat, start - width), at(heat, start), at(heat, start + width)]
  for (let pixel = start; pixel < end; pixel++) {
    const upRight = at(heat, pixel + 1 - width)
    const right = at(heat, pixel + 1)
    const downRight = at(heat, pixel + 1 + width)
    next[pixel] = (here + up + down + left + right + upLeft + upRight + downLeft + downRight) * ninth
    upLeft = up
    left = here
    downLeft = down
    up = upRight
    here = right
    down = downRight
  }
}

function at(values: Float64Array, i: number): number {
  return values[i] ?? 0
}

const ninth = 1 / 9

interface FlowPlace {
  readonly flowY: Float32Array
  readonly flowX: Float32Array
  /** Of the whole picture. */
  readonly width: number
  readonly box: CellBox
}

function writeFlow(heat: Float64Array, { runs, width }: CellShape, place: FlowPlace): void {
  const { flowY, flowX, box } = place
  for (let run = 0; run < runs.length; run += 2) {
    const start = runs[run] ?? 0
    const y = Math.floor(start / width)
    // From a place on the box with its border to one in the picture.
    const shift = (box.top + y - 1) * place.width + box.left - 1 - y * width
    for (let pixel = start; pixel < (runs[run + 1] ?? 0); pixel++) {
      const dy = (heat[pixel + width] ?? 0) - (heat[pixel - width] ?? 0)
      const dx = (heat[pixel + 1] ?? 0) - (heat[pixel - 1] ?? 0)
      const length = Math.sqrt(dy * dy + dx * dx) + 1e-60 // a pixel without a gradient keeps 0
      flowY[pixel + shift] = dy / length
      flowX[pixel + shift] = dx / length
    }
  }
}
