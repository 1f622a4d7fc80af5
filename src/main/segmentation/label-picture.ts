/** Cells of a picture that share no pixel: 0 is background, 1 … n are cells; row-major [height, width]. */
export interface LabelPicture {
  readonly labels: Int32Array
  readonly width: number
  readonly height: number
}

/** Where a cell is: its first and last rows and columns. Without a pixel, `bottom` is above `top`. */
export interface CellBox {
  readonly top: number
  readonly bottom: number
  readonly left: number
  readonly right: number
}

/** The boxes of cells 1 … n, that of cell i at i − 1. */
export function cellBoxes({ labels, width, height }: LabelPicture): CellBox[] {
  const boxes: { top: number; bottom: number; left: number; right: number }[] = []
  for (let y = 0, pixel = 0; y < height; y++) {
    for (let x = 0; x < width; x++, pixel++) {
      const label = labels[pixel] ?? 0
      if (label === 0) continue
      while (boxes.length < label) boxes.push({ top: height, bottom: -1, left: width, right: -1 })
      const box = boxes[label - 1]
      if (box === undefined) continue
      if (box.bottom < 0) box.top = y
      box.bottom = y
      if (x < box.left) box.left = x
      if (x > box.right) box.right = x
    }
  }
  return boxes
}

/** Pixels of each label, that of the background at 0. */
export function labelAreas(labels: Int32Array, count: number): Uint32Array {
  const areas = new Uint32Array(count + 1)
  for (const label of labels) areas[label] = (areas[label] ?? 0) + 1
  return areas
}

/**
 * Gives the labels that are wanted the numbers 1 … n in the same order, and makes the rest background. In place.
 *
 * @returns what each was before: that of label i at i − 1
 */
export function keepLabels(labels: Int32Array, count: number, keep: (label: number) => boolean): number[] {
  const numbers = new Int32Array(count + 1)
  const before: number[] = []
  for (let label = 1; label <= count; label++) if (keep(label)) numbers[label] = before.push(label)
  for (let pixel = 0; pixel < labels.length; pixel++) labels[pixel] = numbers[labels[pixel] ?? 0] ?? 0
  return before
}
