import { join } from 'node:path'
import { type EvaluationResult } from '../../shared/evaluation.ts'
import { type SampleQuality } from '../engine/metrics/sample-quality.ts'
import { restoreGenerator } from '../engine/gan/training-state.ts'
import { type EvaluateJob } from '../jobs/engine-protocol.ts'
import { type Channel } from './channel.ts'
import { CheckpointFolder } from './checkpoints.ts'
import { requireMemoryForPictures } from './memory-plan.ts'
import { reportMemorization } from './memorization-report.ts'
import { openPreparedTiles } from '../datasets/prepared-tiles.ts'
import { realTiles, type RealTiles } from './real-tiles.ts'
import { samplingBatch } from '../engine/memory-model.ts'
import { drawnPictures, labelsLike, Scorer } from './scorer.ts'
import { startEngine } from './start-engine.ts'

/** Measures how far a checkpoint's pictures are from the real ones, per class and in the mean, and whether they repeat them. */
export async function evaluateCheckpoint(job: EvaluateJob, channel: Channel): Promise<void> {
  const { settings, classes, seed } = job
  const asked = job.count ?? settings.evaluationPictures
  const progress = new EvaluationProgress(channel, 2 * asked)
  await progress.after(0)
  const engine = await startEngine(job, channel)
  requireMemoryForPictures(settings, engine.name)
  const folder = new CheckpointFolder(job.runFolder)
  const { tensors, checkpoint } = await folder.chooseModel(job.checkpoint)
  const real = realTiles(await openPreparedTiles(job), settings, classes, asked)
  const scorer = await Scorer.open(job)
  const realFeatures = await scorer.featuresOfReal(real, (done) => progress.after(done))

  const generator = restoreGenerator(settings, tensors.generatorEma)
  const fake = drawnPictures(generator, labelsLike(realFeatures, classes.length), {
    seed,
    batch: samplingBatch(settings.network)
  })
  const seen = real.classes.length
  const fakeFeatures = await scorer.featuresOf(fake, (done) => progress.after(seen + done))
  const quality = await scorer.compare(realFeatures, fakeFeatures, () => progress.after(2 * seen))
  const compared = { real, realFeatures, fake, fakeFeatures, classes }
  const memorization = await reportMemorization(compared, join(job.runFolder, 'samples'), checkpoint.iteration)
  generator.dispose()
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

/** Between two parts: tells how far it is, and ends where the work was stopped. */
class EvaluationProgress {
  readonly #channel: Channel
  readonly #total: number

  constructor(channel: Channel, total: number) {
    this.#channel = channel
    this.#total = total
  }

  async after(done: number): Promise<void> {
    const total = this.#total
    await this.#channel.send({ type: 'progress', stage: 'evaluate', done: Math.min(done, total), total })
    await this.#channel.refuseIfStopped('Scoring was stopped.')
  }
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
