import { type SavedState } from '../engine/gan/training-state.ts'

/** A run has diverged: its weights are of no use any more. */
export class Divergence extends Error {
  /** The first iteration that showed it. */
  readonly iteration: number
  /** What was seen, as the subject and verb of a sentence. */
  readonly sign: string

  constructor(iteration: number, sign: string) {
    super(`${sign} at iteration ${iteration}`)
    this.name = 'Divergence'
    this.iteration = iteration
    this.sign = sign
  }
}

/**
 * The adversarial losses are means of softplus(±logit), below 10 in a sound run and short of 100 even in its first
 * throes. A loss beyond this means that one network is sure of everything by hundreds of logits.
 */
const runawayLoss = 200
/** This many iterations in a row: a single one recovers by itself now and then. */
const patience = 20

/** Notices when the losses of a run have run away. */
export class LossWatch {
  #since: number | undefined

  /** @throws Divergence when the losses have been beyond all measure for some time */
  after(step: {
    readonly iteration: number
    readonly generatorLoss: number
    readonly discriminatorLoss: number
  }): void {
    const isBeyond = Math.max(Math.abs(step.generatorLoss), Math.abs(step.discriminatorLoss)) > runawayLoss
    this.#since = isBeyond ? (this.#since ?? step.iteration) : undefined
    if (this.#since !== undefined && step.iteration - this.#since + 1 >= patience) {
      throw new Divergence(this.#since, `A loss grew beyond ${runawayLoss}`)
    }
  }
}

/**
 * Looks through what is about to be saved: weights can be lost in the very step whose losses were still sound.
 *
 * @throws Divergence when a number is none
 */
export function requireSound({ scalars, tensors }: SavedState): void {
  for (const part of Object.values(tensors)) {
    for (const { data } of Object.values(part)) {
      // A sum is a number unless one of its terms is none, or two are infinite; and it is quick.
      if (!Number.isFinite(data.reduce((sum, value) => sum + value, 0))) {
        throw new Divergence(scalars.iteration, 'A weight was no longer a number')
      }
    }
  }
}
