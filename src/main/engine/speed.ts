import * as tf from '@tensorflow/tfjs'
import { convolve } from './convolution.ts'

const channels = 64
/** Images and their sides, each step two to four times the work of the one before. */
const sizes = [
  [1, 8],
  [1, 16],
  [1, 32],
  [2, 32],
  [4, 32],
  [8, 32],
  [16, 32],
  [32, 32],
  [64, 32]
] as const
/** Seconds that one run should last at least, so that starting it does not count; and all repetitions together at most. */
const longEnough = 0.04
const budget = 0.8
const repeats = 3

/** In GFLOP/s. */
export interface Speed {
  /** A convolution. */
  readonly convGflops: number
  /** A convolution and its two gradients: what training mostly does. */
  readonly trainGflops: number
}

/** The engine's speed in a 3×3 convolution of a size that training has; takes about 2 s, whatever the engine. */
export async function measureSpeed(): Promise<Speed> {
  const filter = tf.randomNormal<tf.Rank.R4>([3, 3, channels, channels], 0, 1, 'float32', 2)
  const convGflops = await fastest(filter, 1, (x) => [convolve(x, filter, { stride: 1, padding: 1 })])
  const loss = (x: tf.Tensor, w: tf.Tensor) =>
    tf.sum<tf.Scalar>(tf.square(convolve(x as tf.Tensor4D, w as tf.Tensor4D, { stride: 1, padding: 1 })))
  const trainGflops = await fastest(filter, 3, (x) => tf.grads(loss)([x, filter]))
  filter.dispose()
  return { convGflops, trainGflops }
}

/** Takes more work until a run is long enough, then repeats it: the fastest run is the one that was least disturbed. */
async function fastest(
  filter: tf.Tensor4D,
  convolutions: number,
  compute: (x: tf.Tensor4D) => tf.Tensor[]
): Promise<number> {
  const started = performance.now()
  const hasTime = () => performance.now() - started < budget * 1000
  let gflops = 0
  for (const [batch, side] of sizes) {
    const x = tf.randomNormal<tf.Rank.R4>([batch, side, side, channels], 0, 1, 'float32', 1)
    let seconds = await time(() => compute(x))
    for (let i = 0; i < repeats && hasTime(); i++) seconds = Math.min(seconds, await time(() => compute(x)))
    x.dispose()
    gflops = Math.max(gflops, (convolutions * 2 * batch * side * side * filter.size) / seconds / 1e9)
    if (seconds >= longEnough || !hasTime()) break
  }
  return gflops
}

async function time(compute: () => tf.Tensor[]): Promise<number> {
  const started = performance.now()
  const results = tf.tidy(compute)
  await Promise.all(results.map((result) => result.data())) // engines may compute when the result is asked for
  tf.dispose(results)
  return (performance.now() - started) / 1000
}
