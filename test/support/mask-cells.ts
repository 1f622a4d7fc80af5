import { rasterizeRings } from '../../src/main/masks/rasterize.ts'
import { rleFromString } from '../../src/main/masks/rle-string.ts'
import { rleArea, rleFromCounts, type Rle } from '../../src/main/masks/rle.ts'

/** The three ways in which COCO files write a mask. */
export type Segmentation = number[][] | { size: [number, number]; counts: string | number[] }

export function segmentationToRle(segmentation: Segmentation, height: number, width: number): Rle {
  if (Array.isArray(segmentation)) return rasterizeRings(segmentation, height, width)
  const { size, counts } = segmentation
  return typeof counts === 'string' ? rleFromString(counts, ...size) : rleFromCounts(counts, ...size)
}

export function toCell(
  { id, segmentation }: { id: number; segmentation: Segmentation },
  height: number,
  width: number
) {
  const raster = segmentationToRle(segmentation, height, width)
  return { id, raster, area: rleArea(raster) }
}
