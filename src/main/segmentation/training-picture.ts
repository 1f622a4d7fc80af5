import { flowTargets } from './flow-targets.ts'
import { type LabelPicture } from './label-picture.ts'
import { normalisePercentiles } from './normalise.ts'
import { separatePieces } from './separate-pieces.ts'

/** A picture as the segmentation network learns from it, row-major [height, width]. */
export interface TrainingPicture extends LabelPicture {
  /** Normalised: the darkest hundredth below 0, the brightest above 1. */
  readonly image: Float32Array
  /** Unit flows times 127. */
  readonly flowY: Int8Array
  readonly flowX: Int8Array
  /** 1 where neither cell nor background is known; absent where everything is. */
  readonly ignored?: Uint8Array | undefined
}

/** Unit flows are kept as bytes: to 0.23 degrees, a quarter of the memory. */
export const flowSteps = 127

/**
 * @param gray brightness in any unit, row-major
 * @param cells any numbers; pieces of one number become cells of their own
 * @param ignored 1 at pixels that no loss counts; where a cell is, it counts all the same
 */
export function trainingPicture(gray: Float32Array, cells: LabelPicture, ignored?: Uint8Array): TrainingPicture {
  const picture = separatePieces(cells)
  const { flowY, flowX } = flowTargets(picture)
  const steps = (flow: Float32Array): Int8Array => Int8Array.from(flow, (value) => Math.round(flowSteps * value))
  return {
    ...picture,
    image: normalisePercentiles(gray),
    flowY: steps(flowY),
    flowX: steps(flowX),
    ...(ignored !== undefined && { ignored: ignored.map((value, i) => (picture.labels[i] === 0 ? value : 0)) })
  }
}
