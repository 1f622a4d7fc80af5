import * as tf from '@tensorflow/tfjs'
import { biasLeakyRelu } from '../../src/main/engine/activation.ts'
import { chooseBackend, type Backend, type BackendRequest } from '../../src/main/backends/backend.ts'
import { convolve } from '../../src/main/engine/convolution.ts'
import { downConvolve, firDownsample2, firUpsample2, upConvolve } from '../../src/main/engine/resample.ts'
import { nativePackFor } from '../native-pack.ts'
import { finish } from './finish.ts'
import { type BenchResult } from './result.ts'

/** Images [N, side, side, in] and as many output channels: what the layers of the bench profiles look like. */
const sizes = [
  { batch: 8, side: 64, channels: 16 },
  { batch: 8, side: 64, channels: 64 },
  { batch: 4, side: 128, channels: 32 },
  { batch: 8, side: 32, channels: 64 },
  { batch: 8, side: 16, channels: 128 },
  { batch: 8, side: 8, channels: 64 }
]

type Operation = () => tf.Tensor | tf.Tensor[]

/**
 * GFLOP/s of each convolution and GB/s of each operation on all pixels, forward and backward, for layers of several
 * sizes. Multiplications and additions count one each; bytes are those that must be read and written at least.
 */
export async function benchConvolution(engine: BackendRequest = 'auto'): Promise<BenchResult[]> {
  const backend = await chooseBackend(engine, { nativeFolder: await nativePackFor(engine) })
  return sizes.flatMap((size) => benchSize(backend, size))
}

function benchSize(backend: Backend, { batch, side, channels }: (typeof sizes)[number]): BenchResult[] {
  const x = tf.randomNormal<tf.Rank.R4>([batch, side, side, channels], 0, 1, 'float32', 1)
  const filter = tf.randomNormal<tf.Rank.R4>([3, 3, channels, channels], 0, 1, 'float32', 2)
  const bias = tf.zeros<tf.Rank.R1>([channels])
  const attributes = { strides: [1, 1], pad: 'same', dataFormat: 'NHWC', dilations: [1, 1] }
  const run = (kernel: string, inputs: tf.NamedTensorMap, more: tf.NamedAttrMap = {}) =>
    tf.engine().runKernel<tf.Tensor>(kernel, inputs, { ...attributes, ...more })

  const gflop = (2 * 9 * batch * side * side * channels * channels) / 1e9
  const gigabytes = (2 * 4 * batch * side * side * channels) / 1e9
  const of = (name: string, unit: string, count: number, operation: Operation) =>
    measure(
      backend,
      { name: `${name} [${String(batch)}, ${String(side)}², ${String(channels)}]`, unit, count },
      operation
    )
  const results = [
    of('convolve', 'GFLOP', gflop, () => convolve(x, filter, { stride: 1, padding: 1 })),
    of('… input gradient', 'GFLOP', gflop, () =>
      run('Conv2DBackpropInput', { dy: x, filter }, { inputShape: x.shape })
    ),
    of('… filter gradient', 'GFLOP', gflop, () =>
      run('Conv2DBackpropFilter', { x, dy: x }, { filterShape: filter.shape })
    ),
    of('upConvolve', 'GFLOP', gflop, () => upConvolve(x, filter)),
    of('… with gradients', 'GFLOP', 3 * gflop, () => gradients(upConvolve, x, filter)),
    of('downConvolve', 'GFLOP', gflop / 4, () => downConvolve(x, filter)),
    of('… with gradients', 'GFLOP', (3 * gflop) / 4, () => gradients(downConvolve, x, filter)),
    of('firUpsample2', 'GB', 2.5 * gigabytes, () => firUpsample2(x)),
    of('firDownsample2', 'GB', 0.625 * gigabytes, () => firDownsample2(x)),
    of('biasLeakyRelu', 'GB', gigabytes, () => biasLeakyRelu(x, bias)),
    of('multiplication', 'GB', 1.5 * gigabytes, () => tf.mul(x, x))
  ]
  tf.dispose([x, filter, bias])
  return results
}

function gradients(
  operation: (x: tf.Tensor4D, filter: tf.Tensor4D) => tf.Tensor4D,
  x: tf.Tensor4D,
  filter: tf.Tensor4D
): tf.Tensor[] {
  // The inputs have rank 4, which tf.grads forgets.
  return tf.grads((a, b) => operation(a as tf.Tensor4D, b as tf.Tensor4D))([x, filter])
}

interface Measured {
  readonly name: string
  readonly unit: string
  /** Units of one repetition. */
  readonly count: number
  readonly leastSeconds?: number
}

/** At least ten times and for half a second, after two rounds that warm up. */
export function measure(
  { name: engine, threads }: Backend,
  { name, unit, count, leastSeconds = 0.5 }: Measured,
  operation: Operation
): BenchResult {
  const seconds: number[] = []
  const started = performance.now()
  for (let i = 0; i < 12 || performance.now() - started < 1000 * leastSeconds; i++) {
    const before = performance.now()
    const results = operation()
    for (const result of [results].flat()) finish(result)
    if (i >= 2) seconds.push((performance.now() - before) / 1000)
    tf.dispose(results)
  }
  seconds.sort((a, b) => a - b)
  const median = seconds[Math.floor(seconds.length / 2)] ?? 0
  return { name, engine, threads, seconds: { min: seconds[0] ?? 0, median }, unit, perSecond: count / median }
}
