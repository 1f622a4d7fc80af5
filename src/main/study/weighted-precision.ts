import { recallPoints } from './coco-evaluation.ts'
import { type ImageMatches, iouThresholds } from './coco-matching.ts'

const [ignored, right, wrong] = [0, 1, 2]

/**
 * COCO's average precision of resamples of one set of matched images, without sorting each anew: a resample is told by how
 * often each image is in it. Equal to `accumulate` over so many copies of each image, where no two scores are equal.
 */
export class WeightedPrecision {
  /** Position of its image, of each detection, best first over all images. */
  readonly #image: Int32Array
  /** Per threshold, of each detection. */
  readonly #outcome: readonly Uint8Array[]
  /** Truths of each image. */
  readonly #truths: Float64Array
  readonly #recall: Float64Array
  readonly #precision: Float64Array

  /** @param images the test images in a fixed order */
  constructor(images: readonly RankedImage[]) {
    const ranked = images
      .flatMap(({ scores }, image) => scores.map((score, detection) => ({ image, detection, score })))
      .sort((a, b) => b.score - a.score)
    this.#image = Int32Array.from(ranked, ({ image }) => image)
    this.#outcome = iouThresholds.map((_, threshold) =>
      Uint8Array.from(ranked, ({ image, detection }) => Number(images[image]?.outcomes[threshold]?.[detection] ?? 0))
    )
    this.#truths = Float64Array.from(images, ({ truths }) => truths)
    this.#recall = new Float64Array(ranked.length)
    this.#precision = new Float64Array(ranked.length)
  }

  /**
   * @param weights how often each image is in the resample
   * @param threshold position in `iouThresholds`; the mean over all of them if it is left out
   * @returns −1 where there is no truth
   */
  averagePrecision(weights: Float64Array, threshold?: number): number {
    let truths = 0
    for (let i = 0; i < weights.length; i++) truths += (weights[i] ?? 0) * (this.#truths[i] ?? 0)
    if (truths === 0) return -1
    if (threshold !== undefined) return this.#atThreshold(weights, truths, threshold)
    let sum = 0
    for (let i = 0; i < this.#outcome.length; i++) sum += this.#atThreshold(weights, truths, i)
    return sum / this.#outcome.length
  }

  #atThreshold(weights: Float64Array, truths: number, threshold: number): number {
    const length = this.#walk(weights, truths, threshold)
    const [recall, precision] = [this.#recall, this.#precision]
    for (let i = length - 2; i >= 0; i--) precision[i] = Math.max(precision[i] ?? 0, precision[i + 1] ?? 0)
    let sum = 0
    let place = 0
    for (const point of recallPoints) {
      while (place < length && (recall[place] ?? 0) < point) place++
      if (place === length) break
      sum += precision[place] ?? 0
    }
    return sum / recallPoints.length
  }

  /** Recall and precision after each detection that is in the resample. @returns how many these are */
  #walk(weights: Float64Array, truths: number, threshold: number): number {
    const outcome = this.#outcome[threshold] ?? new Uint8Array(0)
    let [rights, wrongs, length] = [0, 0, 0]
    for (let i = 0; i < outcome.length; i++) {
      const weight = weights[this.#image[i] ?? 0] ?? 0
      if (weight === 0 || outcome[i] === ignored) continue
      if (outcome[i] === right) rights += weight
      else wrongs += weight
      this.#recall[length] = rights / truths
      this.#precision[length] = rights / (rights + wrongs + Number.EPSILON)
      length++
    }
    return length
  }
}

/** What average precision needs to know of the matching of one image; it is what a study stores. */
export interface RankedImage {
  /** Best first. */
  readonly scores: readonly number[]
  /** Per threshold a digit for each detection: 0 does not count, 1 is right, 2 is wrong. */
  readonly outcomes: readonly string[]
  readonly truths: number
}

/** @param limit how many detections of an image count */
export function rankedImage(matches: ImageMatches | undefined, limit: number): RankedImage {
  const scores = matches?.scores.slice(0, limit) ?? []
  return {
    scores,
    outcomes: iouThresholds.map((_, threshold) =>
      scores.map((__, detection) => outcomeOf(matches, threshold, detection)).join('')
    ),
    truths: matches?.ranges[0]?.truthIgnored.filter((isIgnored) => !isIgnored).length ?? 0
  }
}

function outcomeOf(image: ImageMatches | undefined, threshold: number, detection: number): number {
  const range = image?.ranges[0]
  if (range?.detectionIgnored[threshold]?.[detection] !== 0) return ignored
  return (range.matches[threshold]?.[detection] ?? -1) >= 0 ? right : wrong
}
