import * as tf from '@tensorflow/tfjs'
import { type FlowNet } from './networks/flow-network.ts'

/** Parts of one size of pictures, for the network in use. */
export interface TileBatch {
  readonly count: number
  readonly width: number
  readonly height: number
  /** [count, height, width] */
  readonly pixels: Float32Array
}

/** What the network says of tiles: [count, height, width, 3], flow along y and x and logit side by side. */
export async function outputOf(network: FlowNet, { count, width, height, pixels }: TileBatch): Promise<Float32Array> {
  const output = tf.tidy(() => network.forward(tf.tensor4d(pixels, [count, height, width, 1]), 'use'))
  const values = await output.data<'float32'>()
  output.dispose()
  return values
}
