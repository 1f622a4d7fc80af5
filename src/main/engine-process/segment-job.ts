import { mkdir } from 'node:fs/promises'
import { AppError } from '../../shared/errors.ts'
import { type SegmenterScore } from '../../shared/segmentation.ts'
import { SegmenterState } from '../engine/segmenter-state.ts'
import { type SegmentJob, type SegmentOutcome } from '../jobs/engine-protocol.ts'
import { decodeFlows } from '../segmentation/decode-flows.ts'
import { compareLabels, precisionsAt } from '../study/compare-labels.ts'
import { type Channel } from './channel.ts'
import { encoderOf } from './segmenter-encoder.ts'
import { holdAsOnlyEngine } from './only-engine.ts'
import { predictNormalised } from './predict-picture.ts'
import { SegmenterData } from './segmenter-data.ts'
import { SegmenterHistory } from './segmenter-history.ts'
import { SegmenterPoints } from './segmenter-points.ts'
import { SittingClock } from './sitting-clock.ts'
import { startEngine } from './start-engine.ts'

/** However long the iterations take, a power cut costs no more than this. */
const safePointMilliseconds = 5 * 60_000

/** Trains one segmentation network: from nothing, or on from its own last safe point. */
export async function trainSegmenter(job: SegmentJob, channel: Channel): Promise<void> {
  await startEngine(job, channel)
  await mkdir(job.folder, { recursive: true })
  const release = await holdAsOnlyEngine(job.folder)
  try {
    const session = await SegmentSession.open(job, channel)
    await session.run()
  } finally {
    await release()
  }
}

class SegmentSession {
  readonly #job: SegmentJob
  readonly #channel: Channel
  readonly #data: SegmenterData
  readonly #points: SegmenterPoints
  readonly #history: SegmenterHistory
  readonly #clock: SittingClock
  readonly #state: SegmenterState
  #lastSave = performance.now()
  #secondsPerIteration = 0

  private constructor(job: SegmentJob, channel: Channel, data: SegmenterData, state: SegmenterState) {
    this.#job = job
    this.#channel = channel
    this.#data = data
    this.#state = state
    this.#points = new SegmenterPoints(job.folder)
    this.#history = new SegmenterHistory(job.folder)
    this.#clock = new SittingClock(job.endsAt)
  }

  static async open(job: SegmentJob, channel: Channel): Promise<SegmentSession> {
    await channel.send({ type: 'progress', stage: 'targets', done: 0, total: job.settings.iterations })
    const data = await SegmenterData.open(job.settings, job.sets, job.validation)
    const encoder = await encoderOf(job.settings, job.resources)
    const newest = await new SegmenterPoints(job.folder).newest(job.settings, encoder)
    const state = newest ?? SegmenterState.create(job.settings, encoder)
    return new SegmentSession(job, channel, data, state)
  }

  async run(): Promise<void> {
    const { iterations } = this.#job.settings
    const start = this.#state.iteration
    await this.#history.goOnFrom(start)
    while (this.#state.iteration < iterations && !this.#isOver(start)) {
      await this.#iterate()
      await this.#channel.listen()
    }
    await this.#save(false)
    const { iteration, seconds, network, best } = this.#state
    const outcome: SegmentOutcome = {
      iteration,
      ending: iteration >= iterations ? 'finished' : this.#channel.pause.aborted ? 'pause' : 'minutes',
      secondsPerIteration: iteration === 0 ? 0 : seconds / iteration,
      parameters: network.countParameters(),
      ...(best !== undefined && { best })
    }
    await this.#channel.send({ type: 'segmented', outcome })
    this.#state.dispose()
  }

  /** A sitting has an iteration at least, or many short ones would never come to anything. */
  #isOver(start: number): boolean {
    if (this.#channel.pause.aborted) return true
    return this.#state.iteration > start && this.#clock.left < 2 * this.#secondsPerIteration
  }

  async #iterate(): Promise<void> {
    const began = performance.now()
    const { settings } = this.#job
    const loss = await this.#state.step(await this.#data.batch(this.#state.iteration + 1))
    const { iteration, seconds } = this.#state
    if (!Number.isFinite(loss)) throw diverged(iteration)
    await this.#history.append({ kind: 'step', iteration, loss, seconds })
    this.#secondsPerIteration = (performance.now() - began) / 1000
    const secondsLeft = (settings.iterations - iteration) * (seconds / iteration)
    await this.#channel.send({
      type: 'progress',
      stage: 'train',
      done: iteration,
      total: settings.iterations,
      secondsLeft
    })
    const isDue = iteration % settings.evaluateEvery === 0 || iteration === settings.iterations
    if (isDue && this.#data.canValidate) await this.#evaluate()
    if (performance.now() - this.#lastSave > safePointMilliseconds) await this.#save(false)
  }

  async #evaluate(): Promise<void> {
    const score = await this.#score()
    const isBest = !isBetter(this.#state.best, score)
    if (isBest) this.#state.best = score
    await this.#history.append({ kind: 'evaluation', ...score, isBest })
    if (isBest) await this.#save(true)
  }

  /** Of real pictures alone. */
  async #score(): Promise<SegmenterScore> {
    let [pictures, sum50, sumAll] = [0, 0, 0]
    for await (const { image, labels, width, height } of this.#data.validationPictures()) {
      const { labels: found } = decodeFlows(await predictNormalised(this.#state.network, image, width, height))
      const precisions = precisionsAt(compareLabels(labels, found))
      sum50 += precisions[0] ?? 0
      sumAll += precisions.reduce((sum, value) => sum + value, 0) / precisions.length
      pictures++
    }
    return { iteration: this.#state.iteration, AP50: sum50 / pictures, meanAP: sumAll / pictures }
  }

  async #save(isBest: boolean): Promise<void> {
    const saved = await this.#state.save()
    await this.#points.write(saved, { settings: this.#job.settings, scale: this.#data.scale, isBest })
    this.#lastSave = performance.now()
    const { iteration, best } = saved
    await this.#channel.send({ type: 'segmenter-point', iteration, ...(best !== undefined && { best }) })
  }
}

/** Of equal ones the later counts: it has learned more. */
function isBetter(before: SegmenterScore | undefined, now: SegmenterScore): boolean {
  if (before === undefined) return false
  return before.AP50 === now.AP50 ? before.meanAP > now.meanAP : before.AP50 > now.AP50
}

function diverged(iteration: number): AppError {
  return new AppError('input', `The loss was no longer a number at iteration ${iteration}.`, {
    next: 'Train a new model with a smaller learning rate.',
    remedies: [{ action: 'set-option', option: 'learningRate' }]
  })
}
