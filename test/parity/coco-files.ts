import { instanceIous } from '../../src/main/masks/instance-iou.ts'
import { rasterizeRings } from '../../src/main/masks/rasterize.ts'
import { rleFromString } from '../../src/main/masks/rle-string.ts'
import { rleArea, rleFromCounts, type Rle } from '../../src/main/masks/rle.ts'
import { type EvaluationImage } from '../../src/main/study/coco-matching.ts'

/** The three ways in which COCO files write a mask. */
export type Segmentation = number[][] | { size: [number, number]; counts: string | number[] }

export interface CocoImage {
  id: number
  width: number
  height: number
  file_name: string
}

export interface CocoAnnotation {
  id: number
  image_id: number
  category_id: number
  iscrowd?: number
  area: number
  segmentation: Segmentation
}

export interface CocoDetection {
  image_id: number
  category_id: number
  segmentation: Segmentation
  bbox?: number[]
  score: number
}

/** Puts truths and detections of COCO files together by image. A detection's box, if it has one, gives its area. */
export function toEvaluationImages(
  images: readonly CocoImage[],
  annotations: readonly CocoAnnotation[],
  detections: readonly CocoDetection[]
): EvaluationImage[] {
  return images.map(({ id, width, height }) => {
    const truths = annotations.filter(({ image_id }) => image_id === id)
    const found = detections.filter(({ image_id }) => image_id === id)
    const rasters = found.map(({ segmentation }) => segmentationToRle(segmentation, height, width))
    const areas = rasters.map(rleArea)
    const isCrowd = truths.map(({ iscrowd }) => iscrowd === 1)
    return {
      imageId: id,
      truths: truths.map(({ category_id, area }, i) => ({ category: category_id, area, isCrowd: isCrowd[i] === true })),
      detections: found.map(({ category_id, score, bbox }, i) => ({
        category: category_id,
        score,
        area: bbox === undefined ? (areas[i] ?? 0) : (bbox[2] ?? 0) * (bbox[3] ?? 0)
      })),
      ious: instanceIous(
        rasters,
        truths.map(({ segmentation }) => segmentationToRle(segmentation, height, width)),
        isCrowd
      )
    }
  })
}

export function segmentationToRle(segmentation: Segmentation, height: number, width: number): Rle {
  if (Array.isArray(segmentation)) return rasterizeRings(segmentation, height, width)
  const { size, counts } = segmentation
  return typeof counts === 'string' ? rleFromString(counts, ...size) : rleFromCounts(counts, ...size)
}

/** An annotation as a cell of the mask. */
export function toCell(
  { id, segmentation }: { id: number; segmentation: Segmentation },
  height: number,
  width: number
) {
  const raster = segmentationToRle(segmentation, height, width)
  return { id, raster, area: rleArea(raster) }
}
