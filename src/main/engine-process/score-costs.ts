/** What a score takes. */
export interface ScoreCosts {
  /** Seconds to make a picture, and to look at one. */
  readonly draw: number
  readonly look: number
  /** How many times longer than expected it takes to compare them. */
  readonly comparing: number
}

/** What is asked of a score. */
export interface ScoreSize {
  readonly classes: number
  /** Whether the real pictures were looked at before. */
  readonly isRealKnown: boolean
}

/** What was measured may take longer the next time. */
const caution = 1.25
/** Seconds to compare a class of a thousand pictures, as measured; they grow with the square of their number. */
const secondsAThousand = 4

export function secondsOf(costs: ScoreCosts, pictures: number, size: ScoreSize): number {
  const { draw, look, comparing } = costs
  const looks = size.isRealKnown ? 1 : 2
  return caution * (pictures * (draw + looks * look) + comparing * expectedComparing(pictures, size.classes))
}

/** Seconds that comparing is expected to take. */
export function expectedComparing(pictures: number, classes: number): number {
  return classes * secondsAThousand * (pictures / classes / 1000) ** 2
}

/** The most pictures that can be scored in so many seconds. */
export function picturesWithin(costs: ScoreCosts, seconds: number, most: number, size: ScoreSize): number {
  let [enough, tooMany] = [0, most + 1]
  while (tooMany - enough > 1) {
    const middle = Math.floor((enough + tooMany) / 2)
    if (secondsOf(costs, middle, size) <= seconds) enough = middle
    else tooMany = middle
  }
  return enough
}
