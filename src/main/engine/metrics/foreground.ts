import { type ForegroundModel } from '../../../shared/set-report.ts'
import { fitLogistic, sigmoid } from './logistic-regression.ts'
import { type FlatPicture } from './otsu.ts'
import { featureCount, pixelFeatures } from './pixel-features.ts'

/** A picture with the pixels that its cells cover. */
export interface MaskedPicture {
  readonly picture: FlatPicture
  /** 1 where there is a cell, for each pixel. */
  readonly foreground: Uint8Array
  /** 1 where nobody can say, which is then left out of every comparison. */
  readonly unknown?: Uint8Array
}

/** Pixels to learn from, spread evenly over all pictures. */
const mostPixels = 60_000
/** Shares of certainty above which a pixel may count as a cell. */
const thresholds = Array.from({ length: 17 }, (_, i) => 0.1 + 0.05 * i)

/**
 * Learns to tell cells from background pixel by pixel: a logistic regression on what each pixel's surroundings look like,
 * and the threshold at which foreground and masks agree best, as the mean over the pictures. Always the same for the same
 * pictures.
 *
 * @returns undefined where all pixels are background, or none is
 */
export function learnForeground(pictures: readonly MaskedPicture[]): ForegroundModel | undefined {
  const channels = pictures[0]?.picture.channels ?? 1
  const data = choosePixels(pictures, featureCount(channels))
  const covered = data.answers.reduce((sum, answer) => sum + answer, 0)
  if (covered === 0 || covered === data.answers.length) return undefined
  const scaling = standardize(data.features, data.size)
  const fitted = fitLogistic(data)
  const { weights, bias } = unscale(fitted, scaling)
  const certainties = pictures.map(({ picture }) => certaintyOf({ weights, bias }, picture))
  let [best, threshold] = [-1, 0.5]
  for (const candidate of thresholds) {
    const fits = pictures.map((known, i) => agreement(known, above(certainties[i] ?? new Float32Array(), candidate)))
    const mean = meanOf(fits) ?? -1
    if (mean > best) [best, threshold] = [mean, candidate]
  }
  return { channels, weights, bias, threshold }
}

/** The pixels of a picture that look like cells, as 1. */
export function findForeground(model: ForegroundModel, picture: FlatPicture): Uint8Array {
  return above(certaintyOf(model, picture), model.threshold)
}

/**
 * How well a mask belongs to its picture: pixels that both count as cells, of those that either does (intersection over
 * union).
 *
 * @returns undefined where the mask shows no cell, so that there is nothing to agree on
 */
export function maskFit(model: ForegroundModel, known: MaskedPicture): number | undefined {
  return agreement(known, findForeground(model, known.picture))
}

/** Intersection over union of a mask and a foreground found otherwise; undefined where the mask shows no cell. */
export function agreement({ foreground, unknown }: MaskedPicture, found: Uint8Array): number | undefined {
  let [both, either, cells] = [0, 0, 0]
  for (let i = 0; i < foreground.length; i++) {
    if (unknown?.[i] === 1) continue
    const [inMask, isFound] = [foreground[i] === 1, found[i] === 1]
    if (inMask) cells++
    if (inMask && isFound) both++
    if (inMask || isFound) either++
  }
  return cells === 0 ? undefined : both / either
}

/** The mean of those that are there. */
export function meanOf(values: readonly (number | undefined)[]): number | undefined {
  const present = values.filter((value) => value !== undefined)
  return present.length === 0 ? undefined : present.reduce((sum, value) => sum + value, 0) / present.length
}

function choosePixels(pictures: readonly MaskedPicture[], size: number) {
  const total = pictures.reduce((sum, { foreground }) => sum + foreground.length, 0)
  const step = Math.ceil(total / mostPixels)
  // An odd step meets all columns of tiles whose sides are powers of two.
  const oddStep = step % 2 === 0 ? step + 1 : step
  const most = Math.ceil(total / oddStep) + pictures.length
  const features = new Float32Array(most * size)
  const answers = new Uint8Array(most)
  let rows = 0
  for (const { picture, foreground, unknown } of pictures) {
    const planes = pixelFeatures(picture)
    for (let i = 0; i < foreground.length; i += oddStep) {
      if (unknown?.[i] === 1) continue
      for (const [k, plane] of planes.entries()) features[rows * size + k] = plane[i] ?? 0
      answers[rows++] = foreground[i] ?? 0
    }
  }
  return { features: features.subarray(0, rows * size), answers: answers.subarray(0, rows), size }
}

interface Scaling {
  readonly means: readonly number[]
  readonly deviations: readonly number[]
}

/** Brings each feature to mean 0 and standard deviation 1, in place, so that the ridge weighs all alike. */
function standardize(features: Float32Array, size: number): Scaling {
  const rows = features.length / size
  const columns = Array.from({ length: size }, (_, k) => k)
  const means = columns.map((k) => sumOver(rows, (n) => features[n * size + k] ?? 0) / rows)
  const deviations = columns.map((k) => {
    const variance = sumOver(rows, (n) => ((features[n * size + k] ?? 0) - (means[k] ?? 0)) ** 2) / rows
    return Math.max(1e-6, Math.sqrt(variance))
  })
  for (let i = 0; i < features.length; i++) {
    features[i] = ((features[i] ?? 0) - (means[i % size] ?? 0)) / (deviations[i % size] ?? 1)
  }
  return { means, deviations }
}

function sumOver(count: number, value: (n: number) => number): number {
  let sum = 0
  for (let n = 0; n < count; n++) sum += value(n)
  return sum
}

/** The weights for features as they are. */
function unscale(fitted: Float64Array, { means, deviations }: Scaling): { weights: number[]; bias: number } {
  const weights = deviations.map((deviation, k) => (fitted[k] ?? 0) / deviation)
  const bias = weights.reduce((sum, weight, k) => sum - weight * (means[k] ?? 0), fitted[weights.length] ?? 0)
  return { weights, bias }
}

/** How certain it is that a cell is there, for each pixel. */
function certaintyOf({ weights, bias }: Pick<ForegroundModel, 'weights' | 'bias'>, picture: FlatPicture): Float32Array {
  const planes = pixelFeatures(picture)
  const certainty = new Float32Array(picture.height * picture.width)
  for (let i = 0; i < certainty.length; i++) {
    let score = bias
    for (const [k, weight] of weights.entries()) score += weight * (planes[k]?.[i] ?? 0)
    certainty[i] = sigmoid(score)
  }
  return certainty
}

function above(certainty: Float32Array, threshold: number): Uint8Array {
  const found = new Uint8Array(certainty.length)
  for (let i = 0; i < found.length; i++) if ((certainty[i] ?? 0) >= threshold) found[i] = 1
  return found
}
