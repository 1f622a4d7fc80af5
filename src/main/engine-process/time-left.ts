import { type TrainingSettings } from '../../shared/training.ts'
import { secondsFrom } from '../jobs/training-seconds.ts'

/** What a run does besides iterations. */
export type Stage = 'evaluation' | 'safePoint' | 'sample'
/** Seconds that one of each took. */
export type StageSeconds = Partial<Record<Stage | 'iteration', number | undefined>>

/** How many of the latest iterations the pace is taken from: some whole cycles of the regularisers. */
const windowSize = 64
/** What the regularisers add to an iteration, as shares of the rest: by measurements (docs/performance.md). */
const pathLengthShare = 0.4
const r1Share = 0.3

/** What is told of a run's progress. */
interface Progress {
  readonly done: number
  readonly total: number
  readonly secondsLeft?: number
}

/**
 * Time left of a run from what each stage takes: the pace of the latest iterations, and the evaluations, safe points
 * and sample sheets that are still to come. What this session has not measured yet is taken from an earlier one, in
 * proportion to the pace then and now: the run may have moved to another computer.
 */
export class TimeLeft {
  readonly #settings: TrainingSettings
  readonly #earlier: StageSeconds
  readonly #start: number
  /** Of the latest iterations: what each took, and what it was expected to, as a multiple of a plain one. */
  readonly #iterations: { readonly seconds: number; readonly expected: number }[] = []
  readonly #stageSeconds: Record<Stage, number[]> = { evaluation: [], safePoint: [], sample: [] }
  /** Seconds of the run at the last iteration, and of stages since. */
  #last: number
  #stagesSince = 0

  /** @param earlier what an earlier session of the same run measured, or a trial */
  constructor(
    settings: TrainingSettings,
    { iteration, seconds }: { readonly iteration: number; readonly seconds: number },
    earlier: StageSeconds = {}
  ) {
    this.#settings = settings
    this.#earlier = earlier
    this.#start = iteration
    this.#last = seconds
  }

  /**
   * Takes note of what a stage took. It counts from the second time on as well: the latest three make the mean.
   *
   * @param isWhole false where it was cut short, and says nothing of the next
   */
  took(stage: Stage, seconds: number, isWhole = true): void {
    this.#stagesSince += seconds
    if (!isWhole) return
    const latest = this.#stageSeconds[stage]
    latest.push(seconds)
    if (latest.length > 3) latest.shift()
  }

  /**
   * @param seconds of the run so far, stages included
   * @param sitting where it has an end: seconds since it began, and seconds that are left of it
   */
  after(
    { iteration, seconds }: { readonly iteration: number; readonly seconds: number },
    sitting?: { readonly elapsed: number; readonly left: number }
  ): Progress {
    this.#note(iteration, seconds - this.#last - this.#stagesSince)
    this.#last = seconds
    this.#stagesSince = 0

    const { iterations } = this.#settings
    const needed = this.#secondsFrom(iteration)
    if (sitting === undefined || needed < sitting.left)
      return { done: iteration, total: iterations, secondsLeft: needed }
    // Whichever limit comes first decides how full the bar is.
    const left = Math.max(0, sitting.left)
    return { done: sitting.elapsed, total: sitting.elapsed + left, secondsLeft: left }
  }

  #note(iteration: number, seconds: number): void {
    // An engine's first iteration makes what the later ones use again: it counts as long as there is no other.
    if (iteration === this.#start + 2) this.#iterations.length = 0
    this.#iterations.push({ seconds, expected: this.#expected(iteration - 1) })
    if (this.#iterations.length > this.#window) this.#iterations.shift()
  }

  /** What the next iteration is likely to take, with a safe point after it; half of it is as good as none of it. */
  get nextSeconds(): number {
    return (this.#pace ?? 0) / 2 + (this.#stage('safePoint') ?? 0)
  }

  /** What this session knows of each stage, to be kept with the run. */
  get measured(): StageSeconds {
    const all: StageSeconds = {}
    const stages = ['evaluation', 'safePoint', 'sample'] as const
    for (const [name, seconds] of [
      ['iteration', this.#pace] as const,
      ...stages.map((stage) => [stage, this.#stage(stage)] as const)
    ]) {
      if (seconds !== undefined) all[name] = seconds
    }
    return all
  }

  #secondsFrom(iteration: number): number {
    return secondsFrom(this.#settings, iteration, {
      iteration: this.#pace ?? 0,
      evaluation: this.#stage('evaluation') ?? 0,
      safePoint: this.#stage('safePoint') ?? 0,
      sample: this.#stage('sample') ?? 0
    })
  }

  /** Seconds an iteration: over whole cycles of the regularisers where there are some, else by what each was expected to take. */
  get #pace(): number | undefined {
    if (this.#iterations.length === 0) return undefined
    const cycle = this.#cycle
    const whole = Math.floor(this.#iterations.length / cycle) * cycle
    const counted = whole === 0 ? this.#iterations : this.#iterations.slice(-whole)
    const usual = sum(Array.from({ length: cycle }, (_, i) => this.#expected(i))) / cycle
    return (sum(counted.map(({ seconds }) => seconds)) / sum(counted.map(({ expected }) => expected))) * usual
  }

  /** What an iteration is expected to take, as a multiple of one without regularisers. */
  #expected(iteration: number): number {
    const { r1, pathLength } = this.#settings
    const isDue = (interval: number): boolean => interval > 0 && iteration % interval === 0
    return 1 + (isDue(pathLength.interval) ? pathLengthShare : 0) + (isDue(r1.interval) ? r1Share : 0)
  }

  #stage(stage: Stage): number | undefined {
    const now = mean(this.#stageSeconds[stage])
    const then = this.#earlier[stage]
    if (now !== undefined || then === undefined) return now
    const { iteration } = this.#earlier
    const pace = this.#pace
    return iteration === undefined || pace === undefined ? then : then * (pace / iteration)
  }

  get #cycle(): number {
    return Math.max(1, this.#settings.r1.interval, this.#settings.pathLength.interval)
  }

  get #window(): number {
    return Math.max(windowSize, this.#cycle)
  }
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : sum(values) / values.length
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
