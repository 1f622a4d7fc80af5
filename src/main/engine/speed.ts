import * as tf from '@tensorflow/tfjs'
import { convolve } from './convolution.ts'

const batch = 8
const side = 32
const channels = 64
const repeats = 5

/** The engine's speed in GFLOP/s, from a 3×3 convolution of the size that training mostly does; takes under 2 s. */
export async function measureConvolutionSpeed(): Promise<number> {
  const x = tf.randomNormal<tf.Rank.R4>([batch, side, side, channels], 0, 1, 'float32', 1)
  const filter = tf.randomNormal<tf.Rank.R4>([3, 3, channels, channels], 0, 1, 'float32', 2)
  const run = async (): Promise<number> => {
    const started = performance.now()
    const y = convolve(x, filter, { stride: 1, padding: 1 })
    await y.data() // engines may compute when the result is asked for
    y.dispose()
    return (performance.now() - started) / 1000
  }
  await run()
  let best = Number.POSITIVE_INFINITY
  for (let i = 0; i < repeats; i++) best = Math.min(best, await run())
  tf.dispose([x, filter])
  const operations = 2 * batch * side * side * 9 * channels * channels
  return operations / best / 1e9
}
