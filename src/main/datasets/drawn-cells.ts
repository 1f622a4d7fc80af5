import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { StoredCell } from '../../shared/datasets.ts'
import { type Cell } from '../masks/overlap-graph.ts'
import { rleArea, scaleRle } from '../masks/rle.ts'
import { rleFromString } from '../masks/rle-string.ts'

/** The cells of one image of a data set, without crowds: regions in which nobody told one from another. */
export async function drawnCells(
  cellsFile: string,
  { width, height }: { readonly width: number; readonly height: number },
  factor = 1
): Promise<Cell[]> {
  const stored = z.array(StoredCell).parse(JSON.parse(await readFile(cellsFile, 'utf8')))
  return stored
    .filter(({ isCrowd }) => isCrowd !== true)
    .map(({ id, counts }) => {
      const original = rleFromString(counts, height, width)
      const raster = factor === 1 ? original : scaleRle(original, factor)
      return { id, raster, area: rleArea(raster) }
    })
}
