import { fillHolesAndDropSmall } from './fill-holes.ts'
import { flowTargets } from './flow-targets.ts'
import { followFlows } from './follow-flows.ts'
import { keepLabels, labelAreas, type LabelPicture } from './label-picture.ts'
import { gatherCells } from './seeds.ts'

/** What the network says of a picture, row-major [height, width]. */
export interface NetworkOutput {
  /** Five times the flow, as it is learned. */
  readonly flowY: Float32Array
  readonly flowX: Float32Array
  /** Above 0 where a cell is more likely than not. */
  readonly logit: Float32Array
  readonly width: number
  readonly height: number
}

export interface DecodeSettings {
  /** Pixels with a logit above this are cells. */
  readonly logitAbove: number
  /** Cells whose own flows differ more from the network's are dropped: the mean of |difference|², 0 … 4. */
  readonly flowErrorUpTo: number
  /** Cells of fewer pixels are dropped. */
  readonly minArea: number
}

/** For one label picture (Cellpose 3's own values). */
export const strictDecoding: DecodeSettings = { logitAbove: 0, flowErrorUpTo: 0.4, minArea: 15 }

/** For a precision-recall curve: cells that are less sure stay, with a low score. */
export const openDecoding: DecodeSettings = { logitAbove: -1, flowErrorUpTo: 1, minArea: 15 }

export interface DecodedCells extends LabelPicture {
  readonly count: number
  /** Of cell i at i − 1, 0 … 1: the mean probability of its pixels times exp(−flow error). */
  readonly scores: Float32Array
}

/** A network tells flows five times as long (Cellpose). */
export const flowFactor = 5
const mostOfPicture = 0.4

/**
 * Cells from a network's output (docs/method.md §12.5; Cellpose 3): follow the flows, gather what ends together, drop
 * what fills the picture, what contradicts its own flow and what is small, and fill holes.
 */
export function decodeFlows(output: NetworkOutput, settings: DecodeSettings = strictDecoding): DecodedCells {
  const { width, height, logit } = output
  const pixels = placesAbove(logit, settings.logitAbove)
  const unit = unitFlows(output, pixels)
  const ends = followFlows({ ...unit, width, height }, pixels)
  const gathered = gatherCells(ends, pixels, { width, height })
  const { labels } = gathered
  const picture = { labels, width, height }

  const areas = labelAreas(labels, gathered.count)
  const plausible = keepLabels(labels, gathered.count, (label) => {
    const area = areas[label] ?? 0
    return area > 0 && area <= mostOfPicture * labels.length
  })
  const errors = flowErrors(picture, plausible.length, unit)
  const sound = keepLabels(labels, plausible.length, (label) => (errors[label - 1] ?? 0) <= settings.flowErrorUpTo)
  const left = fillHolesAndDropSmall(picture, sound.length, settings.minArea)
  const errorsLeft = left.map((label) => errors[(sound[label - 1] ?? 0) - 1] ?? 0)
  return { ...picture, count: left.length, scores: cellScores(picture, errorsLeft, logit) }
}

function placesAbove(logit: Float32Array, bar: number): Int32Array {
  const places = new Int32Array(logit.length)
  let count = 0
  for (let pixel = 0; pixel < logit.length; pixel++) if ((logit[pixel] ?? 0) > bar) places[count++] = pixel
  return places.slice(0, count)
}

interface UnitFlows {
  readonly flowY: Float32Array
  readonly flowX: Float32Array
}

/** The flows of the pixels, no longer five times as long; 0 elsewhere. */
function unitFlows(output: NetworkOutput, pixels: Int32Array): UnitFlows {
  const flowY = new Float32Array(output.flowY.length)
  const flowX = new Float32Array(output.flowX.length)
  for (const pixel of pixels) {
    flowY[pixel] = (output.flowY[pixel] ?? 0) / flowFactor
    flowX[pixel] = (output.flowX[pixel] ?? 0) / flowFactor
  }
  return { flowY, flowX }
}

/** Of cell i at i − 1: how far its own flows are from the network's, the mean of |difference|² over its pixels. */
export function flowErrors(picture: LabelPicture, count: number, { flowY, flowX }: UnitFlows): Float64Array {
  const own = flowTargets(picture)
  const sums = new Float64Array(count)
  const areas = labelAreas(picture.labels, count)
  for (let pixel = 0; pixel < flowY.length; pixel++) {
    const label = picture.labels[pixel] ?? 0
    if (label === 0) continue
    const dy = (own.flowY[pixel] ?? 0) - (flowY[pixel] ?? 0)
    const dx = (own.flowX[pixel] ?? 0) - (flowX[pixel] ?? 0)
    sums[label - 1] = (sums[label - 1] ?? 0) + dy * dy + dx * dx
  }
  return sums.map((sum, i) => sum / Math.max(1, areas[i + 1] ?? 0))
}

function cellScores({ labels }: LabelPicture, errors: readonly number[], logit: Float32Array): Float32Array {
  const areas = labelAreas(labels, errors.length)
  const sums = new Float64Array(errors.length)
  for (let pixel = 0; pixel < logit.length; pixel++) {
    const label = labels[pixel] ?? 0
    if (label !== 0) sums[label - 1] = (sums[label - 1] ?? 0) + 1 / (1 + Math.exp(-(logit[pixel] ?? 0)))
  }
  return Float32Array.from(sums, (sum, i) => (sum / Math.max(1, areas[i + 1] ?? 0)) * Math.exp(-(errors[i] ?? 0)))
}
