import { join } from 'node:path'
import { type EvaluationResult } from '../../shared/evaluation.ts'
import { type SampleQuality } from '../engine/metrics/sample-quality.ts'
import { restoreGenerator } from '../engine/gan/training-state.ts'
import { type EvaluateJob } from '../jobs/engine-protocol.ts'
import { type Channel } from './channel.ts'
import { CheckpointFolder } from './checkpoints.ts'
import { reportMemorization } from './memorization-report.ts'
import { openPreparedTiles } from '../datasets/prepared-tiles.ts'
import { readRealTiles, type RealTiles } from './real-tiles.ts'
import { Scorer } from './scorer.ts'
import { startEngine } from './start-engine.ts'

/** Measures how far a checkpoint's pictures are from the real ones, per class and in the mean, and whether they repeat them. */
export async function evaluateCheckpoint(job: EvaluateJob, channel: Channel): Promise<void> {
  const engine = await startEngine(job, channel)
  const { settings, classes, seed } = job
  const progress = (done: number) => channel.send({ type: 'progress', stage: 'evaluate', done, total: 4 })
  const { tensors, checkpoint } = await new CheckpointFolder(job.runFolder).chooseModel(job.checkpoint)
  const asked = job.count ?? settings.evaluationPictures
  const real = await readRealTiles(await openPreparedTiles(job), settings, classes, asked)
  const scorer = await Scorer.of(job, real)
  await progress(1)
  const generator = restoreGenerator(settings, tensors.generatorEma)
  const fake = await scorer.draw(generator, seed)
  generator.dispose()
  await progress(2)
  const fakeFeatures = await scorer.featuresOf(fake)
  await progress(3)
  const quality = scorer.compare(fakeFeatures)
  const memorization = await reportMemorization(
    { real, realFeatures: scorer.real, fake, fakeFeatures, classes },
    join(job.runFolder, 'samples'),
    checkpoint.iteration
  )
  scorer.dispose()
  await channel.send({
    type: 'evaluated',
    outcome: {
      features: scorer.features,
      iteration: checkpoint.iteration,
      metrics: quality.classes.map(({ name, ...numbers }) => ({ class: name, ...numbers })),
      mean: quality.mean,
      memorization,
      notes: notesOn(quality, real, asked, memorization),
      seed,
      engine
    }
  })
}

/** What a reader should know of the numbers as a whole. */
function notesOn(
  { classes, leftOut }: SampleQuality,
  { places }: RealTiles,
  asked: number,
  { share, expected }: EvaluationResult['memorization']
): string[] {
  const notes: string[] = []
  if (places.length < asked) {
    notes.push(`The prepared set has only ${places.length} different tiles of the ${asked} that were asked for.`)
  }
  if (leftOut.length > 0) {
    const names = leftOut.map(({ name, real }) => `${name} (${real} real)`).join(', ')
    const outcome = classes.length > 0 ? 'is left out of the mean' : 'has no score of its own: the mean is over all'
    notes.push(`Too few pictures for a distance: ${names} ${outcome}.`)
  }
  if (share !== undefined && share > suspiciousExcess * expected) {
    notes.push(
      `${Math.round(100 * share)} of 100 synthetic pictures are nearer to a real tile than ${Math.round(100 - 100 * expected)} of 100 real tiles are to one of another image: look at the nearest pairs; the network may be copying its training images.`
    )
  }
  return notes
}

/** How many times the expected share of near pictures is worth a word. */
const suspiciousExcess = 3
