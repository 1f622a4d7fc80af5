import { mkdir } from 'node:fs/promises'
import { type AppError, refuse } from '../../shared/errors.ts'
import { type Best, type Checkpoint } from '../../shared/runs.ts'
import { type HistoryEntry, type TrainingSettings } from '../../shared/training.ts'
import { type BackendName } from '../backends/backend.ts'
import { type TrainingEvent, train } from '../engine/gan/training-loop.ts'
import { type SavedScalars, type TrainingState } from '../engine/gan/training-state.ts'
import { type TrainJob, type TrainOutcome } from '../jobs/engine-protocol.ts'
import { type Channel } from './channel.ts'
import { CheckpointFolder } from './checkpoints.ts'
import { HistoryFile } from './history-file.ts'
import { qualityMetric } from './picture-networks.ts'
import { Divergence, LossWatch, requireSound } from './loss-watch.ts'
import { freeMemory, planMemory } from './memory-plan.ts'
import { holdAsOnlyEngine } from './only-engine.ts'
import { openPreparedTiles } from '../datasets/prepared-tiles.ts'
import { startingPoint, type StartingPoint } from './run-start.ts'
import { Scorer } from './scorer.ts'
import { SampleSheets } from './sample-sheets.ts'
import { startEngine } from './start-engine.ts'
import { TileFeeder } from './tile-feeder.ts'
import { type Stage, TimeLeft } from './time-left.ts'

/** However long the iterations take, a power cut costs no more than this. */
const safePointMilliseconds = 5 * 60_000

/** Trains one run: from nothing, from another run's model, or on from its own last safe point. */
export async function trainNetworks(asked: TrainJob, channel: Channel): Promise<void> {
  const { name } = await startEngine(asked, channel)
  await mkdir(asked.runFolder, { recursive: true })
  const release = await holdAsOnlyEngine(asked.runFolder)
  try {
    await trainAlone(asked, name, channel)
  } finally {
    await release()
  }
}

async function trainAlone(asked: TrainJob, name: BackendName, channel: Channel): Promise<void> {
  const job = { ...asked, settings: await fittedSettings(asked.settings, name, channel) }
  const session = await TrainingSession.open(job, channel)
  await session.run()
}

/** The same settings, in parts that fit into memory. What is computed follows from the whole batch all the same. */
async function fittedSettings(settings: TrainingSettings, engine: BackendName, channel: Channel) {
  const plan = planMemory(settings, engine, freeMemory(engine))
  await channel.send({ type: 'memory', plan })
  return plan.microBatch === settings.batch ? settings : { ...settings, microBatch: plan.microBatch }
}

/** Why a safe point is made: only what the schedule asks for stands in a finished run beside its end. */
type SaveReason = 'schedule' | 'best' | 'best at the end' | 'time' | 'end'

class TrainingSession {
  readonly #job: TrainJob
  /** When this session has to end, in seconds of the run. */
  readonly #minutes: number | undefined
  readonly #channel: Channel
  readonly #checkpoints: CheckpointFolder
  readonly #history: HistoryFile
  readonly #sheets: SampleSheets
  #timeLeft: TimeLeft
  #losses = new LossWatch()
  #state: TrainingState
  #isFresh: boolean
  #redraws: number
  /** What the history has of the iteration where the state is. */
  #isShown = false
  #isScored = false
  /** The best score of all, where it is one that closes the session. */
  #closingBest: SavedScalars['best']
  #hasGoneBack = false
  #lastSave = performance.now()

  private constructor(job: TrainJob, channel: Channel, { state, isFresh, redraws, stageSeconds }: StartingPoint) {
    this.#job = job
    this.#minutes = job.minutes === undefined ? undefined : state.seconds / 60 + job.minutes
    this.#channel = channel
    this.#state = state
    this.#isFresh = isFresh
    this.#redraws = redraws
    this.#checkpoints = new CheckpointFolder(job.runFolder)
    this.#history = new HistoryFile(job.runFolder)
    this.#sheets = new SampleSheets(job.runFolder, job.settings, job.classes)
    this.#timeLeft = new TimeLeft(this.#settings, state, stageSeconds)
  }

