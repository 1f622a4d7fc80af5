import * as tf from '@tensorflow/tfjs'
import { applyLinear } from './linear-map.ts'

/**
 * Where a warp looks: for each sample the numbers (a, b, c, d, e, f), so that the result's pixel in column j and row i
 * shows the source at column a·j + b·i + c and row d·j + e·i + f, counted from the middle of the first pixel.
 */
export interface Warp {
  readonly coefficients: readonly (readonly number[])[]
  readonly height: number
  readonly width: number
  /**
   * What lies beyond the source: its mirror image about the last pixels, or nothing but a mix of the two outermost
   * pixels (for a source that is framed by two pixels of zeros).
   */
  readonly beyond: 'reflect' | 'stop'
}

/** tfjs's WebGPU backend reckons with places as 32-bit floats, which count no further. */
const mostPixels = 2 ** 24

/**
 * Samples pictures bilinearly. Linear in x and differentiable to any order: its gradient scatters to where it gathered.
 *
 * @param x [N, h, w, P]
 * @param most pixels of x that are taken at once; the result does not depend on it
 * @returns [N, height, width, P]
 */
export function warpBilinear(x: tf.Tensor4D, warp: Warp, most = mostPixels): tf.Tensor4D {
  const [count, height, width] = x.shape
  const atOnce = Math.max(1, Math.floor(most / (height * width)))
  if (count <= atOnce) return warpAtOnce(x, warp)
  const sizes = Array.from({ length: Math.ceil(count / atOnce) }, (_, i) => Math.min(atOnce, count - i * atOnce))
  const parts = tf.split<tf.Tensor4D>(x, sizes).map((part, i) => {
    const coefficients = warp.coefficients.slice(i * atOnce, (i + 1) * atOnce)
    return warpAtOnce(part, { ...warp, coefficients })
  })
  return tf.concat(parts)
}

function warpAtOnce(x: tf.Tensor4D, warp: Warp): tf.Tensor4D {
  const warped = applyLinear(
    x,
    (source) => gatherNeighbours(source, x.shape, warp),
    (dy) => scatterNeighbours(dy, x.shape, warp)
  )
  return warped.reshape([x.shape[0], warp.height, warp.width, x.shape[3]])
}

type Shape = tf.Tensor4D['shape']

/** One of the four pixels around each position: where it stands among all pixels, and its weight. */
interface Neighbour {
  /** int32 [M] with M = N·height·width */
  readonly index: tf.Tensor1D
  /** [M, 1] */
  readonly weight: tf.Tensor2D
}

function gatherNeighbours(x: tf.Tensor, shape: Shape, warp: Warp): tf.Tensor {
  const pixels = x.reshape([-1, shape[3]])
  return tf.addN(findNeighbours(shape, warp).map(({ index, weight }) => tf.mul(tf.gather(pixels, index), weight)))
}

function scatterNeighbours(dy: tf.Tensor, shape: Shape, warp: Warp): tf.Tensor {
  const [count, height, width, planes] = shape
  const pixels = dy.reshape([-1, planes])
  const neighbours = findNeighbours(shape, warp)
  const indices = tf.concat(neighbours.map(({ index }) => index)).reshape([-1, 1])
  const updates = tf.concat(neighbours.map(({ weight }) => tf.mul(pixels, weight)))
  return tf.scatterND(indices, updates, [count * height * width, planes]).reshape(shape)
}

function findNeighbours([count, height, width]: Shape, warp: Warp): Neighbour[] {
  const [left, right] = aroundPositions(positions(warp, 0), width, warp.beyond)
  const [above, below] = aroundPositions(positions(warp, 3), height, warp.beyond)
  const firstPixels = tf.range(0, count, 1, 'int32').mul(tf.scalar(height * width, 'int32'))
  const start = firstPixels.reshape([count, 1, 1])
  return [above, below].flatMap((row) => {
    const rowStart = tf.add(start, tf.mul(row.index, tf.scalar(width, 'int32')))
    return [left, right].map((column) => ({
      index: tf.add(rowStart, column.index).as1D(),
      weight: tf.mul(row.weight, column.weight).reshape<tf.Tensor2D>([-1, 1])
    }))
  })
}

/** Positions along an axis: whole pixels and the part of a pixel beyond them, 0 … 1; both [N, height, width]. */
interface Positions {
  readonly whole: tf.Tensor
  readonly part: tf.Tensor
}

/**
 * Columns (from coefficient 0 on) or rows (from 3 on) that the pixels of the result show.
 *
 * What a column and what a row contribute is worked out in double precision and split into whole pixels and the rest
 * before it becomes 32-bit: a position of some hundred pixels would have no digits left for its fraction.
 */
function positions({ coefficients, height, width }: Warp, first: 0 | 3): Positions {
  const samples = coefficients.map((numbers) => numbers.slice(first, first + 3))
  const alongRow = samples.flatMap(([a = NaN]) => Array.from({ length: width }, (_, j) => a * j))
  const alongColumn = samples.flatMap(([, b = NaN, c = NaN]) => Array.from({ length: height }, (_, i) => b * i + c))
  const split = (values: readonly number[], shape: [number, number, number]) => ({
    whole: tf.tensor3d(values.map(Math.floor), shape),
    part: tf.tensor3d(
      values.map((value) => value - Math.floor(value)),
      shape
    )
  })
  const row = split(alongRow, [samples.length, 1, width])
  const column = split(alongColumn, [samples.length, height, 1])
  const part = tf.add(row.part, column.part)
  const carried = tf.floor(part)
  return { whole: tf.add(tf.add(row.whole, column.whole), carried), part: tf.sub(part, carried) }
}

/** The pixels on either side of each position along an axis, with their weights. */
function aroundPositions({ whole, part }: Positions, size: number, beyond: Warp['beyond']) {
  const index = (pixel: tf.Tensor) => (beyond === 'reflect' ? reflected(pixel, size) : pixel).toInt()
  const first = beyond === 'stop' ? tf.clipByValue(whole, 0, size - 2) : whole
  return [
    { index: index(first), weight: tf.sub(1, part) },
    { index: index(tf.add(first, 1)), weight: part }
  ] as const
}

function reflected(pixel: tf.Tensor, size: number): tf.Tensor {
  if (size === 1) return tf.zerosLike(pixel)
  const period = 2 * (size - 1)
  const phase = tf.sub(pixel, tf.mul(period, tf.floor(tf.div(pixel, period)))) // 0 … period − 1
  return tf.sub(size - 1, tf.abs(tf.sub(phase, size - 1)))
}
