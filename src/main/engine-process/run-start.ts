import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { refuse } from '../../shared/errors.ts'
import { TrainingState } from '../engine/gan/training-state.ts'
import { type TrainJob } from '../jobs/engine-protocol.ts'
import { type Channel } from './channel.ts'
import { CheckpointFolder } from './checkpoints.ts'
import { type StageSeconds } from './time-left.ts'

/** Where a session of a run begins. */
export interface StartingPoint {
  readonly state: TrainingState
  /** Nothing of the run was safe: whatever its files hold is done again. */
  readonly isFresh: boolean
  /** How often the run has gone back with other random draws. */
  readonly redraws: number
  readonly stageSeconds: StageSeconds
}

/**
 * The run's own newest safe point; for a new run the model that it starts from, or nothing.
 *
 * @param last iteration from which to go on
 * @throws AppError of kind `input` when the run has safe points and none can be used
 */
export async function startingPoint(
  job: TrainJob,
  channel: Channel,
  last = Number.POSITIVE_INFINITY
): Promise<StartingPoint> {
  const own = await new CheckpointFolder(job.runFolder).newestWhole(last)
  if (own === undefined) return { state: await firstState(job, channel), isFresh: true, redraws: 0, stageSeconds: {} }
  const { checkpoint, saved, settings, redraws, stageSeconds } = own.loaded
  if (!isDeepStrictEqual(settings.network, job.settings.network)) {
    throw refuse(
      `The safe point at iteration ${checkpoint.iteration} belongs to another network than the one this run trains.`,
      {
        file: join(job.runFolder, 'checkpoints', checkpoint.folder),
        next: 'Restore the safe point of this run, or remove this one so that the run continues from an older one.'
      }
    )
  }
  if (own.damaged.length > 0) {
    await channel.send({
      type: 'notice',
      text: `The newest safe point was damaged; training continues from iteration ${checkpoint.iteration}.`
    })
  }
  return { state: TrainingState.restore(job.settings, saved), isFresh: false, redraws, stageSeconds }
}

async function firstState(job: TrainJob, channel: Channel): Promise<TrainingState> {
  if (job.fromRunFolder === undefined) return TrainingState.create(job.settings)
  const model = await new CheckpointFolder(job.fromRunFolder).chooseModel()
  const { state, fresh } = TrainingState.continueFrom(job.settings, model)
  // What is new for masks is meant to be, where they are to be learned on a model's image; its own judge is not asked there.
  const isOther = job.settings.freeze === 'image' ? [] : fresh.filter((name) => !name.includes('embed'))
  if (isOther.length > 0) {
    await channel.send({
      type: 'notice',
      text: `${isOther.length} parts of the model did not fit and start untrained.`
    })
  }
  return state
}
