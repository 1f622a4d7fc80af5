import { mkdir } from 'node:fs/promises'
import { refuse } from '../../shared/errors.ts'
import { type HistoryEntry, type TrainingSettings } from '../../shared/training.ts'
import { qualityMetric } from '../engine/metrics/sample-quality.ts'
import { type TrainingEvent, train } from '../engine/training/training-loop.ts'
import { TrainingState } from '../engine/training/training-state.ts'
import { type TrainJob } from '../jobs/engine-protocol.ts'
import { type Channel } from './channel.ts'
import { CheckpointFolder } from './checkpoints.ts'
import { HistoryFile } from './history-file.ts'
import { openPreparedTiles } from './prepared-tiles.ts'
import { Scorer } from './scorer.ts'
import { SampleSheets } from './sample-sheets.ts'
import { startEngine } from './start-engine.ts'
import { TimeLeft } from './time-left.ts'

/** However long the iterations take, a power cut costs no more than this. */
const safePointMilliseconds = 5 * 60_000

/** Trains one run: from nothing, from another run's model, or on from its own last safe point. */
export async function trainNetworks(job: TrainJob, channel: Channel): Promise<void> {
  await startEngine(job, channel)
  await mkdir(job.runFolder, { recursive: true })
  const session = await TrainingSession.open(job, channel)
  await session.run()
}

class TrainingSession {
  readonly #job: TrainJob
  /** The run's settings, with the minutes of this session. */
  readonly #settings: TrainingSettings
  readonly #channel: Channel
  readonly #checkpoints: CheckpointFolder
  readonly #history: HistoryFile
  readonly #sheets: SampleSheets
  readonly #timeLeft: TimeLeft
  #state: TrainingState
  #lastSave = performance.now()
  #divergences = 0

  private constructor(job: TrainJob, channel: Channel, state: TrainingState) {
    this.#job = job
    this.#settings = limitedTo(job.settings, job.minutes, state)
    this.#channel = channel
    this.#state = state
    this.#checkpoints = new CheckpointFolder(job.runFolder)
    this.#history = new HistoryFile(job.runFolder)
    this.#sheets = new SampleSheets(job.runFolder, job.settings, job.classes)
    this.#timeLeft = new TimeLeft(this.#settings, state.iteration, state.seconds)
  }

  static async open(job: TrainJob, channel: Channel): Promise<TrainingSession> {
    const session = new TrainingSession(job, channel, await startingState(job, channel))
    await session.#beginHistory()
    return session
  }

  async run(): Promise<void> {
    const { preparedFolder, classes } = this.#job
    const settings = this.#settings
    const tiles = await openPreparedTiles(preparedFolder, settings, classes)
    const scorer = await Scorer.create(this.#job, tiles, settings.evaluationPictures)
    if (this.#state.iteration === 0) await this.#showSamples()
    for (let goesOn = true; goesOn;) {
      const hooks = {
        nextBatch: (iteration: number) => tiles.batch(iteration, settings.batch),
        evaluate: (generator: TrainingState['generatorEma']) => scorer.evaluate(generator, settings.seed)
      }
      goesOn = await this.#follow(train(settings, this.#state, hooks, this.#channel.pause))
    }
    await this.#save(false)
    await this.#finish()
  }

  /** @returns whether training has to begin again, from a safe point */
  async #follow(events: AsyncGenerator<TrainingEvent>): Promise<boolean> {
    for await (const event of events) {
      switch (event.kind) {
        case 'step':
          await this.#record(event)
          await this.#channel.send({ type: 'progress', stage: 'train', ...this.#timeLeft.after(event) })
          if (performance.now() - this.#lastSave > safePointMilliseconds) await this.#save(false)
          break
        case 'sample-due':
          await this.#showSamples()
          break
        case 'evaluated': {
          const { isBest } = event
          await this.#record({ ...event, kind: 'evaluation' })
          if (isBest) await this.#save(true)
          break
        }
        case 'checkpoint-due':
          await this.#save(false)
          break
        case 'diverged':
          await this.#goBack(event.iteration)
          return true
      }
    }
    return false
  }

  async #record(entry: HistoryEntry): Promise<void> {
    await this.#history.append(entry)
    await this.#channel.send({ type: 'history', entry })
  }

  async #showSamples(): Promise<void> {
    const { iteration, generatorEma } = this.#state
    const file = await this.#sheets.draw(generatorEma, iteration)
    await this.#record({ kind: 'sample', iteration, file })
  }

  async #save(isBest: boolean): Promise<void> {
    const saved = await this.#state.save()
    const { settings, classes } = this.#job
    const checkpoints = await this.#checkpoints.write(saved, { isBest, settings, classes })
    this.#lastSave = performance.now()
    const { iteration, best } = this.#state
    await this.#channel.send({
      type: 'safe-point',
      iteration,
      checkpoints,
      ...(best === undefined ? {} : { best: { ...best, metric: qualityMetric } })
    })
  }

  /** A loss that is no longer a number: back to the last safe point, once; then it is for the user to decide. */
  async #goBack(iteration: number): Promise<void> {
    this.#divergences++
    const newest = await this.#checkpoints.newestWhole()
    if (newest === undefined || this.#divergences > 1) {
      throw refuse(`Training came apart at iteration ${iteration}: a loss is no longer a number.`, {
        next: 'Start a new run with half the learning rate (--learning-rate), or another seed.'
      })
    }
    this.#state.dispose()
    this.#state = TrainingState.restore(this.#job.settings, newest.loaded.saved)
    await this.#beginHistory()
    await this.#channel.send({
      type: 'notice',
      text: `A loss was no longer a number at iteration ${iteration}. Training went back to iteration ${this.#state.iteration}.`
    })
  }

  /** Files and listeners know exactly what this state has done: no gap, no repeat. */
  async #beginHistory(): Promise<void> {
    const { iteration } = this.#state
    await this.#checkpoints.dropAfter(iteration)
    const entries = await this.#history.cutAfter(iteration)
    await this.#channel.send({ type: 'history-begins', entries })
  }

  async #finish(): Promise<void> {
    const { generator, discriminator, iteration, seconds } = this.#state
    await this.#channel.send({
      type: 'trained',
      outcome: {
        iteration,
        isFinished: iteration >= this.#job.settings.iterations || !this.#channel.pause.aborted,
        secondsPerIteration: iteration === 0 ? 0 : seconds / iteration,
        parameters: { generator: generator.countParameters(), discriminator: discriminator.countParameters() }
      }
    })
    this.#state.dispose()
  }
}

async function startingState(job: TrainJob, channel: Channel): Promise<TrainingState> {
  const own = await new CheckpointFolder(job.runFolder).newestWhole()
  if (own !== undefined) {
    if (own.damaged.length > 0) {
      await channel.send({
        type: 'notice',
        text: `The newest safe point was damaged; training goes on from iteration ${own.loaded.checkpoint.iteration}.`
      })
    }
    return TrainingState.restore(job.settings, own.loaded.saved)
  }
  if (job.fromRunFolder === undefined) return TrainingState.create(job.settings)
  const { saved } = await new CheckpointFolder(job.fromRunFolder).choose()
  const { state, fresh } = TrainingState.continueFrom(job.settings, saved)
  const isOther = fresh.filter((name) => !name.includes('embed'))
  if (isOther.length > 0) {
    await channel.send({ type: 'notice', text: `${isOther.length} parts of the model did not fit and start anew.` })
  }
  return state
}

function limitedTo(settings: TrainingSettings, minutes: number | undefined, state: TrainingState): TrainingSettings {
  return minutes === undefined ? settings : { ...settings, minutes: state.seconds / 60 + minutes }
}
