import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { type RandomStream } from '../../../shared/random.ts'
import { biasLeakyRelu, biasScaledLeakyRelu } from '../activation.ts'
import { convolve } from '../convolution.ts'
import { constantParameter, Module, normalParameter } from './module.ts'

interface DenseOptions {
  /** Factor on the speed at which weight and bias learn (StyleGAN, Karras et al. 2019): they are stored divided by it. */
  readonly learningRate?: number
  readonly bias?: number
}

/** Fully connected layer with equalised learning rate: y = x·(W·m/√in) + m·b for learning-rate factor m. */
export class Dense extends Module {
  readonly weight: tf.Variable<tf.Rank.R2>
  readonly bias: tf.Variable<tf.Rank.R1>
  readonly #learningRate: number

  constructor(inputs: number, outputs: number, random: RandomStream, options: DenseOptions = {}) {
    super()
    this.#learningRate = options.learningRate ?? 1
    this.weight = normalParameter<tf.Rank.R2>(random, [inputs, outputs], 1 / this.#learningRate)
    this.bias = constantParameter<tf.Rank.R1>([outputs], options.bias ?? 0)
  }

  /** x [N, inputs] → [N, outputs] */
  forward(x: tf.Tensor2D): tf.Tensor2D {
    return tf.add(this.#product(x), this.#runtimeBias())
  }

  /** The layer followed by √2·lrelu. */
  activated(x: tf.Tensor2D): tf.Tensor2D {
    return biasLeakyRelu(this.#product(x), this.#runtimeBias())
  }

  #product(x: tf.Tensor2D): tf.Tensor2D {
    return tf.matMul(tf.mul(x, this.#learningRate / Math.sqrt(this.weight.shape[0])), this.weight)
  }

  #runtimeBias(): tf.Tensor1D {
    return this.#learningRate === 1 ? this.bias : tf.mul(this.bias, this.#learningRate)
  }
}

/** The kernel of an unmodulated convolution with equalised learning rate: W/√(in·k²) at run time, no bias. */
export class Kernel extends Module {
  readonly weight: tf.Variable<tf.Rank.R4>

  constructor(inputs: number, outputs: number, size: 1 | 3, random: RandomStream) {
    super()
    this.weight = normalParameter<tf.Rank.R4>(random, [size, size, inputs, outputs])
  }

  /** @param gain an extra factor on what the convolution gives */
  scaled(gain = 1): tf.Tensor4D {
    const [height, width, inputs] = this.weight.shape
    return tf.mul(this.weight, gain / Math.sqrt(height * width * inputs))
  }
}

/** A kernel with a bias for each output channel. */
export class Conv2d extends Kernel {
  readonly bias: tf.Variable<tf.Rank.R1>

  constructor(inputs: number, outputs: number, size: 1 | 3, random: RandomStream) {
    super(inputs, outputs, size, random)
    this.bias = constantParameter<tf.Rank.R1>([outputs], 0)
  }

  /** Zero padding that keeps the size, bias, √2·lrelu: x [N, H, W, in] → [N, H, W, out] */
  activated(x: tf.Tensor4D): tf.Tensor4D {
    const padding = (this.weight.shape[0] - 1) / 2
    return this.activatedBy((kernel) => convolve(x, kernel, { stride: 1, padding }))
  }

  /** Any convolution, bias and √2·gain·lrelu. The gain is in kernel and bias: g·lrelu(z) = lrelu(g·z) for g > 0. */
  activatedBy(convolution: (kernel: tf.Tensor4D) => tf.Tensor4D, gain = 1): tf.Tensor4D {
    const total = gain * Math.SQRT2
    return biasScaledLeakyRelu(convolution(this.scaled(total)), tf.mul(this.bias, total))
  }
}

/** v/√(mean(v²) + 1e-8) over the features: [N, F] → [N, F] */
export function normalizeSecondMoment(v: tf.Tensor2D): tf.Tensor2D {
  const meanSquare = tf.mean(tf.square(v), 1, true)
  return tf.mul(v, tf.rsqrt(tf.add(meanSquare, 1e-8)))
}

/** Rows of length one, v/max(‖v‖, 1e-12): [N, F] → [N, F] */
export function unitRows(v: tf.Tensor2D): tf.Tensor2D {
  const length = tf.sqrt(tf.sum(tf.square(v), 1, true))
  return tf.div(v, tf.maximum(length, 1e-12))
}

/**
 * How much samples of a batch differ, one number for each sample (Karras et al. 2018 §3): the standard deviation over a group
 * of samples, averaged over positions and channels. Sample i belongs to group i mod (N/group).
 *
 * @param x features [N, H, W, C]
 * @param groupSize samples in a group; the whole batch where it is smaller
 * @param batches independent batches stacked in x, whose samples never share a group
 * @returns [N]
 */
export function minibatchDeviation(x: tf.Tensor4D, groupSize: number, batches = 1): tf.Tensor1D {
  const [samples, height, width, channels] = x.shape
  const batch = samples / batches
  const group = Math.min(groupSize, batch)
  invariant(batch % group === 0, `a batch of ${batch} can be split into groups of ${group}`)
  const groups = batch / group
  const byGroup = tf.reshape(x, [batches, group, groups, height * width * channels])
  const centred = tf.sub(byGroup, tf.mean(byGroup, 1, true))
  const variance = tf.mean(tf.square(centred), 1, true) // [batches, 1, groups, HWC]
  const deviation = tf.mean(tf.sqrt(tf.add(variance, 1e-8)), 3) // [batches, 1, groups]
  return tf.reshape(tf.tile(deviation, [1, group, 1]), [samples])
}
