import * as tf from '@tensorflow/tfjs'
import { type RandomStream } from '../../../shared/random.ts'
import { SkipPath } from '../../../shared/training.ts'
import { biasLeakyRelu, biasScaledLeakyRelu } from '../activation.ts'
import { convolve } from '../convolution.ts'
import { upConvolve } from '../resample.ts'
import { Dense } from './layers.ts'
import { constantParameter, Module, normalParameter } from './module.ts'

/**
 * Convolution whose kernel is scaled for each sample by a style (Karras et al. 2020 §2.2; docs/method.md §1.3).
 *
 * The kernels of a batch would need a grouped convolution, and in tfjs a convolution by computed kernels has no second
 * derivative. So the activations are scaled instead, before and after one shared convolution: the style multiplies
 * input channels, the demodulation output channels, and a convolution is linear in both. The two are equal.
 */
abstract class ModulatedConvolution extends Module {
  readonly weight: tf.Variable<tf.Rank.R4>
  readonly affine: Dense
  readonly bias: tf.Variable<tf.Rank.R1>

  constructor(inputs: number, outputs: number, size: 1 | 3, wDim: number, random: RandomStream) {
    super()
    this.weight = normalParameter<tf.Rank.R4>(random, [size, size, inputs, outputs])
    this.affine = new Dense(wDim, inputs, random, { bias: 1 })
    this.bias = constantParameter<tf.Rank.R1>([outputs], 0)
  }

  /** Products that add up to one value of the output. */
  protected get fanIn(): number {
    const [height, width, inputs] = this.weight.shape
    return height * width * inputs
  }

  /** 1/√(Σ (s·W)² + 1e-8), which makes the expected variance of the output one: style [N, in] → [N, out] */
  protected demodulation(style: tf.Tensor2D): tf.Tensor2D {
    const power = tf.sum<tf.Tensor2D>(tf.square(this.weight), [0, 1]) // [in, out]
    return tf.rsqrt(tf.add(tf.matMul(tf.square(style), power), 1e-8))
  }
}

/** Modulated 3×3 convolution, noise, bias and √2·lrelu; with `up` it doubles the resolution first. */
export class SynthesisLayer extends ModulatedConvolution {
  readonly noiseStrength: tf.Variable<tf.Rank.R0>
  readonly #up: boolean

  constructor(inputs: number, outputs: number, wDim: number, up: boolean, random: RandomStream) {
    super(inputs, outputs, 3, wDim, random)
    this.noiseStrength = constantParameter<tf.Rank.R0>([], 0)
    this.#up = up
  }

  /**
   * @param x [N, H, W, in]
   * @param w [N, wDim]
   * @param noise [N, H', W', 1], the same map for all channels
   * @returns [N, H', W', out], twice the size of x with `up`
   */
  forward(x: tf.Tensor4D, w: tf.Tensor2D, noise: tf.Tensor4D): tf.Tensor4D {
    const demodulated = this.convolve(x, w, Math.SQRT2)
    const noisy: tf.Tensor4D = tf.add(demodulated, tf.mul(noise, tf.mul(this.noiseStrength, Math.SQRT2)))
    return biasScaledLeakyRelu(noisy, tf.mul(this.bias, Math.SQRT2))
  }

  /** The modulated and demodulated convolution alone, times `gain`. */
  convolve(x: tf.Tensor4D, w: tf.Tensor2D, gain = 1): tf.Tensor4D {
    const style = this.affine.forward(w)
    const styled: tf.Tensor4D = tf.mul(x, perChannel(style))
    const y = this.#up ? upConvolve(styled, this.weight) : convolve(styled, this.weight, { stride: 1, padding: 1 })
    return tf.mul(y, perChannel(tf.mul<tf.Tensor2D>(this.demodulation(style), gain)))
  }
}

/** StyleGAN2's way from features to a picture: modulated 1×1 convolution without demodulation, linear. */
export class ToRgb extends ModulatedConvolution {
  constructor(inputs: number, outputs: number, wDim: number, random: RandomStream) {
    super(inputs, outputs, 1, wDim, random)
  }

  /** x [N, H, W, in], w [N, wDim] → [N, H, W, out] */
  forward(x: tf.Tensor4D, w: tf.Tensor2D): tf.Tensor4D {
    const style: tf.Tensor2D = tf.mul(this.affine.forward(w), 1 / Math.sqrt(x.shape[3]))
    const y = convolve(tf.mul(x, perChannel(style)), this.weight, { stride: 1, padding: 'valid' })
    return tf.add(y, this.bias)
  }
}

/**
 * The modulated convolution of the paper's skip connection, which takes a fraction of a block's features (§2.3). Unless
 * told otherwise it is 1×1, demodulated, for its output feeds further layers, and linear.
 */
export class Extraction extends ModulatedConvolution {
  readonly #settings: SkipPath

  constructor(
    inputs: number,
    outputs: number,
    wDim: number,
    random: RandomStream,
    settings: SkipPath = SkipPath.parse({})
  ) {
    super(inputs, outputs, settings.extractionKernel, wDim, random)
    this.#settings = settings
  }

  /** x [N, H, W, in], w [N, wDim] → [N, H, W, out] */
  forward(x: tf.Tensor4D, w: tf.Tensor2D): tf.Tensor4D {
    const { extractionKernel, extractionDemodulated, extractionActivation } = this.#settings
    const style = this.affine.forward(w)
    // What keeps the variance: the demodulation after the convolution, or tRGB's factor before it.
    const before = extractionDemodulated ? style : tf.mul<tf.Tensor2D>(style, 1 / Math.sqrt(this.fanIn))
    const padding = extractionKernel === 1 ? 'valid' : 1
    const y = convolve(tf.mul(x, perChannel(before)), this.weight, { stride: 1, padding })
    const scaled = extractionDemodulated ? tf.mul<tf.Tensor4D>(y, perChannel(this.demodulation(style))) : y
    return extractionActivation === 'lrelu' ? biasLeakyRelu(scaled, this.bias) : tf.add(scaled, this.bias)
  }
}

/** [N, C] → [N, 1, 1, C] */
function perChannel(scale: tf.Tensor2D): tf.Tensor4D {
  return tf.reshape(scale, [scale.shape[0], 1, 1, scale.shape[1]])
}
