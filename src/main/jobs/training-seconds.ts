import { type StageEstimate } from '../../shared/estimates.ts'
import { type TrainingSettings } from '../../shared/training.ts'

/** Safe points are also made after this many seconds. */
const safePointSeconds = 5 * 60

/** Seconds from an iteration to the end of a training, from what each part of it takes. */
export function secondsFrom(
  { iterations, evaluateEvery, checkpointEvery, sampleEvery }: TrainingSettings,
  iteration: number,
  stages: Omit<StageEstimate, 'start'>
): number {
  const training = (iterations - iteration) * stages.iteration
  const left = (every: number): number => Math.floor(iterations / every) - Math.floor(iteration / every)
  const evaluations = Math.ceil(iterations / evaluateEvery) - Math.floor(iteration / evaluateEvery)
  const safePoints = Math.max(left(checkpointEvery), Math.floor(training / safePointSeconds)) + 1
  return training + evaluations * stages.evaluation + safePoints * stages.safePoint + left(sampleEvery) * stages.sample
}
