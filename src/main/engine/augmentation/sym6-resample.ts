import * as tf from '@tensorflow/tfjs'

/** The low-pass filter of the Daubechies wavelet "sym6", to a sum of 1. */
const rawTaps = [
  0.015404109327027373, 0.0034907120842174702, -0.11799011114819057, -0.048311742585633, 0.4910559419267466,
  0.787641141030194, 0.3379294217276218, -0.07263752278646252, -0.021060292512300564, 0.04472490177066578,
  0.0017677118642428036, -0.007800708325034148
]
const tapSum = rawTaps.reduce((sum, tap) => sum + tap, 0)
const taps = rawTaps.map((tap) => tap / tapSum)

/** Pixels by which the filters reach over each border of the canvas, at the size of the result. */
export const canvasMargin = 3

/** Margins in pixels by which a picture is continued with its mirror image. */
export interface Margins {
  readonly before: number
  readonly after: number
}

/**
 * A linear map of one axis as a matrix [result, source]. Resampling by matrix products costs little beside a network,
 * runs at full speed on every backend, and is differentiable to any order.
 */
export interface AxisMap {
  readonly result: number
  readonly source: number
  readonly data: Float32Array
}

/** Zeros on either side of a doubled axis, so that who looks beyond its ends finds zeros. */
export const frame = 2

/**
 * Mirrors the borders of an axis, doubles its resolution with the filter, and frames it with zeros
 * (docs/method.md §6.2, execution b and c).
 */
export function mirrorAndDouble(size: number, { before, after }: Margins): AxisMap {
  const mirrored = size + before + after
  const map = emptyMap(2 * mirrored + 2 * frame, size)
  for (let position = 0; position < 2 * mirrored; position++) {
    for (const [k, tap] of [...taps].reverse().entries()) {
      const twice = position + k - 6 // original pixels stand at even positions
      if (twice % 2 !== 0 || twice < 0 || twice >= 2 * mirrored) continue
      addTo(map, position + frame, reflect(twice / 2 - before, size), 2 * tap)
    }
  }
  return map
}

/** Filters the canvas and takes every second pixel: back to the size before (execution e). */
export function halve(size: number): AxisMap {
  const map = emptyMap(size, 2 * (size + 2 * canvasMargin))
  for (let position = 0; position < size; position++) {
    for (const [k, tap] of taps.entries()) addTo(map, position, 2 * position + 1 + k, tap)
  }
  return map
}

/**
 * Applies a map to the rows' direction and one to the columns'.
 *
 * @param x [N, h, w, P]
 * @returns [N, H, W, P]
 */
export function mapAxes(x: tf.Tensor4D, vertical: AxisMap, horizontal: AxisMap): tf.Tensor4D {
  const planar = tf.transpose(x, [0, 3, 1, 2]) // [N, P, h, w]
  const widened = tf.transpose(mapLast(planar, horizontal), [0, 1, 3, 2]) // [N, P, W, h]
  return tf.transpose(mapLast(widened, vertical), [0, 3, 2, 1]) // [N, H, W, P]
}

function mapLast(x: tf.Tensor4D, { result, source, data }: AxisMap): tf.Tensor4D {
  const [a, b, c] = x.shape
  const matrix = tf.tensor2d(data, [result, source])
  return tf.matMul(x.reshape<tf.Tensor2D>([-1, source]), matrix, false, true).reshape([a, b, c, result])
}

function emptyMap(result: number, source: number): AxisMap {
  return { result, source, data: new Float32Array(result * source) }
}

function addTo({ source, data }: AxisMap, to: number, from: number, weight: number): void {
  const index = to * source + from
  data[index] = (data[index] ?? 0) + weight
}

/** The mirror image without repeating the border; margins are at most the size less one. */
function reflect(pixel: number, size: number): number {
  if (pixel < 0) return -pixel
  return pixel < size ? pixel : 2 * (size - 1) - pixel
}
