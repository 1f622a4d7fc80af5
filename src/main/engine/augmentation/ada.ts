import * as tf from '@tensorflow/tfjs'
import { invariant } from '../../../shared/errors.ts'
import { colorMatrices, geometryMatrices, multiply, scaling, type SquareMatrix, translation } from './ada-matrices.ts'
import { type AdaParameters } from './ada-parameters.ts'
import { warpBilinear } from './bilinear-warp.ts'
import { canvasMargin, frame, halve, mapAxes, mirrorAndDouble } from './sym6-resample.ts'

/**
 * `full` resamples at twice the resolution between two wavelet filters, as the reference does; `bilinear` is one warp,
 * a tenth of the work: exact for flips, quarter turns and whole pixels, softer for the rest.
 */
export type AdaGeometry = 'full' | 'bilinear'

/**
 * Augments samples with the pipeline "bgc" (docs/method.md §6.2): geometry on all planes, colour on the image planes.
 * Differentiable to any order in x.
 *
 * @param x samples [N, H, W, P] in [-1, 1], image planes first
 * @param imageChannels 1 or 3
 * @returns [N, H, W, P], the caller's to dispose
 */
export function applyAda(
  x: tf.Tensor4D,
  parameters: AdaParameters,
  imageChannels: number,
  geometry: AdaGeometry = 'full'
): tf.Tensor4D {
  invariant(parameters.flip.length === x.shape[0], 'one set of parameters for each sample')
  return tf.tidy(() => changeColors(moveSamples(x, geometryMatrices(parameters), geometry), parameters, imageChannels))
}

/**
 * Moves samples as the matrices say, which map a pixel of the result to one of x, from the middle of the picture.
 */
export function moveSamples(
  x: tf.Tensor4D,
  matrices: readonly SquareMatrix[],
  geometry: AdaGeometry = 'full'
): tf.Tensor4D {
  if (matrices.every((matrix) => isIdentity(matrix))) return x.clone()
  return geometry === 'full' ? moveFiltered(x, matrices) : moveBilinear(x, matrices)
}

function moveBilinear(x: tf.Tensor4D, matrices: readonly SquareMatrix[]): tf.Tensor4D {
  const [, height, width] = x.shape
  const [middleX, middleY] = [(width - 1) / 2, (height - 1) / 2]
  const coefficients = matrices.map((matrix) =>
    multiply(translation(middleX, middleY), matrix, translation(-middleX, -middleY))
  )
  return warpBilinear(x, { coefficients, height, width, beyond: 'reflect' })
}

function moveFiltered(x: tf.Tensor4D, matrices: readonly SquareMatrix[]): tf.Tensor4D {
  const [, height, width] = x.shape
  const margins = marginsFor(matrices, width, height)
  const { left, right, top, bottom } = margins
  const vertical = mirrorAndDouble(height, { before: top, after: bottom })
  const horizontal = mirrorAndDouble(width, { before: left, after: right })
  const doubled = mapAxes(x, vertical, horizontal)

  // From pixels of the canvas to pixels of the doubled picture, which is framed by zeros.
  const canvasWidth = 2 * (width + 2 * canvasMargin)
  const canvasHeight = 2 * (height + 2 * canvasMargin)
  const fromCanvas = translation(0.5 - canvasWidth / 2, 0.5 - canvasHeight / 2)
  const toDoubled = translation(width + left + right + frame - 0.5, height + top + bottom + frame - 0.5)
  const coefficients = matrices.map((matrix) =>
    multiply(
      toDoubled,
      translation(-0.5, -0.5),
      scaling(2, 2),
      translation((left - right) / 2, (top - bottom) / 2),
      matrix,
      scaling(0.5, 0.5),
      translation(0.5, 0.5),
      fromCanvas
    )
  )
  const canvas = warpBilinear(doubled, { coefficients, height: canvasHeight, width: canvasWidth, beyond: 'stop' })
  return mapAxes(canvas, halve(height), halve(width))
}