  static async open(job: TrainJob, channel: Channel): Promise<TrainingSession> {
    const session = new TrainingSession(job, channel, await startingPoint(job, channel))
    await session.#beginHistory()
    return session
  }

  /** The run's settings, with the minutes of this session, and other random draws where the run had to go back. */
  get #settings(): TrainingSettings {
    const { settings } = this.#job
    return {
      ...settings,
      ...(this.#minutes === undefined ? {} : { minutes: this.#minutes }),
      seed: settings.seed + this.#redraws * 2 ** 32 // no seed that anybody gives
    }
  }

  async run(): Promise<void> {
    const tiles = await openPreparedTiles(this.#job)
    const scorer = await Scorer.create(this.#job, tiles, this.#job.settings.evaluationPictures)
    const feeder = new TileFeeder(this.#job)
    try {
      await this.#trainOn(scorer, feeder)
      await this.#finish()
    } finally {
      await feeder.close()
    }
  }

  /** Trains to the end of this session, over setbacks. */
  async #trainOn(scorer: Scorer, feeder: TileFeeder): Promise<void> {
    const hooks = {
      nextBatch: (iteration: number) => feeder.batch(iteration),
      evaluate: (generator: TrainingState['generatorEma']) =>
        this.#timed('evaluation', () => scorer.evaluate(generator, this.#job.settings.seed))
    }
    for (;;) {
      try {
        // A kill or a pause may have come between an iteration and what was due after it.
        if (this.#state.iteration % this.#settings.sampleEvery === 0 && !this.#isShown) await this.#showSamples()
        const isScored = this.#isScored
        await this.#follow(train(this.#settings, this.#state, { ...hooks, isScored }, this.#channel.pause))
        await this.#save('end')
        return
      } catch (thrown) {
        if (!(thrown instanceof Divergence)) throw thrown
        await this.#goBack(thrown)
      }
    }
  }

  /** @throws Divergence when training has to begin again, from a safe point */
  async #follow(events: AsyncGenerator<TrainingEvent>): Promise<void> {
    for await (const event of events) {
      switch (event.kind) {
        case 'step':
          this.#isScored = false
          await this.#record(event)
          await this.#channel.send({ type: 'progress', stage: 'train', ...this.#timeLeft.after(event) })
          this.#losses.after(event)
          if (performance.now() - this.#lastSave > safePointMilliseconds) await this.#save('time')
          break
        case 'sample-due':
          await this.#showSamples()
          break
        case 'evaluated':
          await this.#takeScore(event)
          break
        case 'checkpoint-due':
          await this.#save('schedule')
          break
        case 'classes-exchanged':
          await this.#channel.send({
            type: 'notice',
            text: `At iteration ${event.iteration} the generator's classes were matched to the discriminator's again: they had been swapped.`
          })
          break
        case 'diverged':
          throw new Divergence(event.iteration, 'A loss was no longer a number')
      }
    }
  }

  async #takeScore({ occasion, kind: _, ...score }: Extract<TrainingEvent, { kind: 'evaluated' }>): Promise<void> {
    const isClosing = occasion === 'closing'
    await this.#record({ kind: 'evaluation', ...score, ...(isClosing ? { isClosing } : {}) })
    this.#isScored = true
    if (!score.isBest) return
    this.#closingBest = isClosing ? { iteration: score.iteration, value: score.value } : undefined
    await this.#save(isClosing ? 'best at the end' : 'best')
  }

