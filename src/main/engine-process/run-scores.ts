import { type TileSource } from '../datasets/tile-source.ts'
import { type Evaluation, type Occasion } from '../engine/gan/training-loop.ts'
import { type Generator } from '../engine/networks/generator.ts'
import { BrokenOff, unlessBrokenOff } from './broken-off.ts'
import { type Channel } from './channel.ts'
import { type AfterPart } from './picture-stream.ts'
import { realTiles, type RealTiles } from './real-tiles.ts'
import { samplingBatch } from '../engine/memory-model.ts'
import { expectedComparing, picturesWithin, type ScoreCosts, type ScoreSize, secondsOf } from './score-costs.ts'
import { type ModelScore, type ModelScorer, openModelScorer } from './model-scorers.ts'
import { drawnPictures, labelsLike, type ScoredRun } from './scorer.ts'
import { type SittingClock } from './sitting-clock.ts'

/** A score of fewer pictures of a class says nothing. */
const fewestPerClass = 4
/** However little is left of a sitting, its closing score may take this many seconds, and so many more until it is broken off. */
const closingSeconds = 15
const graceSeconds = 10
/** At most this share of a sitting is kept free for its closing score, or spent on a score before its first iteration. */
const closingShare = 0.2
const openingShare = 0.5
/** Comparing that is expected to take fewer seconds says nothing of how long more would take. */
const worthMeasuring = 0.2
/** Pictures that a trial makes and looks at. */
const triedPictures = 4

/** The score that the loop asked for; `left out` where there is no time for one, and training goes on without. */
type Outcome = Evaluation | 'left out' | undefined

/**
 * The scores of a run while it trains. One that is due is whole, or waits for the next sitting. One that only closes a
 * sitting is of fewer pictures where time is short, and called so; it never counts as the best.
 */
export class RunScores {
  /** Why the last score did not come about, where time was what lacked. */
  missing: string | undefined
  readonly #job: ScoredRun
  readonly #tiles: TileSource
  readonly #channel: Channel
  readonly #clock: SittingClock
  /** The real pictures of a whole score, and the score against them once they are known. */
  readonly #whole: RealTiles
  #real: ModelScore | undefined
  #scorer: ModelScorer | undefined
  #costs: ScoreCosts | undefined
  #mayTakeAllTime = false

  constructor(job: ScoredRun, tiles: TileSource, channel: Channel, clock: SittingClock) {
    this.#job = job
    this.#tiles = tiles
    this.#channel = channel
    this.#clock = clock
    this.#whole = realTiles(tiles, job.settings, job.classes, job.settings.evaluationPictures)
  }