/** How far the corners of the batch's results reach beyond their inputs, and the filters beyond those. */
function marginsFor(matrices: readonly SquareMatrix[], width: number, height: number) {
  const [halfWidth, halfHeight] = [(width - 1) / 2, (height - 1) / 2]
  const corners = [-1, 1].flatMap((x) => [-1, 1].map((y) => [x * halfWidth, y * halfHeight] as const))
  const reach = (row: readonly number[], half: number, direction: 1 | -1) => {
    const [a = NaN, b = NaN, c = NaN] = row
    const farthest = Math.max(...corners.map(([x, y]) => direction * (a * x + b * y + c)))
    return farthest - half + 2 * canvasMargin
  }
  const margin = (first: 0 | 3, half: number, direction: 1 | -1) => {
    const reaches = matrices.map((matrix) => reach(matrix.slice(first, first + 3), half, direction))
    return Math.ceil(Math.min(Math.max(...reaches, 0), 2 * half))
  }
  return {
    left: margin(0, halfWidth, -1),
    right: margin(0, halfWidth, 1),
    top: margin(3, halfHeight, -1),
    bottom: margin(3, halfHeight, 1)
  }
}

function changeColors(x: tf.Tensor4D, parameters: AdaParameters, imageChannels: number): tf.Tensor4D {
  invariant(imageChannels === 1 || imageChannels === 3, 'a sample is gray or RGB')
  const matrices = colorMatrices(parameters, imageChannels === 3)
  if (matrices.every((matrix) => isIdentity(matrix))) return x
  return imageChannels === 3 ? mixColors(x, matrices) : changeGray(x, matrices)
}

/** The three colours of gray are equal, so the mean of the matrix's rows leaves one factor and one offset. */
function changeGray(x: tf.Tensor4D, matrices: readonly SquareMatrix[]): tf.Tensor4D {
  const [count, , , planes] = x.shape
  const factors = new Float32Array(count * planes).fill(1)
  const offsets = new Float32Array(count * planes)
  for (const [n, matrix] of matrices.entries()) {
    const sumOver = (isOffset: boolean) =>
      matrix.slice(0, 12).reduce((sum, entry, i) => ((i % 4 === 3) === isOffset ? sum + entry : sum), 0)
    factors[n * planes] = sumOver(false) / 3
    offsets[n * planes] = sumOver(true) / 3
  }
  const shape: [number, number, number, number] = [count, 1, 1, planes]
  return tf.add(tf.mul(x, tf.tensor4d(factors, shape)), tf.tensor4d(offsets, shape))
}

/** Multiplies the three image planes of each sample with its matrix; mask planes are multiplied with 1. */
function mixColors(x: tf.Tensor4D, matrices: readonly SquareMatrix[]): tf.Tensor4D {
  const [count, height, width, planes] = x.shape
  const mixing = new Float32Array(count * planes * planes) // [N, from, to]
  const offsets = new Float32Array(count * planes)
  for (const [n, matrix] of matrices.entries()) {
    for (let to = 0; to < planes; to++) {
      for (let from = 0; from < planes; from++) {
        const isColor = to < 3 && from < 3
        mixing[(n * planes + from) * planes + to] = isColor ? (matrix[4 * to + from] ?? NaN) : Number(to === from)
      }
      offsets[n * planes + to] = to < 3 ? (matrix[4 * to + 3] ?? NaN) : 0
    }
  }
  const pixels = x.reshape<tf.Tensor3D>([count, height * width, planes])
  const mixed = tf.matMul(pixels, tf.tensor3d(mixing, [count, planes, planes])).reshape(x.shape)
  return tf.add(mixed, tf.tensor4d(offsets, [count, 1, 1, planes]))
}

function isIdentity(matrix: SquareMatrix): boolean {
  const size = Math.sqrt(matrix.length)
  return matrix.every((entry, i) => entry === Number(i % (size + 1) === 0))
}
