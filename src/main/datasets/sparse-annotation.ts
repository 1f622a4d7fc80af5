import { type DatasetImage } from '../../shared/datasets.ts'
import { groupBy } from './group-by.ts'
import { type ImportLog } from './import-log.ts'

const sparseShare = 0.05
const windowHours = 8
const leastTypical = 50 // where images have few cells anyway, one cell is no sign of anything

/**
 * Warns of images in which hardly a cell is annotated: fewer than 5 % of the median among annotated images of the same
 * class and a similar time (±8 h). LIVECell has nine such; a network that learns from them learns that cells are
 * background.
 */
export function warnOfSparseAnnotation(images: readonly DatasetImage[], log: ImportLog): void {
  const annotated = images.filter((image) => image.annotated)
  for (const sameClass of groupBy(annotated, (image) => image.class).values()) {
    for (const image of sameClass) warnIfSparse(image, sameClass, log)
  }
}

function warnIfSparse(image: DatasetImage, sameClass: readonly DatasetImage[], log: ImportLog): void {
  const typical = median(sameClass.filter((other) => isNear(image.time, other.time)).map(({ cells }) => cells))
  if (typical < leastTypical || image.cells >= sparseShare * typical) return
  log.warn(
    `Only ${image.cells} cells are annotated, where images like it have about ${Math.round(typical)}: the annotation may be unfinished.`,
    image.file,
    'images with very few annotated cells'
  )
}

function isNear(a: number | undefined, b: number | undefined): boolean {
  return a === undefined || b === undefined || Math.abs(a - b) <= windowHours
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2
}
