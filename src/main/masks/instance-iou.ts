import { forEachMeeting } from './box-sweep.ts'
import { rleArea, rleBox, rleIntersection, type Rle } from './rle.ts'

/** Positions in the two lists, and what they share: intersection over union, or over the detection at a crowd. */
export type IouPair = readonly [detection: number, truth: number, iou: number]

/**
 * All pairs that share a pixel, by detection, then truth; pairs that are left out have IoU 0. At a crowd truth the
 * intersection is divided by the detection's area instead of the union's (COCO).
 */
export function instanceIous(
  detections: readonly Rle[],
  truths: readonly Rle[],
  isCrowd: readonly boolean[] = []
): IouPair[] {
  return iousOf(intersections(detections, truths), detections.map(rleArea), truths.map(rleArea), isCrowd)
}

/** The same from the pixels that pairs share. */
export function iousOf(
  shared: readonly (readonly [detection: number, truth: number, pixels: number])[],
  detectionAreas: readonly number[],
  truthAreas: readonly number[],
  isCrowd: readonly boolean[] = []
): IouPair[] {
  return shared.map(([d, t, pixels]) => {
    const detectionArea = detectionAreas[d] ?? 0
    const whole = isCrowd[t] === true ? detectionArea : detectionArea + (truthAreas[t] ?? 0) - pixels
    return [d, t, pixels / whole]
  })
}

/** [i, j, pixels] for all pairs of two lists that share a pixel, by i, then j. */
export function intersections(first: readonly Rle[], second: readonly Rle[]): [number, number, number][] {
  const pairs: [number, number, number][] = []
  forEachMeeting(first.map(rleBox), second.map(rleBox), 0, (i, j) => {
    const [a, b] = [first[i], second[j]]
    const shared = a === undefined || b === undefined ? 0 : rleIntersection(a, b)
    if (shared > 0) pairs.push([i, j, shared])
  })
  return pairs.sort(([i, j], [k, l]) => i - k || j - l)
}
