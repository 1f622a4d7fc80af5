import { type StoredCell } from '../../shared/datasets.ts'
import { refuse } from '../../shared/errors.ts'
import { paintRle, rleArea, type Rle } from '../masks/rle.ts'
import { rleFromString } from '../masks/rle-string.ts'
import { type ExportCell } from './formats/format.ts'

/** The cells of one image of a data set, as a label image and as the formats of other programs take them. */
export interface LabelledCells {
  /** Row by row; 0 is background. Where cells overlap, the smaller is on top. */
  readonly labels: Uint32Array
  /** In the order of their labels; all pixels of each, also those that another covers in the label image. */
  readonly cells: readonly ExportCell[]
  /** Regions of many cells, which are neither cell nor background. */
  readonly ignored: readonly Rle[]
}

const mostLabels = 0xffff

/**
 * Gives each cell a number for a label image of 16 bits: its own id where all ids of the image fit, else its position
 * from 1. Painting is that of the gray mask: the largest first, of equal ones the larger id later.
 *
 * @param path of the file with the cells, for the sentence of an error
 * @throws AppError of kind `input` for runs that do not fill the image, or more cells than 16 bits can number
 */
export function labelCells(
  path: string,
  stored: readonly StoredCell[],
  size: { readonly width: number; readonly height: number }
): LabelledCells {
  const rasters = stored.map(({ counts }) => rleFromString(counts, size.height, size.width))
  const positions = [...stored.keys()].filter((position) => stored[position]?.isCrowd !== true)
  if (positions.length > mostLabels) {
    throw refuse(`An image has ${positions.length} cells, and a mask of 16 bits can number ${mostLabels}.`, {
      file: path,
      next: 'Cut the image into smaller ones before importing it.'
    })
  }
  const labelOf = numbering(stored, positions)
  const cells = positions
    .flatMap((position) => {
      const raster = rasters[position]
      return raster ? [{ label: labelOf(position), raster, area: rleArea(raster) }] : []
    })
    .sort((a, b) => a.label - b.label)
  const labels = new Uint32Array(size.width * size.height)
  for (const { label, raster } of cells.toSorted((a, b) => b.area - a.area || a.label - b.label)) {
    paintRle(raster, labels, label)
  }
  const ignored = rasters.filter((_, position) => stored[position]?.isCrowd === true)
  return { labels, cells: cells.map(({ label, raster }) => ({ label, raster })), ignored }
}

function numbering(stored: readonly StoredCell[], positions: readonly number[]): (position: number) => number {
  const idOf = (position: number) => stored[position]?.id ?? 0
  const ids = new Set(positions.map(idOf))
  const fit = ids.size === positions.length && positions.every((position) => isLabel(idOf(position)))
  if (fit) return idOf
  const places = new Map(positions.map((position, place) => [position, place + 1]))
  return (position) => places.get(position) ?? 0
}

function isLabel(id: number): boolean {
  return id >= 1 && id <= mostLabels
}

/** How many cells are wholly covered by others, and so have no pixel in the label image. */
export function countHidden({ labels, cells }: LabelledCells): number {
  const visible = new Set(labels)
  return cells.filter(({ label }) => !visible.has(label)).length
}
