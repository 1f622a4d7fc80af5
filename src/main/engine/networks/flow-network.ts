import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { type RandomStream } from '../../../shared/random.ts'
import { doubleSize, Norm, type NormKind, type Pass, PlainConv, PlainDense } from './flow-layers.ts'
import { Module } from './module.ts'

/** The size of a flow network. */
export interface FlowNetworkSettings {
  readonly inputChannels: number
  /** Features at full size, half, a quarter, …; the sides of a picture are multiples of 2 to the number of these − 1. */
  readonly widths: readonly number[]
  readonly norm: NormKind
}

/** What a network that tells flows is for training and use, whatever it is made of. */
export interface FlowNet extends Module {
  /**
   * x [N, H, W, channels] → [N, H, W, 3]: five times the flow along y and along x, and the logit of being a cell.
   * The caller owns the result.
   */
  forward(x: tf.Tensor4D, pass: Pass): tf.Tensor4D
  /** The sides of a picture are multiples of this. */
  readonly divisor: number
}

/**
 * The segmentation network: a residual U-Net whose way down ends in a style that steers its way up (Cellpose,
 * Stringer et al. 2021, in the form of Cellpose 3; docs/method.md §12.2). It names no classes.
 *
 * Tensors are NHWC. Read from the top: FlowNetwork → DownBlock, UpBlock → Unit.
 */
export class FlowNetwork extends Module implements FlowNet {
  /** `down.0` has the full size. */
  readonly down: Map<string, DownBlock>
  readonly up: Map<string, UpBlock>
  readonly output: Unit

  constructor({ inputChannels, widths, norm }: FlowNetworkSettings, random: RandomStream) {
    super()
    this.down = new Map(
      widths.map((width, i) => [`down.${i}`, new DownBlock(widths[i - 1] ?? inputChannels, width, norm, random)])
    )
    this.up = upBlocks(widths, norm, random)
    this.output = new Unit(widths[0] ?? 0, 3, 1, norm, random)
  }

  get divisor(): number {
    return 2 ** (this.down.size - 1)
  }

  forward(x: tf.Tensor4D, pass: Pass): tf.Tensor4D {
    return tf.tidy(() => this.output.forward(climb(this.up, this.encode(x, pass), pass), pass)) // [N, H, W, 3]
  }

  /** The maps of the way down, the full size first, and the style [N, deepest width], of length 1. */
  encode(x: tf.Tensor4D, pass: Pass): Encoded {
    const maps: tf.Tensor4D[] = []
    let y = x
    for (const block of this.down.values()) {
      if (maps.length > 0) y = tf.maxPool(y, 2, 2, 'valid')
      y = block.forward(y, pass)
      maps.push(y)
    }
    return { maps, style: styleOf(y) }
  }
}

/** What the way up begins with. */
export interface Encoded extends tf.TensorContainerObject {
  /** Each half as large as the one before; the first has the full size. */
  readonly maps: tf.Tensor4D[]
  /** [N, features] */
  readonly style: tf.Tensor2D
}

/** The mean over the pixels, brought to length 1: [N, H, W, C] → [N, C] */
export function styleOf(deepest: tf.Tensor4D): tf.Tensor2D {
  const pooled = tf.mean<tf.Tensor2D>(deepest, [1, 2])
  return tf.div<tf.Tensor2D>(pooled, tf.sqrt(tf.sum(tf.square(pooled), 1, true)))
}

/** A block for each size, `up.0` for the full one; the style has as many features as the deepest map. */
export function upBlocks(widths: readonly number[], norm: NormKind, random: RandomStream): Map<string, UpBlock> {
  const style = widths.at(-1) ?? 0
  return new Map(widths.map((width, i) => [`up.${i}`, new UpBlock(widths[i + 1] ?? width, width, style, norm, random)]))
}

