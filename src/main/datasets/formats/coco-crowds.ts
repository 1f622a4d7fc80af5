import { componentAreas, labelComponents } from '../../masks/components.ts'
import { paintRle, type Rle, rleArea } from '../../masks/rle.ts'
import { type Log } from '../import-log.ts'
import { type CocoCell } from './coco-cell.ts'

/** Stray pixels of a brush do not make a cell a crowd. */
const leastShare = 0.95

/**
 * What `iscrowd` means for the cells of one image. COCO has it for regions of many objects, which are neither trained on
 * nor scored; brush tools set it on every mask. Where an image has nothing but crowds, those of one piece are cells.
 */
export function settleCrowds(cells: readonly CocoCell[], file: string, log: Log): readonly CocoCell[] {
  const crowds = cells.filter(({ isCrowd, outline }) => isCrowd && 'rle' in outline).length
  if (crowds === 0) return cells
  if (cells.some(({ isCrowd, outline }) => !isCrowd && 'rle' in outline)) {
    log.warn(
      `${crowds} of its ${cells.length} annotations are crowds (iscrowd 1): regions that are no single cells, and are neither trained on nor scored.`,
      file,
      'pictures with crowds'
    )
    return cells
  }
  const settled = cells.map((cell) => ('rle' in cell.outline && isOnePiece(cell.outline.rle) ? single(cell) : cell))
  const left = settled.filter(({ isCrowd, outline }) => isCrowd && 'rle' in outline).length
  const rest = left === 0 ? '' : `; ${left} of several pieces stay crowds, which are neither trained on nor scored`
  log.warn(
    `All its ${crowds} annotations are marked as crowds (iscrowd 1), as brush tools do it: ${crowds - left} of one piece were taken as cells${rest}.`,
    file,
    'pictures with nothing but crowds'
  )
  return settled
}

function single(cell: CocoCell): CocoCell {
  return { ...cell, isCrowd: false }
}

function isOnePiece(rle: Rle): boolean {
  const pixels = new Uint8Array(rle.width * rle.height)
  paintRle(rle, pixels, 1)
  const [, ...areas] = componentAreas(labelComponents(pixels, rle.width, rle.height, 8))
  return Math.max(0, ...areas) >= leastShare * rleArea(rle)
}
