import * as tf from '@tensorflow/tfjs'
import { type RandomStream } from '../../../shared/random.ts'
import { batchNorm, normaliseBy } from '../batch-norm.ts'
import { convolve } from '../convolution.ts'
import { constantParameter, Module, untrained } from './module.ts'

/** How a network is gone through: it learns, and normalises by the batch; or it is used, and nothing changes. */
export type Pass = 'training' | 'use'

/** What normalises between convolutions: statistics of the batch, or of groups of channels in each picture. */
export type NormKind = 'batch' | 'group'

/** Share of the newest batch in the running statistics (docs/method.md §12.2). */
const newShare = 0.05
const groups = 8
const epsilon = 1e-5

/** Normalisation with a scale and an offset for each channel, followed by max(0, ·) where it is asked for. */
export class Norm extends Module {
  readonly weight: tf.Variable<tf.Rank.R1>
  readonly bias: tf.Variable<tf.Rank.R1>
  readonly runningMean: tf.Variable<tf.Rank.R1> | undefined
  readonly runningVar: tf.Variable<tf.Rank.R1> | undefined

  constructor(channels: number, kind: NormKind) {
    super()
    this.weight = constantParameter<tf.Rank.R1>([channels], 1)
    this.bias = constantParameter<tf.Rank.R1>([channels], 0)
    if (kind === 'group') return
    this.runningMean = untrained<tf.Rank.R1>([channels])
    this.runningVar = untrained<tf.Rank.R1>([channels])
    tf.tidy(() => this.runningVar?.assign(tf.ones([channels])))
  }

  /** x [N, H, W, C] → the same shape. In training, the running statistics take in those of the batch. */
  forward(x: tf.Tensor4D, pass: Pass, relu: boolean): tf.Tensor4D {
    const { runningMean, runningVar, weight: scale, bias: offset } = this
    if (runningMean === undefined || runningVar === undefined) return groupNorm(x, { scale, offset }, relu)
    if (pass === 'use') return normaliseBy(x, { mean: runningMean, variance: runningVar }, { scale, offset }, relu)
    const { y, mean, variance } = batchNorm(x, scale, offset, relu)
    runningMean.assign(blend(runningMean, mean))
    runningVar.assign(blend(runningVar, variance))
    return y
  }
}

function blend(running: tf.Tensor1D, now: tf.Tensor1D): tf.Tensor1D {
  return tf.add(tf.mul(running, 1 - newShare), tf.mul(now, newShare))
}

/** Statistics over the pixels of a picture and the channels of a group: for batches that say little. */
function groupNorm(
  x: tf.Tensor4D,
  { scale, offset }: { readonly scale: tf.Tensor1D; readonly offset: tf.Tensor1D },
  relu: boolean
): tf.Tensor4D {
  const [batch, height, width, channels] = x.shape
  const count = greatestDivisor(channels, groups)
  const grouped = tf.reshape(x, [batch, height * width, count, channels / count])
  const centred = tf.sub(grouped, tf.mean(grouped, [1, 3], true))
  const unit = tf.mul(centred, tf.rsqrt(tf.add(tf.mean(tf.square(centred), [1, 3], true), epsilon)))
  const z = tf.add<tf.Tensor4D>(tf.mul(tf.reshape(unit, x.shape), scale), offset)
  return relu ? tf.relu(z) : z
}

function greatestDivisor(value: number, most: number): number {
  for (let divisor = Math.min(most, value); divisor > 1; divisor--) if (value % divisor === 0) return divisor
  return 1
}

/** A convolution with a bias that keeps the size, by its plain kernel. */
export class PlainConv extends Module {
  readonly weight: tf.Variable<tf.Rank.R4>
  readonly bias: tf.Variable<tf.Rank.R1>

  constructor(inputs: number, outputs: number, size: 1 | 3, random: RandomStream) {
    super()
    const bound = 1 / Math.sqrt(inputs * size * size)
    this.weight = uniformParameter<tf.Rank.R4>(random, [size, size, inputs, outputs], bound)
    this.bias = uniformParameter<tf.Rank.R1>(random, [outputs], bound)
  }

  /** x [N, H, W, in] → [N, H, W, out] */
  forward(x: tf.Tensor4D): tf.Tensor4D {
    const padding = (this.weight.shape[0] - 1) / 2
    return tf.add(convolve(x, this.weight, { stride: 1, padding }), this.bias)
  }
}

/** A linear layer by its plain matrix: x [N, in] → [N, out] */
export class PlainDense extends Module {
  readonly weight: tf.Variable<tf.Rank.R2>
  readonly bias: tf.Variable<tf.Rank.R1>

  constructor(inputs: number, outputs: number, random: RandomStream) {
    super()
    const bound = 1 / Math.sqrt(inputs)
    this.weight = uniformParameter<tf.Rank.R2>(random, [inputs, outputs], bound)
    this.bias = uniformParameter<tf.Rank.R1>(random, [outputs], bound)
  }

  forward(x: tf.Tensor2D): tf.Tensor2D {
    return tf.add(tf.matMul(x, this.weight), this.bias)
  }
}

/** Between −bound and bound: He's rule with a = √5, which is PyTorch's, where the bound is 1/√inputs. */
function uniformParameter<R extends tf.Rank>(
  random: RandomStream,
  shape: tf.ShapeMap[R],
  bound: number
): tf.Variable<R> {
  const size = tf.util.sizeFromShape(shape)
  const values = Float32Array.from({ length: size }, () => bound * (2 * random.uniform() - 1))
  return tf.tidy(() => tf.variable<R>(tf.tensor(values, shape)))
}

/** Every pixel four times: [N, H, W, C] → [N, 2H, 2W, C] */
export const doubleSize = tf.customGrad((x) => {
  const images = x as tf.Tensor4D // its one caller has images
  const [, height, width] = images.shape
  const value = tf.image.resizeNearestNeighbor(images, [2 * height, 2 * width])
  return { value, gradFunc: (dy) => tf.mul(tf.avgPool(dy as tf.Tensor4D, 2, 2, 'valid'), 4) } // as value
})
