/** How the strength of an augmentation follows the discriminator (gan-engine §6.2 "Adaptation"; APA by the same rule). */
export interface AdaSettings {
  /** Mean sign of the real logits to hold; above it the discriminator overfits. */
  readonly target: number
  /** Discriminator steps between two changes. */
  readonly interval: number
  /** Thousands of real images over which the probability could go from 0 to 1. */
  readonly kimg: number
  /** Upper limit. From 0.82 on integer shifts begin to leak into the generated pictures. */
  readonly largestProbability: number
}

/** All that has to survive a restart. */
export interface AdaState {
  readonly probability: number
  /** Discriminator steps seen. */
  readonly steps: number
  /** Since the last change: the sum of the signs of all real logits, and how many there were. */
  readonly signs: number
  readonly count: number
}

export const initialAdaState: AdaState = { probability: 0, steps: 0, signs: 0, count: 0 }

/**
 * The state after one discriminator step.
 *
 * @param realLogits of all real pictures of the step, those of an R1 pass too
 */
export function adaptProbability(state: AdaState, realLogits: ArrayLike<number>, settings: AdaSettings): AdaState {
  let { signs, count } = state
  for (const logit of Array.from(realLogits)) signs += Math.sign(logit)
  count += realLogits.length
  const isDue = state.steps % settings.interval === 0
  if (!isDue || count === 0) return { ...state, steps: state.steps + 1, signs, count }

  const direction = Math.sign(signs / count - settings.target)
  const moved = state.probability + (direction * count) / (1000 * settings.kimg)
  const probability = Math.min(Math.max(moved, 0), settings.largestProbability)
  return { probability, steps: state.steps + 1, signs: 0, count: 0 }
}
