import { mkdir } from 'node:fs/promises'
import { type AppError, refuse } from '../../shared/errors.ts'
import { type Best, type Checkpoint } from '../../shared/runs.ts'
import { type HistoryEntry, type TrainingSettings } from '../../shared/training.ts'
import { type BackendName } from '../backends/backend.ts'
import { type TrainingEvent, type TrainingHooks, train } from '../engine/gan/training-loop.ts'
import { type SavedScalars, type TrainingState } from '../engine/gan/training-state.ts'
import { type TrainJob, type TrainOutcome } from '../jobs/engine-protocol.ts'
import { BrokenOff, unlessBrokenOff } from './broken-off.ts'
import { type Channel } from './channel.ts'
import { CheckpointFolder } from './checkpoints.ts'
import { HistoryFile } from './history-file.ts'
import { selectionMetric } from './model-scorers.ts'
import { Divergence, LossWatch, requireSound } from './loss-watch.ts'
import { freeMemory, planMemory } from './memory-plan.ts'
import { holdAsOnlyEngine } from './only-engine.ts'
import { openPreparedTiles } from '../datasets/prepared-tiles.ts'
import { startingPoint, type StartingPoint } from './run-start.ts'
import { RunScores } from './run-scores.ts'
import { SampleSheets } from './sample-sheets.ts'
import { SittingClock } from './sitting-clock.ts'
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
  readonly #channel: Channel
  readonly #clock: SittingClock
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
    this.#channel = channel
    this.#clock = new SittingClock(job.endsAt)
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

  /** The run's settings, with other random draws where the run had to go back. */
  get #settings(): TrainingSettings {
    const { settings } = this.#job
    return { ...settings, seed: settings.seed + this.#redraws * 2 ** 32 } // no seed that anybody gives
  }

  async run(): Promise<void> {
    const tiles = await openPreparedTiles(this.#job)
    const scores = new RunScores(this.#job, tiles, this.#channel, this.#clock)
    const feeder = new TileFeeder(this.#job)
    try {
      await this.#trainOn(scores, feeder)
      await this.#finish()
    } finally {
      await feeder.close()
    }
  }

  /** Trains to the end of this session, over setbacks. */
  async #trainOn(scores: RunScores, feeder: TileFeeder): Promise<void> {
    const { iteration } = this.#state
    await this.#channel.send({ type: 'progress', stage: 'train', done: iteration, total: this.#settings.iterations })
    await scores.tryOut(this.#state.generatorEma)
    for (;;) {
      try {
        await this.#follow(train(this.#settings, this.#state, this.#hooks(scores, feeder), this.#channel.pause))
        await this.#save('end')
        return
      } catch (thrown) {
        if (!(thrown instanceof Divergence)) throw thrown
        await this.#goBack(thrown)
      }
    }
  }

  #hooks(scores: RunScores, feeder: TileFeeder): TrainingHooks {
    const start = this.#state.iteration
    return {
      nextBatch: (iteration) => feeder.batch(iteration),
      evaluate: (generator, occasion) =>
        this.#timed(
          'evaluation',
          async () => {
            const { iteration } = this.#state
            if (iteration > start || iteration >= this.#job.settings.iterations) scores.takeAllTime()
            const score = await scores.evaluate(generator, occasion)
            if (scores.missing !== undefined) await this.#note(scores.missing)
            return score
          },
          (score) => score !== undefined && score !== 'left out' && score.note === undefined // a whole one
        ),
      // A sitting has an iteration at least, or many short ones would never come to anything.
      isOver: () => this.#state.iteration > start && this.#clock.left < scores.reserve + this.#timeLeft.nextSeconds,
      isShown: this.#isShown,
      isScored: this.#isScored
    }
  }

  /** @throws Divergence when training has to begin again, from a safe point */
  async #follow(events: AsyncGenerator<TrainingEvent>): Promise<void> {
    for await (const event of events) {
      switch (event.kind) {
        case 'step':
          this.#isScored = false
          await this.#record(event)
          await this.#channel.send({
            type: 'progress',
            stage: 'train',
            ...this.#timeLeft.after(event, this.#clock.isLimited ? this.#clock : undefined)
          })
          this.#losses.after(event)
          if (performance.now() - this.#lastSave > safePointMilliseconds) await this.#save('time')
          break
        case 'sample-due':
          await this.#showSamples(event.isByClock)
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
    this.#isScored = score.note === undefined
    if (score.note !== undefined) await this.#channel.send({ type: 'notice', text: score.note })
    if (!score.isBest) return
    this.#closingBest = isClosing ? { iteration: score.iteration, value: score.value } : undefined
    await this.#save(isClosing ? 'best at the end' : 'best')
  }

  /** @param isWhole whether what came of it says how long the next one will take */
  async #timed<T>(stage: Stage, work: () => Promise<T>, isWhole: (result: T) => boolean = () => true): Promise<T> {
    const started = performance.now()
    const result = await work()
    this.#timeLeft.took(stage, (performance.now() - started) / 1000, isWhole(result))
    return result
  }

  async #record(entry: HistoryEntry): Promise<void> {
    await this.#history.append(entry)
    await this.#channel.send({ type: 'history', entry })
  }

  async #showSamples(isByClock?: true): Promise<void> {
    const { iteration, seconds, generatorEma } = this.#state
    const draw = () => this.#sheets.draw(generatorEma, iteration, () => this.#goOnUnlessOver())
    const file = await this.#timed(
      'sample',
      () => unlessBrokenOff(draw),
      (name) => name !== undefined
    )
    if (file === undefined) return
    await this.#record({ kind: 'sample', iteration, seconds, file, ...(isByClock === undefined ? {} : { isByClock }) })
  }

  /** @throws BrokenOff where a sheet would hold up the end of the sitting: it is drawn when the run goes on */
  async #goOnUnlessOver(): Promise<void> {
    await this.#channel.listen()
    if (this.#channel.pause.aborted || this.#clock.left < 0) throw new BrokenOff()
  }

  async #note(text: string): Promise<void> {
    await this.#record({ kind: 'note', iteration: this.#state.iteration, text })
    await this.#channel.send({ type: 'notice', text })
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
    return best === undefined ? {} : { best: { ...best, metric: selectionMetric(this.#job.settings) } }
  }

  /**
   * A run that diverges goes back to the last safe point before it, once, with other random draws: with the same ones it
   * would diverge again. No setting changes. The second time it is for the user to decide.
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
    // Without its last score, a run still has something to go on with.
    if (this.#state.iteration >= this.#job.settings.iterations && this.#isScored) return 'finished'
    return this.#channel.pause.aborted ? 'pause' : 'minutes'
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