  /** Seconds that the sitting has to keep free for its last score. */
  get reserve(): number {
    if (this.#costs === undefined) return 0
    return Math.min(secondsOf(this.#costs, this.#count, this.#size), closingShare * this.#clock.total)
  }

  /** From now on a score that is due and does not fit ends the sitting: it is made up for in the next one. */
  takeAllTime(): void {
    this.#mayTakeAllTime = true
  }

  /** Learns what a score costs, where time is limited. */
  async tryOut(generator: Generator): Promise<void> {
    const { isLimited, left } = this.#clock
    if (!isLimited || left < 0 || this.#costs !== undefined) return
    const { settings, classes } = this.#job
    const scorer = await this.#open()
    this.#real = await scorer.findStudied(this.#whole)
    const count = Math.min(triedPictures, samplingBatch(settings.network))
    const labels = Int32Array.from({ length: count }, (_, i) => i % classes.length)
    const { seed } = settings
    const pictures = drawnPictures(generator, labels, { seed, batch: count, grayLevels: this.#tiles.grayLevels })
    const drawn = await timed(() => pictures.pixels(0, count))
    const seen = await timed(() => scorer.tryOut(pictures)) // they are made by now
    this.#costs = { draw: drawn.seconds / count, look: seen.seconds / count, comparing: 1 }
  }

  /** @returns undefined where training ends without: it was asked to, or no time is left */
  async evaluate(generator: Generator, occasion: Occasion): Promise<Outcome> {
    this.missing = undefined
    await this.#channel.listen()
    if (this.#isPaused()) return undefined
    await this.tryOut(generator)
    const count = this.#affordable(occasion)
    if (count < this.#count && occasion === 'due') {
      if (this.#mayTakeAllTime) return undefined
      this.missing = 'There was no time for the score that was due.'
      return 'left out'
    }
    if (count < Math.min(this.#count, fewestPerClass * this.#job.classes.length)) {
      this.missing = 'There was no time left for a score.'
      return undefined
    }
    const latest = this.#latestOf(occasion)
    const score = await unlessBrokenOff(() =>
      count < this.#count ? this.#scoreFewer(generator, count, latest) : this.#scoreAll(generator, latest)
    )
    if (score === undefined && !this.#isPaused()) this.missing = 'A score was broken off: no time was left.'
    return score
  }

  #isPaused(): boolean {
    return this.#channel.pause.aborted
  }

  get #count(): number {
    return this.#whole.classes.length
  }

  get #size(): ScoreSize {
    return { classes: this.#job.classes.length, isRealKnown: this.#real !== undefined }
  }

  /** Pictures that there is time for. */
  #affordable(occasion: Occasion): number {
    if (!this.#clock.isLimited) return this.#count
    if (this.#costs === undefined) return 0 // the time was over before a score was tried
    const { left, total } = this.#clock
    const due = this.#mayTakeAllTime ? left : Math.min(left, openingShare * total)
    const closing = Math.max(left, Math.min(closingSeconds, left + closingSeconds))
    const seconds = occasion === 'closing' ? closing : due
    return picturesWithin(this.#costs, seconds, this.#count, this.#size)
  }

  /** Seconds left of the sitting at which a score is broken off. */
  #latestOf(occasion: Occasion): number {
    return -graceSeconds - (occasion === 'closing' ? closingSeconds : 0)
  }

  async #scoreAll(generator: Generator, latest: number): Promise<Evaluation> {
    const scorer = await this.#open()
    const unseen = this.#real === undefined ? this.#count : 0
    const total = unseen + this.#count
    this.#real ??= await scorer.study(this.#whole, this.#afterPart(0, total, latest))
    const labels = labelsLike(this.#real.real, this.#job.classes.length)
    return this.#compare(this.#real, this.#draw(generator, labels), this.#afterPart(unseen, total, latest))
  }

  async #scoreFewer(generator: Generator, count: number, latest: number): Promise<Evaluation> {
    const { settings, classes } = this.#job
    const scorer = await this.#open()
    const share = Math.ceil(count / classes.length)
    const fewer = realTiles(this.#tiles, settings, classes, count)
    const unseen = this.#real === undefined ? fewer.classes.length : 0
    const total = unseen + share * classes.length
    const real = this.#real ?? (await scorer.study(fewer, this.#afterPart(0, total, latest)))
    const labels = labelsLike(real.real, classes.length, share)
    const score = await this.#compare(real, this.#draw(generator, labels), this.#afterPart(unseen, total, latest))
    return {
      ...score,
      metric: `${score.metric} of ${labels.length} pictures`,
      note: `Scored with ${labels.length} pictures instead of ${this.#count}, since time was limited. Fewer pictures give a larger distance: compare it only with scores of as many.`
    }
  }

  #draw(generator: Generator, labels: Int32Array) {
    const { seed, network } = this.#job.settings
    const { grayLevels } = this.#tiles
    return drawnPictures(generator, labels, { seed, batch: samplingBatch(network), grayLevels })
  }

  async #compare(real: ModelScore, drawn: ReturnType<typeof drawnPictures>, afterPart: AfterPart): Promise<Evaluation> {
    const fake = await real.look(drawn, afterPart)
    const { result, seconds } = await timed(() => Promise.resolve(real.score(fake)))
    const expected = expectedComparing(fake.count('all'), this.#job.classes.length)
    if (this.#costs !== undefined && expected > worthMeasuring) {
      this.#costs = { ...this.#costs, comparing: seconds / expected }
    }
    return result
  }

  /** Between two parts: tells how far it is, lets messages in, and breaks off where it has to. */
  #afterPart(before: number, total: number, latest: number): AfterPart {
    return async (done) => {
      await this.#channel.send({ type: 'progress', stage: 'evaluate', done: before + done, total })
      await this.#channel.listen()
      if (this.#isPaused() || this.#clock.left < latest) throw new BrokenOff()
    }
  }

  async #open(): Promise<ModelScorer> {
    this.#scorer ??= await openModelScorer(this.#job)
    return this.#scorer
  }
}

async function timed<Result>(work: () => Promise<Result>): Promise<{ result: Result; seconds: number }> {
  const started = performance.now()
  const result = await work()
  return { result, seconds: (performance.now() - started) / 1000 }
}
