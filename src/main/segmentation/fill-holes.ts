import { cellBoxes, keepLabels, labelAreas, type CellBox, type LabelPicture } from './label-picture.ts'

/**
 * Drops cells of fewer than `minArea` pixels, fills the holes of the others (whatever lies in one belongs to the cell
 * around it; a later cell takes from an earlier one), and drops once more what became too small. In place.
 *
 * @returns what the cells that are left were before: cell i at i − 1
 */
export function fillHolesAndDropSmall(picture: LabelPicture, count: number, minArea: number): number[] {
  const dropSmall = (cells: number): number[] => {
    const areas = labelAreas(picture.labels, cells)
    return keepLabels(picture.labels, cells, (label) => (areas[label] ?? 0) >= Math.max(1, minArea))
  }
  const large = dropSmall(count)
  for (const [i, box] of cellBoxes(picture).entries()) fillHoles(picture, i + 1, box)
  return dropSmall(large.length).map((label) => large[label - 1] ?? 0)
}

/** Pixels of the cell's box that no way along sides leads to from outside the cell are its own. */
function fillHoles(picture: LabelPicture, label: number, box: CellBox): void {
  const { labels, width } = picture
  const { top, bottom, left, right } = box
  const columns = right - left + 3
  const map = new Uint8Array(columns * (bottom - top + 3))
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      if (labels[y * width + x] === label) map[(y - top + 1) * columns + x - left + 1] = wall
    }
  }
  flood(map, columns)
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      if (map[(y - top + 1) * columns + x - left + 1] !== outside) labels[y * width + x] = label
    }
  }
}

const wall = 1
const outside = 2

/** Marks what can be reached from the corner without crossing a wall. */
function flood(map: Uint8Array, columns: number): void {
  const open = new Int32Array(map.length)
  let size = 0
  const reach = (at: number, isThere: boolean): void => {
    if (!isThere || map[at] !== 0) return
    map[at] = outside
    open[size++] = at
  }
  reach(0, true)
  while (size > 0) {
    const at = open[--size] ?? 0
    const column = at % columns
    reach(at - columns, at >= columns)
    reach(at + columns, at + columns < map.length)
    reach(at - 1, column > 0)
    reach(at + 1, column < columns - 1)
  }
}
