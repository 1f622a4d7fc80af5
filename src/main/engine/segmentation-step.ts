import * as tf from '@tensorflow/tfjs'
import { type Optimizer } from './common/adam.ts'
import { stepBySum } from './common/gradient-sum.ts'
import { flowLoss } from './losses/flow-loss.ts'
import { type FlowNet } from './networks/flow-network.ts'

/** What a step learns from, row-major [N, side, side]. */
export interface SegmenterBatch {
  readonly count: number
  readonly side: number
  readonly image: Float32Array
  /** Along y and x side by side, five times as long as unit flows: [N, side, side, 2]. */
  readonly flows: Float32Array
  /** 1 in cells, 0 elsewhere. */
  readonly cells: Float32Array
  /** 0 where the loss is not counted; absent where it is everywhere. */
  readonly counted?: Float32Array | undefined
}

/** One step of the segmentation network. @returns the loss before it; the caller's to dispose */
export function segmenterStep(network: FlowNet, optimizer: Optimizer, batch: SegmenterBatch): tf.Scalar {
  const { count, side } = batch
  return tf.tidy(() => {
    const image = tf.tensor4d(batch.image, [count, side, side, 1])
    const flows = tf.tensor4d(batch.flows, [count, side, side, 2])
    const cells = tf.tensor4d(batch.cells, [count, side, side, 1])
    const counted = batch.counted && tf.tensor4d(batch.counted, [count, side, side, 1])
    const losses = () => ({ total: flowLoss(network.forward(image, 'training'), { flows, cells, counted }) })
    return stepBySum(optimizer, (sum) => sum.add(losses).losses).total
  })
}
