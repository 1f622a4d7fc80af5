import { type Adaptation } from '../../../shared/training.ts'

/** The strength of ADA and APA, and what it is adapted by (docs/method.md §6.2). All of it survives a restart. */
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
export function adaptProbability(state: AdaState, realLogits: ArrayLike<number>, settings: Adaptation): AdaState {
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
