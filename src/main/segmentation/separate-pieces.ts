import { type LabelPicture } from './label-picture.ts'

/** A piece smaller than this share of its cell is not one. */
const leastShare = 0.05

/**
 * Makes each piece of a cell that others or the border cut apart a cell of its own, since a flow leads to one centre;
 * drops pieces that are less than a twentieth of it. Pieces meet at sides and corners.
 *
 * @returns labels 1 … n in the order in which a scan meets them
 */
export function separatePieces({ labels, width, height }: LabelPicture): LabelPicture {
  const pieces = new Int32Array(labels.length)
  const sizes: number[] = []
  const wholes = new Map<number, number>()
  const open = new Int32Array(labels.length)
  for (let start = 0; start < labels.length; start++) {
    const label = labels[start] ?? 0
    if (label === 0 || pieces[start] !== 0) continue
    const size = floodPiece({ labels, width, height }, start, pieces, sizes.length + 1, open)
    sizes.push(size)
    wholes.set(label, (wholes.get(label) ?? 0) + size)
  }
  return { labels: numbered(labels, pieces, sizes, wholes), width, height }
}

function numbered(
  labels: Int32Array,
  pieces: Int32Array,
  sizes: readonly number[],
  wholes: ReadonlyMap<number, number>
): Int32Array {
  const numbers = new Int32Array(sizes.length + 1)
  let count = 0
  for (let pixel = 0; pixel < pieces.length; pixel++) {
    const piece = pieces[pixel] ?? 0
    if (piece === 0) continue
    if (numbers[piece] === 0) {
      const whole = wholes.get(labels[pixel] ?? 0) ?? 0
      numbers[piece] = (sizes[piece - 1] ?? 0) >= leastShare * whole ? ++count : -1
    }
    pieces[pixel] = Math.max(0, numbers[piece] ?? 0)
  }
  return pieces
}

/** Gives the piece that `start` is part of its number. @returns its pixels */
function floodPiece(
  { labels, width, height }: LabelPicture,
  start: number,
  pieces: Int32Array,
  piece: number,
  open: Int32Array
): number {
  const label = labels[start]
  let size = 0
  let [first, last] = [0, 0]
  const take = (pixel: number): void => {
    pieces[pixel] = piece
    open[last++] = pixel
    size++
  }
  const reach = (pixel: number): void => {
    if (labels[pixel] === label && pieces[pixel] === 0) take(pixel)
  }
  take(start)
  while (first < last) {
    const pixel = open[first++] ?? 0
    const x = pixel % width
    for (
      let row = Math.max(0, pixel - x - width);
      row <= Math.min((height - 1) * width, pixel - x + width);
      row += width
    ) {
      if (x > 0) reach(row + x - 1)
      reach(row + x)
      if (x + 1 < width) reach(row + x + 1)
    }
  }
  return size
}
