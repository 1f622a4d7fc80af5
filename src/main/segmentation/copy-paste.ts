import { type RandomStream } from '../../shared/random.ts'
import { flowTargets } from './flow-targets.ts'
import { cellBoxes, type CellBox } from './label-picture.ts'
import { separatePieces } from './separate-pieces.ts'
import { type TrainingPicture } from './training-picture.ts'
import { type Crop } from './warp.ts'

const mostCells = 6

/**
 * Pastes some cells of another picture into a crop, in place: the simple copy-paste of Ghiasi et al. 2021, the rival of
 * synthetic pictures that costs nothing. Cells are mirrored and turned by quarters; what they cover is theirs, and what
 * is left of a covered cell gets flows of its own.
 */
export function pasteCells(crop: Crop, donor: TrainingPicture, random: RandomStream): void {
  const boxes = cellBoxes(donor)
  const fitting = [...boxes.keys()].filter((i) => fits(boxes[i], crop.side))
  if (fitting.length === 0) return
  const wanted = 1 + random.integer(Math.min(mostCells, fitting.length))
  const chosen = random.shuffled(fitting).slice(0, wanted)
  const changed = new Set<number>()
  let next = crop.labels.reduce((most, label) => Math.max(most, label), 0)
  for (const i of chosen) {
    const box = boxes[i]
    if (box !== undefined) pasteOne(crop, { donor, label: i + 1, box }, ++next, random, changed)
    changed.add(next)
  }
  renewFlows(crop, changed)
}

/** A cell larger than half of the crop would hide too much. */
function fits(box: CellBox | undefined, side: number): boolean {
  if (box === undefined || box.bottom < box.top) return false
  return 2 * Math.max(box.bottom - box.top + 1, box.right - box.left + 1) <= side
}

interface DonorCell {
  readonly donor: TrainingPicture
  readonly label: number
  readonly box: CellBox
}

function pasteOne(
  crop: Crop,
  { donor, label, box }: DonorCell,
  number: number,
  random: RandomStream,
  changed: Set<number>
): void {
  const [height, width] = [box.bottom - box.top + 1, box.right - box.left + 1]
  const [turned, upsideDown, mirrored] = [random.uniform() < 0.5, random.uniform() < 0.5, random.uniform() < 0.5]
  const [rows, columns] = turned ? [width, height] : [height, width]
  const [top, left] = [random.integer(crop.side - rows + 1), random.integer(crop.side - columns + 1)]
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [a, b] = turned ? [column, row] : [row, column]
      const y = box.top + (upsideDown ? height - 1 - a : a)
      const x = box.left + (mirrored ? width - 1 - b : b)
      const source = y * donor.width + x
      if (donor.labels[source] !== label) continue
      const target = (top + row) * crop.side + left + column
      changed.add(crop.labels[target] ?? 0)
      crop.labels[target] = number
      crop.image[target] = donor.image[source] ?? 0
      crop.counted[target] = 1
    }
  }
}

/** Of the cells that were pasted or covered; all others keep the flows that they had in their whole picture. */
function renewFlows({ side, labels, flowY, flowX }: Crop, changed: ReadonlySet<number>): void {
  const alone = labels.map((label) => (label > 0 && changed.has(label) ? label : 0))
  const pieces = separatePieces({ labels: alone, width: side, height: side })
  const flows = flowTargets(pieces)
  for (let i = 0; i < labels.length; i++) {
    if (alone[i] === 0) continue
    if (pieces.labels[i] === 0) labels[i] = 0 // a splinter of a covered cell
    flowY[i] = flows.flowY[i] ?? 0
    flowX[i] = flows.flowX[i] ?? 0
  }
}