/** The way up: [N, H, W, features of the full size]. The deepest block has the deepest map for its skip too. */
export function climb(up: ReadonlyMap<string, UpBlock>, { maps, style }: Encoded, pass: Pass): tf.Tensor4D {
  const [deepest] = maps.slice(-1)
  invariant(deepest !== undefined, 'a network has a size at least')
  let y: tf.Tensor4D = deepest
  for (let level = maps.length - 1; level >= 0; level--) {
    if (level < maps.length - 1) y = doubleSize(y) as tf.Tensor4D // as y
    y = up.get(`up.${level}`)?.forward(y, maps[level] ?? deepest, style, pass) ?? y // [N, H/2ˡ, W/2ˡ, widthₗ]
  }
  return y
}

/** Normalisation, max(0, ·), convolution. */
export class Unit extends Module {
  readonly norm: Norm
  readonly conv: PlainConv

  constructor(inputs: number, outputs: number, size: 1 | 3, norm: NormKind, random: RandomStream) {
    super()
    this.norm = new Norm(inputs, norm)
    this.conv = new PlainConv(inputs, outputs, size, random)
  }

  forward(x: tf.Tensor4D, pass: Pass): tf.Tensor4D {
    return this.conv.forward(this.norm.forward(x, pass, true))
  }

  /** Without max(0, ·), as the way past a block. */
  project(x: tf.Tensor4D, pass: Pass): tf.Tensor4D {
    return this.conv.forward(this.norm.forward(x, pass, false))
  }
}

class DownBlock extends Module {
  readonly unit0: Unit
  readonly unit1: Unit
  readonly unit2: Unit
  readonly unit3: Unit
  readonly projection: Unit

  constructor(inputs: number, outputs: number, norm: NormKind, random: RandomStream) {
    super()
    this.unit0 = new Unit(inputs, outputs, 3, norm, random)
    this.unit1 = new Unit(outputs, outputs, 3, norm, random)
    this.unit2 = new Unit(outputs, outputs, 3, norm, random)
    this.unit3 = new Unit(outputs, outputs, 3, norm, random)
    this.projection = new Unit(inputs, outputs, 1, norm, random)
  }

  forward(x: tf.Tensor4D, pass: Pass): tf.Tensor4D {
    const y = tf.add<tf.Tensor4D>(
      this.projection.project(x, pass),
      this.unit1.forward(this.unit0.forward(x, pass), pass)
    )
    return tf.add(y, this.unit3.forward(this.unit2.forward(y, pass), pass))
  }
}

/** A unit to whose input a number is added for each channel, told by the style. */
class StyledUnit extends Unit {
  readonly style: PlainDense

  constructor(channels: number, style: number, norm: NormKind, random: RandomStream) {
    super(channels, channels, 3, norm, random)
    this.style = new PlainDense(style, channels, random)
  }

  styled(x: tf.Tensor4D, style: tf.Tensor2D, pass: Pass): tf.Tensor4D {
    const [batch, , , channels] = x.shape
    const shift = tf.reshape(this.style.forward(style), [batch, 1, 1, channels])
    return this.forward(tf.add(x, shift), pass)
  }
}

/** Features of the way up meet those of the way down of the same size. */
export class UpBlock extends Module {
  readonly unit0: Unit
  readonly unit1: StyledUnit
  readonly unit2: StyledUnit
  readonly unit3: StyledUnit
  readonly projection: Unit

  constructor(inputs: number, outputs: number, style: number, norm: NormKind, random: RandomStream) {
    super()
    this.unit0 = new Unit(inputs, outputs, 3, norm, random)
    this.unit1 = new StyledUnit(outputs, style, norm, random)
    this.unit2 = new StyledUnit(outputs, style, norm, random)
    this.unit3 = new StyledUnit(outputs, style, norm, random)
    this.projection = new Unit(inputs, outputs, 1, norm, random)
  }

  /** x [N, H, W, in], skip [N, H, W, out], style [N, styles] → [N, H, W, out] */
  forward(x: tf.Tensor4D, skip: tf.Tensor4D, style: tf.Tensor2D, pass: Pass): tf.Tensor4D {
    const met = tf.add<tf.Tensor4D>(this.unit0.forward(x, pass), skip)
    const y = tf.add<tf.Tensor4D>(this.projection.project(x, pass), this.unit1.styled(met, style, pass))
    return tf.add(y, this.unit3.styled(this.unit2.styled(y, style, pass), style, pass))
  }
}
