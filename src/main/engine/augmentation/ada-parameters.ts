import { type RandomStream } from '../../../shared/random.ts'

/**
 * What was drawn for each of N samples by the pipeline "bgc" of adaptive discriminator augmentation (Karras et al.
 * 2020, docs/method.md §6.2): pixel blitting, general geometry, colour. Where an operation's gate stayed closed the
 * value is the neutral one.
 */
export interface AdaParameters {
  /** 1 mirrors the sample; neutral 0. */
  readonly flip: Int32Array
  /** Quarter turns, 0 … 3; neutral 0. */
  readonly quarterTurns: Int32Array
  /** [N, 2] whole pixels to the right and down; neutral 0. */
  readonly integerShift: Int32Array
  /** Factors of both axes; neutral 1. */
  readonly scale: Float32Array
  /** Radians; neutral 0. */
  readonly rotationBefore: Float32Array
  /** Factor of one axis and divisor of the other; neutral 1. */
  readonly anisotropy: Float32Array
  readonly rotationAfter: Float32Array
  /** [N, 2] pixels to the right and down; neutral 0. */
  readonly fractionalShift: Float32Array
  /** Added to the colours; neutral 0. */
  readonly brightness: Float32Array
  /** Factor of the colours; neutral 1. */
  readonly contrast: Float32Array
  /** 1 turns dark into light; neutral 0. */
  readonly lumaFlip: Int32Array
  /** Radians about the gray axis, for RGB alone; neutral 0. */
  readonly hue: Float32Array
  /** Factor of the distance from the gray axis, for RGB alone; neutral 1. */
  readonly saturation: Float32Array
}

const deviations = { scale: 0.2, anisotropy: 0.2, shift: 0.125, brightness: 0.2, contrast: 0.5, saturation: 1 }
const furthestIntegerShift = 0.125

/**
 * Draws the parameters of `count` samples. Every operation opens its own gate with the given probability; the two
 * rotations together come to it.
 *
 * All numbers are drawn whether or not a gate opens, so that a change of the probability changes nothing else.
 *
 * @param probability p, 0…1
 * @param width of the samples in pixels
 * @param height of the samples in pixels
 */
export function drawAda(
  random: RandomStream,
  count: number,
  [width, height]: readonly [number, number],
  probability: number
): AdaParameters {
  const each = (draw: () => number) => Float32Array.from({ length: count }, draw)
  const gated = (neutral: number, draw: () => number, gate = probability) =>
    each(() => {
      const value = draw()
      return random.uniform() < gate ? value : neutral
    })
  const shift = (draw: () => number) => pairs(count, draw, [width, height], () => random.uniform() < probability)
  const power = (deviation: number) => 2 ** (deviation * random.normal())
  const angle = () => Math.PI * (2 * random.uniform() - 1)
  const rotationGate = 1 - Math.sqrt(1 - Math.min(probability, 1))

  return {
    flip: Int32Array.from(gated(0, () => random.integer(2))),
    quarterTurns: Int32Array.from(gated(0, () => random.integer(4))),
    integerShift: Int32Array.from(
      shift(() => furthestIntegerShift * (2 * random.uniform() - 1)),
      Math.round
    ),
    scale: gated(1, () => power(deviations.scale)),
    rotationBefore: gated(0, angle, rotationGate),
    anisotropy: gated(1, () => power(deviations.anisotropy)),
    rotationAfter: gated(0, angle, rotationGate),
    fractionalShift: shift(() => deviations.shift * random.normal()),
    brightness: gated(0, () => deviations.brightness * random.normal()),
    contrast: gated(1, () => power(deviations.contrast)),
    lumaFlip: Int32Array.from(gated(0, () => random.integer(2))),
    hue: gated(0, angle),
    saturation: gated(1, () => power(deviations.saturation))
  }
}

/** Pairs of shares of width and height in pixels, [count, 2], under one gate for both. */
function pairs(
  count: number,
  draw: () => number,
  [width, height]: readonly [number, number],
  isOpen: () => boolean
): Float32Array {
  const values = new Float32Array(2 * count)
  for (let n = 0; n < count; n++) {
    const pair = [draw() * width, draw() * height]
    if (isOpen()) values.set(pair, 2 * n)
  }
  return values
}