  async #timed<T>(stage: Stage, work: () => Promise<T>): Promise<T> {
    const started = performance.now()
    const result = await work()
    this.#timeLeft.took(stage, (performance.now() - started) / 1000)
    return result
  }

  async #record(entry: HistoryEntry): Promise<void> {
    await this.#history.append(entry)
    await this.#channel.send({ type: 'history', entry })
  }

  async #showSamples(): Promise<void> {
    const { iteration, generatorEma } = this.#state
    const file = await this.#timed('sample', () => this.#sheets.draw(generatorEma, iteration))
    await this.#record({ kind: 'sample', iteration, file })
  }

  async #save(reason: SaveReason): Promise<void> {
    const checkpoints = await this.#timed('safePoint', () => this.#write(reason))
    this.#lastSave = performance.now()
    await this.#channel.send({ type: 'safe-point', iteration: this.#state.iteration, checkpoints, ...this.#best })
  }

  async #write(reason: SaveReason): Promise<Checkpoint[]> {
    const saved = await this.#state.save()
    requireSound(saved)
    const { settings, classes } = this.#job
    const kept = await this.#checkpoints.write(saved, {
      isBest: reason === 'best' || reason === 'best at the end',
      isClosing: reason === 'best at the end',
      isScheduled: reason === 'best' || reason === 'schedule',
      settings,
      classes,
      redraws: this.#redraws,
      stageSeconds: this.#timeLeft.measured
    })
    return this.#ending() === 'finished' ? this.#checkpoints.dropUnscheduled() : kept
  }

  get #best(): { best?: Best } {
    const best = this.#closingBest ?? this.#state.best
    return best === undefined ? {} : { best: { ...best, metric: qualityMetric } }
  }

  /**
   * A run that comes apart goes back to the last safe point before it, once, with other random draws: with the same ones
   * it would come apart again. No setting changes. The second time it is for the user to decide.
   */
  async #goBack(divergence: Divergence): Promise<void> {
    if (this.#hasGoneBack) throw divergedAgain(this.#job, divergence, await this.#checkpoints.list())
    const { iteration, sign } = divergence
    this.#hasGoneBack = true
    this.#state.dispose()
    const { state, isFresh, redraws, stageSeconds } = await startingPoint(this.#job, this.#channel, iteration - 1)
    this.#state = state
    this.#isFresh = isFresh
    this.#redraws = Math.max(this.#redraws, redraws) + 1
    this.#timeLeft = new TimeLeft(this.#settings, state, stageSeconds)
    this.#losses = new LossWatch()
    await this.#beginHistory()
    await this.#channel.send({
      type: 'notice',
      text: `${sign} at iteration ${iteration}. Training went back to iteration ${state.iteration} and continues with other random draws; no setting was changed.`
    })
  }

  /** Files and listeners know exactly what this state has done: no gap, no repeat. */
  async #beginHistory(): Promise<void> {
    const { iteration } = this.#state
    const checkpoints = await this.#checkpoints.goOnFrom(iteration)
    const entries = await this.#history.goOnFrom(this.#isFresh ? -1 : iteration)
    const isHere = (kind: HistoryEntry['kind']) =>
      entries.some((entry) => entry.kind === kind && entry.iteration === iteration)
    this.#isShown = isHere('sample')
    this.#isScored = isHere('evaluation')
    this.#closingBest = undefined
    await this.#channel.send({ type: 'history-begins', entries, checkpoints, ...this.#best })
  }

  #ending(): TrainOutcome['ending'] {
    const isPaused = this.#channel.pause.aborted
    // Asked to pause before its last score, a run still has something to go on with.
    if (this.#state.iteration >= this.#job.settings.iterations && (this.#isScored || !isPaused)) return 'finished'
    return isPaused ? 'pause' : 'minutes'
  }

  async #finish(): Promise<void> {
    const { generator, discriminator, iteration, seconds } = this.#state
    await this.#channel.send({
      type: 'trained',
      outcome: {
        iteration,
        ending: this.#ending(),
        secondsPerIteration: iteration === 0 ? 0 : seconds / iteration,
        parameters: { generator: generator.countParameters(), discriminator: discriminator.countParameters() }
      }
    })
    this.#state.dispose()
  }
}

function divergedAgain(
  { settings }: TrainJob,
  { iteration, sign }: Divergence,
  safePoints: readonly Checkpoint[]
): AppError {
  const half = 'half the learning rate, or another seed'
  return refuse(`Training diverged twice: ${sign.charAt(0).toLowerCase()}${sign.slice(1)} at iteration ${iteration}.`, {
    next:
      safePoints.length === 0
        ? `It had no safe point yet. Start a new run with ${half}.`
        : `The run can be resumed from its last safe point. If it diverges again, start a new run from its model with ${half}.`,
    remedies: [{ action: 'set-option', option: 'learningRate', value: settings.learningRate.generator / 2 }]
  })
}
