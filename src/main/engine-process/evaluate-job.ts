import { join } from 'node:path'
import { type EvaluationResult } from '../../shared/evaluation.ts'
import { type SampleQuality } from '../engine/metrics/sample-quality.ts'
import { restoreGenerator } from '../engine/gan/training-state.ts'
import { type EvaluateJob } from '../jobs/engine-protocol.ts'
import { type Channel } from './channel.ts'
import { CheckpointFolder } from './checkpoints.ts'
import { requireMemoryForPictures } from './memory-plan.ts'
import { reportMemorization } from './memorization-report.ts'
import { openPreparedTiles, readPreparedAbout } from '../datasets/prepared-tiles.ts'
import { describeRealCells } from './real-cells.ts'
import { realTiles, type RealTiles } from './real-tiles.ts'
import { GeneratedCells } from './generated-cells.ts'
import { healthFindings, overallMaskFit } from '../engine/metrics/set-health.ts'
import { type Generator } from '../engine/networks/generator.ts'
import { samplingBatch } from '../engine/memory-model.ts'
import { CellScorer } from './cell-scorer.ts'
import { lookTwice, withCellScores } from './cell-scores.ts'
import { drawnPictures, labelsLike, Scorer } from './scorer.ts'
import { startEngine } from './start-engine.ts'

/** Measures how far a checkpoint's pictures are from the real ones, per class and in the mean, and whether they repeat them. */
export async function evaluateCheckpoint(job: EvaluateJob, channel: Channel): Promise<void> {
  const { settings, classes, seed } = job
  const asked = job.count ?? settings.evaluationPictures
  const progress = new EvaluationProgress(channel, 3 * asked)
  await progress.after(0)
  const engine = await startEngine(job, channel)
  requireMemoryForPictures(settings, engine.name)
  const folder = new CheckpointFolder(job.runFolder)
  const { tensors, checkpoint } = await folder.chooseModel(job.checkpoint)
  const tiles = await openPreparedTiles(job)
  const real = realTiles(tiles, settings, classes, asked)
  const seen = real.classes.length
  const [scorer, cellScorer] = [await Scorer.open(job), await CellScorer.open(job)]
  const realFeatures = await scorer.featuresOfReal(real, (done) => progress.after(done))
  const realCells = await cellScorer.featuresOfReal(real, (done) => progress.after(seen + done))

  const generator = restoreGenerator(settings, tensors.generatorEma)
  const labels = labelsLike(realFeatures, classes.length)
  const drawing = { seed, batch: samplingBatch(settings.network) }
  const cells = await watchCells(job, generator, { labels, ...drawing }, () => progress.after(2 * seen))
  const watch = (samples: Float32Array, from: number) => cells?.take(samples, from)
  const fake = drawnPictures(generator, labels, { ...drawing, grayLevels: tiles.grayLevels, watch })
  const looked = await lookTwice(fake, scorer, cellScorer, realCells, (done) => progress.after(2 * seen + done))
  const quality = await scorer.compare(realFeatures, looked.pictures, () => progress.after(3 * seen))
  const known = { tiles: real, features: realFeatures, cells: realCells }
  const scored = await withCellScores(quality, known, looked.cells, { scorer, cellScorer, names: classes })
  const compared = { real, realFeatures, fake, fakeFeatures: looked.pictures, classes }
  const memorization = await reportMemorization(compared, join(job.runFolder, 'samples'), checkpoint.iteration)
  for (const owner of [generator, scorer, cellScorer]) owner.dispose()
  await channel.send({
    type: 'evaluated',
    outcome: {
      features: scorer.features,
      iteration: checkpoint.iteration,
      ...scored,
      memorization,
      ...cellsOutcome(cells),
      notes: [...notesOn(quality, real, asked, memorization), ...healthFindings(cells?.health() ?? [])],
      seed,
      engine
    }
  })
}

/** What is to see the cells of the pictures that the scores are of; undefined where they have no masks. */
async function watchCells(
  job: EvaluateJob,
  generator: Generator,
  { labels, ...drawing }: { labels: Int32Array; seed: number; batch: number },
  between: () => Promise<void>
): Promise<GeneratedCells | undefined> {
  if (job.settings.network.maskChannels === 0) return undefined
  const about = await readPreparedAbout(job.preparedFolder)
  const real = await describeRealCells(job, between)
  return GeneratedCells.begin({ generator, classes: job.classes, labels, about, real }, drawing)
}

function cellsOutcome(cells: GeneratedCells | undefined): Pick<EvaluationResult, 'maskFit' | 'health'> {
  if (cells === undefined) return {}
  const health = cells.health()
  const maskFit = overallMaskFit(health)
  return { health, ...(maskFit === undefined ? {} : { maskFit }) }
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
