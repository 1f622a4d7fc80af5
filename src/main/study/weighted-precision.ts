import { recallPoints } from './coco-evaluation.ts'
import { type ImageMatches, iouThresholds } from './coco-matching.ts'

const [ignored, right, wrong] = [0, 1, 2]

/** Detections that count at one threshold, best first over all images. */
interface Ranked {
  /** Position of its image. */
  readonly image: Int32Array
  readonly isRight: Uint8Array
}

/**
 * COCO's average precision of resamples of one set of matched images, without sorting each anew: a resample is told by how
 * often each image is in it. Equal to `accumulate` over so many copies of each image, where no two scores are equal.
 */
export class WeightedPrecision {
  /** Per threshold. */
  readonly #ranked: readonly Ranked[]
  /** Truths of each image. */
  readonly #truths: Float64Array
  readonly #recall: Float64Array
  readonly #precision: Float64Array

  /** @param images the test images in a fixed order */
  constructor(images: readonly RankedImage[]) {
    const all = images
      .flatMap(({ scores }, image) => scores.map((score, detection) => ({ image, detection, score })))
      .sort((a, b) => b.score - a.score)
    this.#ranked = iouThresholds.map((_, threshold) => {
      const outcomeOf = ({ image, detection }: (typeof all)[number]) =>
        Number(images[image]?.outcomes[threshold]?.[detection] ?? ignored)
      const counted = all.filter((each) => outcomeOf(each) !== ignored)
      return {
        image: Int32Array.from(counted, ({ image }) => image),
        isRight: Uint8Array.from(counted, (each) => Number(outcomeOf(each) === right))
      }
    })
    this.#truths = Float64Array.from(images, ({ truths }) => truths)
    this.#recall = new Float64Array(all.length)
    this.#precision = new Float64Array(all.length)
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
    const ranked = threshold === undefined ? this.#ranked : this.#ranked.slice(threshold, threshold + 1)
    let sum = 0
    for (const each of ranked) sum += this.#atThreshold(weights, truths, each)
    return sum / ranked.length
  }

  #atThreshold(weights: Float64Array, truths: number, ranked: Ranked): number {
    const length = this.#walk(weights, truths, ranked)
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

  /**
   * Recall and precision after each right detection of the resample: after a wrong one recall is the same and precision
   * lower, which the best precision at a recall never is. @returns how many these are
   */
  #walk(weights: Float64Array, truths: number, { image, isRight }: Ranked): number {
    const [recall, precision] = [this.#recall, this.#precision]
    let [rights, all, length] = [0, 0, 0]
    for (let i = 0; i < image.length; i++) {
      const weight = weights[image[i] ?? 0] ?? 0
      if (weight === 0) continue
      all += weight
      if (isRight[i] === 0) continue
      rights += weight
      recall[length] = rights / truths
      precision[length] = rights / (all + Number.EPSILON)
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
