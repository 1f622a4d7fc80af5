import { TrainingState } from '../engine/training/training-state.ts'
import { type EvaluateJob } from '../jobs/engine-protocol.ts'
import { type Channel } from './channel.ts'
import { CheckpointFolder } from './checkpoints.ts'
import { openPreparedTiles } from './prepared-tiles.ts'
import { Scorer } from './scorer.ts'
import { startEngine } from './start-engine.ts'

/** Measures how far a checkpoint's pictures are from the real ones, per class and in the mean. */
export async function evaluateCheckpoint(job: EvaluateJob, channel: Channel): Promise<void> {
  const engine = await startEngine(job, channel)
  const { settings, seed } = job
  const { saved, checkpoint } = await new CheckpointFolder(job.runFolder).choose(job.checkpoint)
  const tiles = await openPreparedTiles(job)
  const scorer = await Scorer.create(job, tiles, job.count ?? settings.evaluationPictures)
  await channel.send({ type: 'progress', stage: 'evaluate', done: 1, total: 2 })
  const state = TrainingState.restore(settings, saved)
  const quality = await scorer.compare(state.generatorEma, seed)
  state.dispose()
  await channel.send({
    type: 'evaluated',
    outcome: {
      features: scorer.features,
      iteration: checkpoint.iteration,
      metrics: quality.classes.map(({ name, ...numbers }) => ({ class: name, ...numbers })),
      mean: quality.mean,
      seed,
      engine
    }
  })
}
